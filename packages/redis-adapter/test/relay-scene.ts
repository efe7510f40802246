import { DeskWorker, MemoryBroker, OrderDesk, Relay, type RelayOptions } from '@holdfast/core'
import { type Command, type OutgoingRecord, receivedFrom, type Sent } from '@holdfast/core/adapter'
import type { Cluster, Redis } from 'ioredis'
import { type RedisClient, RedisOutbox, RedisStore, type RedisStoreOptions } from '../src/index.js'

// A shop on Redis whose events are relayed to a broker in memory. Its time moves when told to, that of leases included.

const MINUTE = 60_000
const TOPICS = ['reservation', 'order', 'stock-account']

/** An order's end. */
export type End = 'open' | 'paid' | 'cancelled' | 'expired' | 'rolled-back'

/** What is told of an order that ended so. */
const TOLD: { readonly [End_ in End]: readonly string[] } = {
  open: ['order.placed'],
  paid: ['order.placed', 'order.paid'],
  cancelled: ['order.placed', 'order.cancelled'],
  expired: ['order.placed', 'order.expired'],
  'rolled-back': ['order.placed', 'order.paid', 'order.rolled-back'],
}

export class RelayScene {
  readonly store: RedisStore
  readonly desk: OrderDesk
  readonly broker = new MemoryBroker({ partitions: 6, judge: (record) => this.judge(record) })
  /** What becomes of a record at the broker. */
  judge: (record: OutgoingRecord) => Sent = () => ({ kind: 'acked' })
  readonly errors: unknown[] = []
  private readonly relays: { readonly relay: Relay; readonly cut: () => void }[] = []
  private readonly ends = new Map<string, End>()
  private time = Date.UTC(2026, 5, 1, 10)

  private readonly options: RedisStoreOptions

  constructor(
    private readonly redis: Redis | Cluster,
    options: RedisStoreOptions,
  ) {
    this.options = { clock: { kind: 'virtual', now: () => this.time }, ...options }
    this.store = new RedisStore(redis, this.options)
    this.desk = new OrderDesk({ store: this.store, policy: { holdFor: { minutes: 15 } } })
  }

  pass(ms: number): void {
    this.time += ms
  }

  /**
   * A relay as one process has it. Cut off, nothing it asks is answered any more, though it may have been done.
   *
   * @param isLost says of each call whether its answer is lost
   */
  relay(options: Partial<RelayOptions> = {}, isLost: () => boolean = () => false) {
    const { client, cut } = withTrouble(this.redis, isLost)
    const outbox = new RedisOutbox(client, this.options)
    const publisher = this.broker.publisher()
    const setting = { leaseFor: { milliseconds: MINUTE }, batchLimit: 40, retryAfter: { milliseconds: 1 } }
    const relay = new Relay({ outbox, publisher, ...setting, ...options })
    relay.on('error', (error) => this.errors.push(error))
    this.relays.push({ relay, cut })
    return { relay, cut }
  }

  /** So many orders at once, a third of them paid, a third cancelled, a third left to expire. */
  async sell(from: number, count: number): Promise<void> {
    const numbers = Array.from({ length: count }, (_, index) => from + index)
    await Promise.all(
      numbers.map(async (number) => {
        const id = `order ${number}`
        const lines = [{ sku: `sku ${number % 5}`, quantity: 1 }]
        // Where there are many partitions it is admitted piece by piece.
        if (number % 5 === 0) lines.push({ sku: 'sku 1', quantity: 2 })
        const placed = await this.desk.place({ id, buyer: { user: `buyer ${number}` }, lines })
        if (!placed.ok) throw new Error(`${id} was refused: ${placed.reason}`)
        this.ends.set(id, 'open')
        const of = { orderId: id, home: placed.order.home }
        if (number % 3 === 0) await this.desk.recordPayment({ ...of, paymentId: `payment ${number}` })
        if (number % 3 === 1) await this.desk.cancel({ ...of, by: 'buyer' })
        this.ends.set(id, (['paid', 'cancelled', 'open'] as const)[number % 3] as End)
      }),
    )
  }

  /** One order that is paid and rolled back in one batch: one entry tells of both. */
  async rollBack(number: number): Promise<void> {
    const id = `order ${number}`
    const lines = [{ sku: 'sku 0', quantity: 1 }]
    const placed = await this.desk.place({ id, buyer: { user: `buyer ${number}` }, lines })
    if (!placed.ok) throw new Error(`${id} was refused: ${placed.reason}`)
    const of = { id, home: placed.order.home }
    const confirm: Command = { kind: 'confirm', ...of, payment: `payment ${number}`, retake: null }
    const release: Command = { kind: 'release', ...of, cause: 'rollback', reason: 'lost' }
    const [partition] = this.store.partitionsOf(confirm)
    await this.store.apply(partition as string, null, [confirm, release])
    this.ends.set(id, 'rolled-back')
  }

  async expire(): Promise<void> {
    this.pass(16 * MINUTE)
    await new DeskWorker(this.desk).runOnce()
    for (const [id, end] of this.ends) if (end === 'open') this.ends.set(id, 'expired')
  }

  /** Orders and what is to be told of each, in order. */
  expected(): ReadonlyMap<string, readonly string[]> {
    return new Map([...this.ends].map(([id, end]) => [id, TOLD[end]]))
  }

  /** All that came to the broker, by the key it came under, each message once, in the order in which they came first. */
  arrived() {
    const seen = new Set<string>()
    const byKey = new Map<string, { readonly type: string; readonly version: number }[]>()
    let repeated = 0
    for (const received of TOPICS.flatMap((topic) => this.broker.records(`holdfast.${topic}`)).map(
      receivedFrom,
    )) {
      const { id, type, subject, data, record } = received
      if (seen.has(id)) repeated++
      else {
        const name = `${record.topic} ${subject}`
        const { version } = data as { version: number }
        byKey.set(name, [...(byKey.get(name) ?? []), { type, version }])
      }
      seen.add(id)
    }
    return { byKey, repeated, ids: seen }
  }

  async close(): Promise<void> {
    for (const { relay, cut } of this.relays) {
      cut()
      void relay.close()
    }
    await this.desk.close()
  }
}

/** The server as a process has it whose connection breaks. */
function withTrouble(redis: Redis | Cluster, isLost: () => boolean) {
  let isCut = false
  const client: RedisClient = {
    async callBuffer(...given) {
      if (isCut) return new Promise(() => {})
      const answer = await redis.callBuffer(...given)
      if (isCut) return new Promise(() => {})
      if (isLost()) throw new Error('the connection was lost')
      return answer
    },
    pipeline: () => redis.pipeline(),
  }
  const cut = () => {
    isCut = true
  }
  return { client, cut }
}
