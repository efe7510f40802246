import type {
  Message,
  Outbox,
  OutboxLease,
  OutboxMetrics,
  ParkedMessage,
  WaitingMessage,
} from '@holdfast/core/adapter'
import type { RedisClient } from '../client.js'
import { keysToWriteTo } from '../keys.js'
import { checkOptions, type RedisStoreOptions } from '../options.js'
import { partitionNames } from '../partition-names.js'
import { LEASE_SHARD, LIST_PARKED, RESUME_PARKED, WRITE_MESSAGES } from '../scripts/embedded.js'
import { Server, TimedScript } from '../scripts/server.js'
import { type Backlog, backlogOf } from './backlog.js'
import { headOf } from './heads.js'
import { copiedMessage, packMessages } from './packed-message.js'
import { keyText } from './position.js'
import { RedisLease, type ShardState } from './redis-lease.js'
import { MESSAGES, messagesShard, partitionShard, type Shard } from './shards.js'

const write = new TimedScript(WRITE_MESSAGES)
const leaseShard = new TimedScript(LEASE_SHARD)
const listParked = new TimedScript(LIST_PARKED)
const resumeParked = new TimedScript(RESUME_PARKED)

/** However many entries may wait, more are not held up by one message. */
const MOST_HELD_UP = 10_000

/**
 * What waits to be sent on Redis: messages of a shop's own in the shard `messages`, and what happened in each partition of a
 * store with the same options in a shard of the partition's name. Each is relayed by one at a time; a key's order is kept
 * within its shard.
 */
export class RedisOutbox implements Outbox {
  private readonly server: Server
  private readonly all: ReadonlyMap<string, Shard>
  private readonly keysToWrite: readonly string[]
  private readonly mostHeldUp: number

  /**
   * On the caller's own client, which the caller closes.
   *
   * @throws HoldfastError `invalid-argument` with the option's path
   */
  constructor(client: RedisClient, options: RedisStoreOptions = {}) {
    const checked = checkOptions(options)
    const { keyPrefix, partitions, maxUnrelayed } = checked
    this.server = new Server(client, checked)
    const ofPartitions = partitionNames(partitions).map((name) => partitionShard(client, keyPrefix, name))
    this.all = new Map([messagesShard(keyPrefix), ...ofPartitions].map((shard) => [shard.name, shard]))
    this.keysToWrite = keysToWriteTo(keyPrefix, MESSAGES)
    this.mostHeldUp = Math.min(MOST_HELD_UP, Math.ceil(maxUnrelayed / 2))
  }

  /**
   * Lets messages of the shop's own wait to be sent, all or none, in their order. Asked again they wait twice: inboxes drop
   * the second by its id.
   *
   * @throws HoldfastError `store-failed`: nothing was written; `unknown`: it may have been, or is on too few replicas
   */
  async write(messages: readonly Message[]): Promise<void> {
    if (messages.length > 0) await this.server.runKept(write, this.keysToWrite, [packMessages(messages)])
  }

  async shards(): Promise<readonly string[]> {
    return [...this.all.keys()]
  }

  async lease(shard: string, owner: string, leaseMs: number): Promise<OutboxLease | null> {
    const from = this.named(shard)
    const told = await this.server.run(leaseShard, from.keys, [owner, leaseMs])
    if (told === null) return null
    const [fence, deaths, ...state] = told as [number, number, ...ShardState]
    return new RedisLease(this.server, from, { fence, deaths, state, mostHeldUp: this.mostHeldUp })
  }

  /**
   * Exact while little waits. Where more than 1,000 messages of the shop's own, or 100 batches of a partition wait, those
   * behind are taken to be like these.
   */
  async metrics(): Promise<OutboxMetrics> {
    const all = await Promise.all([...this.all.values()].map((shard) => backlogOf(this.server, shard)))
    const sum = (of: (backlog: Backlog) => number) => all.reduce((total, one) => total + of(one), 0)
    const ages = all.flatMap(({ now, oldestAt }) => (oldestAt === null ? [] : [now - oldestAt]))
    return {
      depth: sum(({ depth }) => depth),
      oldestMs: ages.length === 0 ? null : Math.max(...ages),
      parked: sum(({ parked }) => parked),
      blockedKeys: sum(({ blockedKeys }) => blockedKeys.size),
    }
  }

  /** By shard, oldest first within each. What a relay has not read yet is not among them, though its key be set aside. */
  async listParked({ cursor, limit }: { readonly cursor: string | null; readonly limit: number }) {
    const [from, after] = cursor === null ? ['', ''] : (JSON.parse(cursor) as [string, string])
    const messages: (ParkedMessage & { readonly position: string })[] = []
    for (const shard of [...this.all.values()].sort((one, other) => (one.name < other.name ? -1 : 1))) {
      if (shard.name < from || messages.length > limit) continue
      const begin = shard.name === from ? after : ''
      messages.push(...(await this.parkedIn(shard, begin, limit + 1 - messages.length)))
    }
    const page = messages.slice(0, limit)
    const last = page.at(-1)
    const isAll = messages.length <= limit || last === undefined
    return {
      messages: page.map(({ position: _, ...message }) => message),
      cursor: isAll ? null : JSON.stringify([last.shard, last.position]),
    }
  }

  /** Counted as far as `metrics` is exact: what no relay has read yet, and lies far behind, waits again uncounted. */
  async resume(shard: string, id: string): Promise<number> {
    const ended = await this.endParking(shard, id, false)
    if (ended === null) return 0
    const { freed, position, head } = ended
    if (head.reach === 'alone') return freed
    const { unread } = await backlogOf(this.server, this.named(shard))
    const isOfKey = (one: WaitingMessage) =>
      (one.position as string) > position && keyText(one.message) === head.name
    return freed + unread.filter(isOfKey).length
  }

  async discard(shard: string, id: string): Promise<boolean> {
    return (await this.endParking(shard, id, true)) !== null
  }

  private async endParking(shard: string, id: string, isDropped: boolean) {
    const told = await this.server.run(resumeParked, this.named(shard).keys, [id, isDropped ? 1 : 0])
    if (told === null) return null
    const [freed, position, head] = told as [number, Buffer, Buffer]
    return { freed, position: String(position), head: headOf(head) }
  }

  private async parkedIn(shard: Shard, after: string, limit: number) {
    const begin = after === '' ? '-' : `(${after}`
    const told = await this.server.run(listParked, shard.keys, [begin, limit])
    const [positions, copies, heads] = told as [Buffer[], Buffer[], (Buffer | null)[]]
    return positions.map((position, index) => {
      const { message, since } = copiedMessage(copies[index] as Buffer)
      const text = heads[index] ?? null
      const { started, finished, error } = text === null ? SET_ASIDE : headOf(text)
      const told = { shard: shard.name, message, reason: error, started, finished, parkedAt: since }
      return { position: String(position), ...told }
    })
  }

  private named(name: string): Shard {
    const shard = this.all.get(name)
    if (shard === undefined) throw new RangeError(`there is no shard ${name}`)
    return shard
  }
}

/** A message that waits because an earlier one of its key does. */
const SET_ASIDE = { started: 0, finished: 0, error: null }
