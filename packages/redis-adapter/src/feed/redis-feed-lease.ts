import { createHash } from 'node:crypto'
import {
  type CarriedPosition,
  type FeedEntry,
  type FeedLease,
  HoldfastError,
  type ReservationEvent,
} from '@holdfast/core/adapter'
import { packedId } from '../ids.js'
import { type EntryId, entryIdOf, following, textOf } from '../messages/position.js'
import { checkFollows } from '../messages/stream-gap.js'
import { type StreamEntry, streamOf } from '../reading/partition-contents.js'
import { Sums } from '../records/carried-record.js'
import { entryOf } from '../records/outbox-entry.js'
import { ACKNOWLEDGE, MARK_ENDED, READ_SHARD, RENEW_LEASE } from '../scripts/embedded.js'
import { type Arguments, Script } from '../scripts/script.js'
import { type Server, TimedScript } from '../scripts/server.js'
import type { Words } from '../words.js'

const renew = new TimedScript(RENEW_LEASE)
const readShard = new TimedScript(READ_SHARD)
const acknowledge = new TimedScript(ACKNOWLEDGE)
const markEnded = new Script(MARK_ENDED)

/** Orders that are marked by one call: so few that nobody has to wait for it. */
const MARKED_AT_ONCE = 200

/** Entries of one read at most. */
const MOST_ENTRIES = 1_000
/** Of the first one, before it is known how many events an entry holds. */
const FIRST_ENTRIES = 8
/** Where entries are larger than those before, a read ends at about so many bytes. */
const MOST_BYTES = 1_000_000

/** A partition whose stream is carried. */
export interface FedPartition {
  readonly name: string
  readonly meta: string
  /** In the order in which the scripts take them. */
  readonly keys: readonly string[]
  /** Those that `mark-ended.lua` takes. */
  readonly keysToMark: readonly string[]
  readonly words: Words
}

interface Taken {
  readonly fence: number
  readonly resumptions: string
  /** Id of the last entry that was removed; empty: none was. */
  readonly removed: string
}

/** An entry that was read, and what it did to accounts. */
interface ReadEntry {
  readonly entry: FeedEntry
  readonly moved: Sums
}

type Read = readonly [
  positions: Buffer[],
  copies: (Buffer | null)[],
  entries: [Buffer, Buffer[]][],
  marks: (Buffer | null)[],
  isAll: number,
  epoch: Buffer | null,
  sequence: Buffer | null,
]

/** Reads a partition's stream entry by entry. The one carried last stays in it, so that whoever comes next can tell. */
export class RedisFeedLease implements FeedLease {
  private removed: string
  /** The last entry read. */
  private last: EntryId | null = null
  private perEntry: number | null = null
  /** Entries that were read and are not removed yet. */
  private kept: ReadEntry[] = []

  constructor(
    private readonly server: Server,
    private readonly from: FedPartition,
    private readonly taken: Taken,
  ) {
    this.removed = taken.removed
  }

  async renew(leaseMs: number): Promise<void> {
    await this.ask(renew, leaseMs)
  }

  async read(after: CarriedPosition | null, events: number): Promise<readonly FeedEntry[]> {
    const isNext = after === null || after.sequence === 0 || (this.last !== null && isSame(after, this.last))
    if (!isNext) await this.begin(after)
    return this.next(after, events)
  }

  async acknowledge(carried: CarriedPosition): Promise<void> {
    const at = this.kept.findIndex(({ entry }) => isSame(entry, carried))
    const gone = this.kept.slice(0, Math.max(0, at))
    const last = gone.at(-1)?.entry
    if (last === undefined) return
    // Before their entries are removed: whoever comes next would not meet them again.
    await this.mark(last.epoch, endedIn(gone))
    const moved = new Sums()
    for (const one of gone) moved.addAll(one.moved)
    const ids = [this.removed, textOf(last), textOf(following(last))]
    const removed = await this.ask(acknowledge, 0, 0, ...ids, 0, moved.size, ...moved.encoded())
    // Otherwise one of this lease whose answer was lost has removed more than this one knows.
    this.removed = String(removed)
    const end = entryIdOf(this.removed)
    this.kept = this.kept.filter(({ entry }) => isBefore(end, entry))
  }

  async release(): Promise<void> {
    await this.server.run(renew, this.from.keys, [this.taken.fence, 0])
  }

  /**
   * Reads from the last entry removed to the one carried last. That must be there still: a server that lost it may have used its
   * place again.
   */
  private async begin(after: CarriedPosition): Promise<void> {
    this.kept = []
    let at = this.removed === '' ? null : entryIdOf(this.removed)
    for (let isThere = true; isThere && (at === null || isBefore(at, after)); ) {
      const most = at?.epoch === after.epoch ? after.sequence - at.sequence : MOST_ENTRIES
      const read = await this.decoded(await this.page(at, Math.min(most, MOST_ENTRIES)))
      for (const one of read) if (!isBefore(after, one.entry)) this.kept.push(one)
      at = read.at(-1)?.entry ?? at
      isThere = read.length > 0
    }
    this.last = after
    const found = this.kept.at(-1)?.entry
    if (found !== undefined && isSame(found, after) && found.digest === after.digest) return
    throw new HoldfastError(
      'stream-gap',
      `stream of partition ${this.from.name}: ${textOf(after)} is not the entry that was carried`,
    )
  }

  private async next(after: EntryId | null, events: number): Promise<readonly FeedEntry[]> {
    const { perEntry } = this
    const asked = perEntry === null ? FIRST_ENTRIES : Math.min(MOST_ENTRIES, Math.ceil(events / perEntry))
    const stream = await this.page(after, asked)
    const read = await this.decoded(stream)
    if (read.length === 0) return []
    const told = read.reduce((sum, { entry }) => sum + entry.events.length, 0)
    this.perEntry = Math.max(1, told / read.length)
    for (const one of read) this.kept.push(one)
    this.last = (read.at(-1) as ReadEntry).entry
    return read.map(({ entry }) => entry)
  }

  /** The entries that follow `after`. */
  private async page(after: EntryId | null, most: number): Promise<readonly StreamEntry[]> {
    const begin = after === null ? '-' : `(${textOf(after)}`
    const told = await this.ask(readShard, this.taken.resumptions, '-', 1, begin, most, MOST_BYTES)
    if (told === 0) throw new HoldfastError('fenced', 'messages of this stream wait to be relayed again')
    const [positions, , entries, , isAll, epoch, sequence] = told as Read
    const stream = streamOf(entries)
    const ids = stream.map(({ id }) => id)
    checkFollows(this.from.name, after, ids, isAll === 1 ? { epoch, sequence } : null)
    if (positions.length > 0)
      throw new HoldfastError('stream-gap', `partition ${this.from.name} is relayed: it cannot be carried`)
    return stream
  }

  private decoded(stream: readonly StreamEntry[]): Promise<readonly ReadEntry[]> {
    const { name, words } = this.from
    const [first] = stream
    if (first === undefined) return Promise.resolve([])
    // A stream that holds two epochs is a gap: it was read past none.
    return words.read(entryIdOf(first.id).epoch, (known) =>
      stream.map((stored) => {
        const { id, at } = stored
        const { events, ledger } = entryOf(name, stored, known)
        const digest = digestOf(stored)
        return { entry: { ...entryIdOf(id), digest, at, events }, moved: Sums.of(ledger) }
      }),
    )
  }

  /** Of orders that ended, and whose ending was carried, the store keeps what it needs to know them again. */
  private async mark(epoch: number, ended: readonly ReservationEvent[]): Promise<void> {
    const { server, from } = this
    for (let first = 0; first < ended.length; first += MARKED_AT_ONCE) {
      const some = ended.slice(first, first + MARKED_AT_ONCE)
      const told = some.flatMap(({ id, version, at }) => [packedId(id), version, at])
      await server.runUntimed(markEnded, from.keysToMark, [epoch, ...told])
    }
  }

  private async ask(script: TimedScript, ...args: Arguments): Promise<unknown> {
    const { fence } = this.taken
    const reply = await this.server.run(script, this.from.keys, [fence, ...args])
    if (reply !== null) return reply
    throw new HoldfastError('fenced', `the lease ${fence} of partition ${this.from.name} is over`)
  }
}

/** What leaves an order of which a marker may do. */
const ENDINGS: readonly string[] = [
  ...['released', 'expired', 'refund-required'],
  ...['confirmed', 'returned', 'filled'],
]

/** What ended orders, the last of each. */
function endedIn(read: readonly ReadEntry[]): readonly ReservationEvent[] {
  const ended = new Map<string, ReservationEvent>()
  for (const { entry } of read)
    for (const { event } of entry.events)
      if (event.aggregate === 'reservation' && ENDINGS.includes(event.type)) ended.set(event.id, event)
  return [...ended.values()]
}

/** Of all that the entry holds. */
function digestOf({ at, log, reserves }: StreamEntry): string {
  const hash = createHash('sha256').update(String(at)).update(log)
  for (const column of Object.values(reserves ?? {})) hash.update(column as Buffer)
  return hash.digest('base64')
}

function isSame(one: EntryId, other: EntryId): boolean {
  return one.epoch === other.epoch && one.sequence === other.sequence
}

function isBefore(one: EntryId, other: EntryId): boolean {
  return one.epoch < other.epoch || (one.epoch === other.epoch && one.sequence < other.sequence)
}
