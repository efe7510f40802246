import { randomUUID } from 'node:crypto'
import { EventEmitter } from 'node:events'
import type { Duration } from '../../input/duration.js'
import { parse } from '../../input/parse.js'
import { relayOptionsSchema } from '../../input/relay.js'
import type { Message } from '../../port/message.js'
import type { KeyName, Outbox, OutboxLease, ParkedMessage } from '../../port/outbox.js'
import type { Publisher } from '../../port/publisher.js'
import { ProcessKeptAlive } from '../../process-kept-alive.js'
import { type Scheduler, systemScheduler } from '../../scheduler.js'
import { defaultTopic, type TopicOf } from '../envelope.js'
import { Rest } from '../rest.js'
import { Waits } from '../waits.js'
import type { PoisonPolicy, RelaySetting } from './setting.js'
import { ShardRelay } from './shard-relay.js'

export interface RelayOptions {
  readonly outbox: Outbox
  readonly publisher: Publisher
  /** CloudEvents' `source`, by which inboxes tell ids of different senders apart: `holdfast` if absent. */
  readonly source?: string | undefined
  /** `holdfast.` and the aggregate if absent. */
  readonly topicOf?: TopicOf | undefined
  /** Names the relay in the store, for those who look: an id of its own if absent. */
  readonly owner?: string | undefined
  /** How long a relay that died keeps others from its shards: 30 seconds if absent. */
  readonly leaseFor?: Duration | undefined
  /** Messages of one read: 2,000 if absent; thrice as many may be on their way. */
  readonly batchLimit?: number | undefined
  /** What becomes of a message whose attempts are spent: `park-key` if absent. */
  readonly poison?: PoisonPolicy | ((message: Message) => PoisonPolicy) | undefined
  /** Failed attempts after which a message is poison: 8 if absent. What the broker calls wrong is at once. */
  readonly attempts?: number | undefined
  /** Wait before the second attempt, doubled with each further one to 30 seconds: 100 ms if absent. */
  readonly retryAfter?: Duration | undefined
  /** Turns and timers, for tests. */
  readonly scheduler?: Scheduler | undefined
}

interface RelayEvents {
  /** A message waits for an operator. */
  parked: [Omit<ParkedMessage, 'parkedAt'>]
  /** A key waits for its first message, whose attempts are spent. */
  blocked: [KeyName & { readonly message: Message; readonly error: unknown }]
  /** So many messages were acked. */
  sent: [number]
  /** Something failed; it is tried again. */
  error: [unknown]
}

/** Three reads ahead keep both ends busy: see the measurements in the bench. */
const READS_AHEAD = 3
const LONGEST_RETRY_MS = 30_000
const FIRST_REST_MS = 5
/** An idle shard is asked for so seldom, times the number of shards: below twice a second in all, renewals included. */
const LONGEST_REST_MS = 600

/**
 * Sends what waits in an outbox, in order per key. Several may run at once, in any number of processes: each shard is one's at a
 * time, the others stand by.
 */
export class Relay extends EventEmitter<RelayEvents> {
  private readonly setting: RelaySetting
  private readonly running = new Set<ShardRelay>()
  private readonly rests = new Set<Rest>()
  private stopped = true
  private ended: Promise<unknown> | null = null
  private readonly keptAlive = new ProcessKeptAlive()

  /** @throws HoldfastError `invalid-argument` with the option's path */
  constructor(options: RelayOptions) {
    super()
    this.setting = settingOf(options, {
      error: (error) => {
        if (this.listenerCount('error') > 0) this.emit('error', error)
      },
      parked: (message) => this.emit('parked', message),
      blocked: (blocked) => this.emit('blocked', blocked),
      sent: (count) => this.emit('sent', count),
    })
  }

  /** Relays from now on, and keeps the process alive until it is closed. */
  async start(): Promise<void> {
    if (!this.stopped) return
    this.stopped = false
    this.keptAlive.begin()
    this.ended = this.run()
  }

  /** Sends nothing more, waits for what is on its way, gives its shards back. What was passed in stays open. */
  async close(): Promise<void> {
    this.stopped = true
    this.keptAlive.end()
    for (const shard of this.running) shard.stop()
    for (const rest of this.rests) rest.wake()
    await this.ended
  }

  /** Something may wait: said by who wrote it in this process, it need not wait for the next poll. */
  wake(): void {
    for (const shard of this.running) shard.wake()
  }

  /**
   * Sends what waits now, as far as that goes, without being started.
   *
   * @returns how many messages were sent; shards that another relay has are left to it
   */
  async drain(): Promise<number> {
    await this.setting.publisher.connect()
    let sent = 0
    for (const shard of await this.setting.outbox.shards()) {
      const askedAt = this.setting.scheduler.now()
      const lease = await this.leaseOf(shard)
      if (lease !== null) sent += await this.relay(lease, askedAt, true)
    }
    return sent
  }

  private async run(): Promise<void> {
    const shards = await this.insist(async () => {
      await this.setting.publisher.connect()
      return this.setting.outbox.shards()
    })
    if (shards !== null) await Promise.all(shards.map((shard) => this.keepRelaying(shard, shards.length)))
  }

  private async keepRelaying(shard: string, shards: number): Promise<void> {
    while (!this.stopped) {
      const asked = await this.insist(async () => {
        const askedAt = this.setting.scheduler.now()
        return { askedAt, lease: await this.leaseOf(shard) }
      })
      if (asked === null) return
      const { lease, askedAt } = asked
      if (lease !== null) await this.relay(lease, askedAt, false, shards)
      else await this.rest(LONGEST_REST_MS * shards)
    }
  }

  private leaseOf(shard: string): Promise<OutboxLease | null> {
    const { outbox, owner, leaseMs } = this.setting
    return outbox.lease(shard, owner, leaseMs)
  }

  private async relay(lease: OutboxLease, askedAt: number, onlyOnce: boolean, shards = 1): Promise<number> {
    const idle = { firstMs: FIRST_REST_MS, longestMs: LONGEST_REST_MS * shards }
    const shard = new ShardRelay(lease, { ...this.setting, idle }, askedAt, onlyOnce)
    this.running.add(shard)
    if (this.stopped && !onlyOnce) shard.stop()
    try {
      return await shard.run()
    } finally {
      this.running.delete(shard)
    }
  }

  /** Asks until there is an answer; `null`: it was closed before. */
  private async insist<T>(work: () => Promise<T>): Promise<T | null> {
    const waits = new Waits({ ...this.setting.retry, isScattered: true })
    while (!this.stopped) {
      try {
        return await work()
      } catch (error) {
        this.setting.tell.error(error)
        await this.rest(waits.next())
      }
    }
    return null
  }

  private async rest(ms: number): Promise<void> {
    const rest = new Rest(this.setting.scheduler)
    this.rests.add(rest)
    await rest.take(ms)
    this.rests.delete(rest)
  }
}

function settingOf(options: RelayOptions, tell: RelaySetting['tell']): RelaySetting {
  const checked = parse(relayOptionsSchema, options, 'options')
  const { poison = 'park-key', topicOf = defaultTopic } = options
  return {
    outbox: options.outbox,
    publisher: options.publisher,
    source: checked.source ?? 'holdfast',
    topicOf,
    owner: checked.owner ?? randomUUID(),
    leaseMs: checked.leaseFor ?? 30_000,
    batch: checked.batchLimit ?? 2_000,
    ahead: READS_AHEAD,
    poisonOf: typeof poison === 'function' ? poison : () => poison,
    attempts: checked.attempts ?? 8,
    retry: { firstMs: checked.retryAfter ?? 100, longestMs: LONGEST_RETRY_MS },
    idle: { firstMs: FIRST_REST_MS, longestMs: LONGEST_REST_MS },
    scheduler: options.scheduler ?? systemScheduler,
    tell,
  }
}
