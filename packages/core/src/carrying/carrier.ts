import { randomUUID } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { isHoldfastError } from '../errors.js'
import { Rest } from '../messages/rest.js'
import { Waits } from '../messages/waits.js'
import type { CarriedPosition, Feed, TakesEntries } from '../port/feed.js'
import { ProcessKeptAlive } from '../process-kept-alive.js'
import type { Scheduler } from '../scheduler.js'
import { type CarrierSetting, PartitionCarrier } from './partition-carrier.js'

export interface CarrierOptions {
  readonly feed: Feed
  readonly partitions: () => Promise<readonly string[]>
  readonly ledger: TakesEntries
  readonly scheduler: Scheduler
}

interface CarrierEvents {
  /** A partition is carried so far, by so many more events. */
  carried: [partition: string, position: CarriedPosition, events: number]
  /** A partition cannot be carried on: what it told was lost, or is of an epoch that is over. It is looked at again. */
  halted: [partition: string, error: unknown]
  /** Something failed; it is tried again. */
  error: [unknown]
}

/** A carrier that died keeps others from its partitions for so long, ms: less than callers wait. */
const LEASE_MS = 5_000
/** Enough to share a commit among, few enough to be decided at once. */
const EVENTS = 1_500
/** How often who stands by asks for a partition, ms. */
const STAND_BY_MS = 250
const RETRY = { firstMs: 20, longestMs: 5_000, isScattered: true } as const

/**
 * Carries what happened in a fast store into its ledger, in order per partition. Several may run at once, in any number of
 * processes: each partition is one's at a time, the others stand by.
 */
export class Carrier extends EventEmitter<CarrierEvents> {
  private readonly setting: CarrierSetting
  private readonly owner = randomUUID()
  private readonly running = new Map<string, PartitionCarrier>()
  private readonly rests = new Set<Rest>()
  private readonly keptAlive = new ProcessKeptAlive()
  private stopped = true
  private ended: Promise<unknown> | null = null

  constructor(private readonly options: CarrierOptions) {
    super()
    const { ledger, scheduler } = options
    const carried: CarrierSetting['carried'] = (...told) => this.emit('carried', ...told)
    this.setting = { ledger, scheduler, leaseMs: LEASE_MS, events: EVENTS, carried }
  }

  /** Carries from now on, and keeps the process alive until it is closed. */
  start(): void {
    if (!this.stopped) return
    this.stopped = false
    this.keptAlive.begin()
    this.ended = this.run()
  }

  /** Ends after the transactions under way, and gives its partitions back. */
  async close(): Promise<void> {
    this.stopped = true
    this.keptAlive.end()
    for (const carrier of this.running.values()) carrier.stop()
    for (const rest of this.rests) rest.wake()
    await this.ended
  }

  /** Whether this carrier has the partition just now; it then looks for more at once. */
  wake(partition: string): boolean {
    const carrier = this.running.get(partition)
    carrier?.wake()
    return carrier !== undefined
  }

  /**
   * Carries a partition to its present end, without being started.
   *
   * @returns `false`: another has it
   * @throws what that failed with
   */
  async drain(partition: string): Promise<boolean> {
    if (this.running.has(partition)) return false
    const lease = await this.options.feed.lease(partition, this.owner, LEASE_MS)
    if (lease === null) return false
    await this.carry(partition, new PartitionCarrier(partition, lease, this.setting), true)
    return true
  }

  private async run(): Promise<void> {
    const waits = new Waits(RETRY)
    for (; !this.stopped; await this.rest(waits.next())) {
      try {
        const partitions = await this.options.partitions()
        await Promise.all(partitions.map((partition) => this.keepCarrying(partition)))
        return
      } catch (error) {
        this.tell(error)
      }
    }
  }

  private async keepCarrying(partition: string): Promise<void> {
    const waits = new Waits(RETRY)
    while (!this.stopped) {
      try {
        const lease = await this.options.feed.lease(partition, this.owner, LEASE_MS)
        if (this.stopped) await lease?.release()
        else if (lease === null) await this.rest(STAND_BY_MS)
        else if ((await this.carryOn(partition, lease)) > 0) waits.reset()
      } catch (error) {
        if (isHoldfastError(error, 'stream-gap') || isHoldfastError(error, 'fenced'))
          this.emit('halted', partition, error)
        this.tell(error)
        await this.rest(waits.next())
      }
    }
  }

  private carryOn(
    partition: string,
    lease: ConstructorParameters<typeof PartitionCarrier>[1],
  ): Promise<number> {
    return this.carry(partition, new PartitionCarrier(partition, lease, this.setting), false)
  }

  private async carry(partition: string, carrier: PartitionCarrier, onlyOnce: boolean): Promise<number> {
    this.running.set(partition, carrier)
    try {
      return await carrier.run(onlyOnce)
    } finally {
      // Whoever came next may have the partition already.
      if (this.running.get(partition) === carrier) this.running.delete(partition)
    }
  }

  private tell(error: unknown): void {
    if (this.listenerCount('error') > 0) this.emit('error', error)
  }

  private async rest(ms: number): Promise<void> {
    if (this.stopped) return
    const rest = new Rest(this.setting.scheduler)
    this.rests.add(rest)
    await rest.take(ms)
    this.rests.delete(rest)
  }
}
