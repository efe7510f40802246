import type {
  KeyName,
  KeyTrouble,
  OutboxLease,
  Parking,
  Position,
  SendAttempts,
  WaitingMessage,
} from '@holdfast/core/adapter'
import { fieldsOf, streamOf } from '../reading/partition-contents.js'
import { NOTE_KEY, READ_SHARD, RENEW_LEASE, REWIND_LEASE } from '../scripts/embedded.js'
import { type Server, TimedScript } from '../scripts/server.js'
import { SetAsideKeys, troubleField, troubleOf, troubleText } from './heads.js'
import { copiedMessage } from './packed-message.js'
import { type EntryId, entryIdOf, keyText, textOf } from './position.js'
import type { Shard } from './shards.js'
import { checkFollows } from './stream-gap.js'
import { UnderLease } from './under-lease.js'

const renew = new TimedScript(RENEW_LEASE)
const rewind = new TimedScript(REWIND_LEASE)
const readShard = new TimedScript(READ_SHARD)
const note = new TimedScript(NOTE_KEY)

/** Entries of one read at most. */
const MOST_ENTRIES = 1_000
/** Of the first one, before it is known how many messages an entry holds. */
const FIRST_ENTRIES = 8
/** Where entries are larger than those before, a read ends at about so many bytes: a few thousand events. */
const MOST_BYTES = 1_000_000

/** What the store tells when a lease begins, and when it is to read from the beginning again. */
export type ShardState = readonly [resumptions: Buffer, removed: Buffer, heads: Buffer[], troubles: Buffer[]]

export interface Taken {
  readonly fence: number
  readonly deaths: number
  readonly state: ShardState
  /** So many entries that are done with may be held up by a message that is not. */
  readonly mostHeldUp: number
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

interface Page {
  readonly waiting: readonly WaitingMessage[]
  readonly isLast: boolean
}

const NOTHING_MORE: Page = { waiting: [], isLast: true }

/**
 * Reads what waits apart from the stream, then the stream onwards from the last entry read. Entries are removed in their order,
 * once all their messages were sent or copied out. Where a number is missing nothing is read past it.
 */
export class RedisLease implements OutboxLease {
  readonly shard: string
  readonly fence: number
  readonly deaths: number
  readonly troubles: readonly KeyTrouble[]
  private readonly under: UnderLease
  private keys = new SetAsideKeys()
  /** Messages that were read of keys that are set aside, and are to be copied. */
  private later: WaitingMessage[] = []
  private resumptions = ''
  private after: EntryId | null = null
  private afterApart = ''
  private perEntry: number | null = null

  constructor(
    private readonly server: Server,
    private readonly from: Shard,
    private readonly taken: Taken,
  ) {
    this.shard = from.name
    this.fence = taken.fence
    this.deaths = taken.deaths
    this.under = new UnderLease(server, from, taken.fence)
    this.troubles = fieldsOf(taken.state[3]).map(troubleOf)
    this.begin(taken.state)
  }

  async renew(leaseMs: number): Promise<void> {
    await this.under.ask(renew, leaseMs)
  }

  async read(limit: number): Promise<readonly WaitingMessage[] | 'rewind-needed'> {
    if (!(await this.tidy())) return 'rewind-needed'
    const found: WaitingMessage[] = []
    for (let isLast = false; !isLast && found.length < limit; ) {
      const page = await this.page(limit - found.length).catch((error: unknown) => {
        // What was read is not read again. Whatever is wrong is met by the next read.
        if (found.length === 0) throw error
        return NOTHING_MORE
      })
      if (page === 'rewind-needed') return page
      for (const one of page.waiting) found.push(one)
      isLast = page.isLast
    }
    const isTidy = await this.tidy().catch(() => true)
    return isTidy ? found : 'rewind-needed'
  }

  async rewind(): Promise<void> {
    this.begin((await this.under.ask(rewind)) as ShardState)
  }

  async acknowledge(positions: readonly Position[]): Promise<void> {
    const { under, resumptions } = this
    const { mostHeldUp } = this.taken
    await under.sent(positions as readonly string[])
    if (under.open.heldUp < mostHeldUp) return
    await under.copy({ to: 'again', waiting: under.open.holdingUp(mostHeldUp), resumptions })
    await under.remove()
  }

  async park(parking: Parking, reach: 'alone' | 'whole-key'): Promise<void> {
    const { message } = parking
    const position = parking.position as string
    const name = keyText(message)
    const isLater = (one: WaitingMessage) =>
      (one.position as string) > position && keyText(one.message) === name
    const later = reach === 'alone' ? [] : this.under.waiting().filter(isLater)
    const waiting = [{ position, message }, ...later]
    await this.under.copy({ to: 'parked', waiting, resumptions: '', head: { parking, reach } })
    if (reach === 'whole-key') this.keys.add(name, position)
    await this.tidy()
  }

  async note(key: KeyName, trouble: SendAttempts | null): Promise<void> {
    await this.under.ask(note, troubleField(key), trouble === null ? '' : troubleText(trouble))
  }

  async release(): Promise<void> {
    await this.server.run(renew, this.from.keys, [this.fence, 0])
  }

  private begin([resumptions, removed, heads]: ShardState): void {
    this.after = removed.length === 0 ? null : entryIdOf(String(removed))
    this.under.begin(this.after)
    this.afterApart = ''
    this.resumptions = String(resumptions)
    this.keys = SetAsideKeys.of(fieldsOf(heads))
    this.later = []
  }

  private async page(wanted: number): Promise<Page | 'rewind-needed'> {
    const { under, after, afterApart, perEntry } = this
    const asked = perEntry === null ? FIRST_ENTRIES : Math.min(MOST_ENTRIES, Math.ceil(wanted / perEntry))
    const fromApart = afterApart === '' ? '-' : `(${afterApart}`
    const fromEntry = after === null ? '-' : `(${textOf(after)}`
    const bounds = [fromApart, wanted, fromEntry, asked, MOST_BYTES]
    const told = await under.ask(readShard, this.resumptions, ...bounds)
    if (told === 0) return 'rewind-needed'
    const [positions, copies, entries, marks, isAll, epoch, sequence] = told as Read
    const isLast = isAll === 1
    const stream = streamOf(entries)
    const ids = stream.map(({ id }) => id)
    checkFollows(this.shard, after, ids, isLast ? { epoch, sequence } : null)
    const read = await this.from.read(stream)
    const apart = positions.flatMap((position, at) => this.addApart(String(position), copies[at] ?? null))
    const waiting = [...apart, ...read.flatMap((entry, at) => under.open.add(entry, marks[at] ?? null))]
    this.after = read.at(-1)?.id ?? after
    this.afterApart = String(positions.at(-1) ?? afterApart)
    const messages = read.reduce((sum, entry) => sum + entry.messages.length, 0)
    if (read.length > 0) this.perEntry = Math.max(1, messages / read.length)
    return { waiting: this.withoutSetAside(waiting), isLast }
  }

  private addApart(position: string, copy: Buffer | null): WaitingMessage[] {
    const { apart } = this.under
    // What this lease has copied itself was read before.
    if (copy === null || apart.has(position)) return []
    const { message } = copiedMessage(copy)
    apart.set(position, message)
    return [{ position, message }]
  }

  private withoutSetAside(waiting: readonly WaitingMessage[]): readonly WaitingMessage[] {
    const isSetAside = ({ message, position }: WaitingMessage) => this.keys.has(message, position as string)
    if (this.keys.isEmpty) return waiting
    this.later.push(...waiting.filter(isSetAside))
    return waiting.filter((one) => !isSetAside(one))
  }

  /** Copies what is set aside with its key, removes what is done with. `false`: messages wait again that lie behind. */
  private async tidy(): Promise<boolean> {
    const { under, resumptions } = this
    const waiting = [...this.later]
    if (waiting.length > 0) {
      if (!(await under.copy({ to: 'parked', waiting, resumptions }))) return false
      // Meanwhile more may have been read.
      this.later = this.later.filter((one) => !waiting.includes(one))
    }
    await under.remove()
    return true
  }
}
