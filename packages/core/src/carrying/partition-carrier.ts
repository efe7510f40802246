import { isHoldfastError } from '../errors.js'
import { Rest } from '../messages/rest.js'
import { Waits } from '../messages/waits.js'
import type { CarriedPosition, FeedLease, TakesEntries } from '../port/feed.js'
import type { Scheduler } from '../scheduler.js'

/** What all partitions of a carrier are carried by. */
export interface CarrierSetting {
  readonly ledger: TakesEntries
  readonly leaseMs: number
  /** Events of one transaction of the ledger, about. */
  readonly events: number
  readonly scheduler: Scheduler
  /** So far is a partition carried. */
  readonly carried: (partition: string, position: CarriedPosition, events: number) => void
}

/** Of its lease, after so large a part it is renewed. */
const RENEWED_AFTER = 1 / 3
const FIRST_REST_MS = 1
const LONGEST_REST_MS = 20

/** Carries one partition while its lease runs. */
export class PartitionCarrier {
  private readonly rest: Rest
  private readonly waits = new Waits({
    firstMs: FIRST_REST_MS,
    longestMs: LONGEST_REST_MS,
    isScattered: false,
  })
  private stopped = false
  private renewsAt: number
  private acknowledged: Promise<void> | null = null
  private total = 0

  constructor(
    private readonly partition: string,
    private readonly lease: FeedLease,
    private readonly setting: CarrierSetting,
  ) {
    this.rest = new Rest(setting.scheduler)
    this.renewsAt = setting.scheduler.now() + setting.leaseMs * RENEWED_AFTER
  }

  /** Ends after the transaction under way. */
  stop(): void {
    this.stopped = true
    this.rest.wake()
  }

  /** Something may be there: it need not wait for the next look. */
  wake(): void {
    this.rest.wake()
  }

  /**
   * Carries until it is stopped or its lease is over.
   *
   * @param onlyOnce until nothing more is there
   * @returns events carried
   * @throws what the store or the ledger failed with, `stream-gap` among it
   */
  async run(onlyOnce: boolean): Promise<number> {
    try {
      await this.carry(onlyOnce)
    } catch (error) {
      if (!isHoldfastError(error, 'fenced') || (await this.isLeased())) throw error
    } finally {
      await this.acknowledged
      await this.lease.release().catch(() => {})
    }
    return this.total
  }

  private async carry(onlyOnce: boolean): Promise<void> {
    const { ledger, scheduler, leaseMs } = this.setting
    const [known = null] = await ledger.carried([this.partition])
    let reading = this.read(known)
    for (let position = known; !this.stopped; ) {
      const entries = await reading
      if (scheduler.now() >= this.renewsAt) {
        this.renewsAt = scheduler.now() + leaseMs * RENEWED_AFTER
        await this.lease.renew(leaseMs)
      }
      const last = entries.at(-1)
      if (last === undefined) {
        if (onlyOnce) return
        await this.rest.take(this.waits.next())
        if (!this.stopped) reading = this.read(position)
        continue
      }
      // What comes next is read meanwhile.
      const next = this.read(last)
      reading = next
      position = await ledger.carry(this.partition, entries)
      this.waits.reset()
      this.tell(
        position,
        entries.reduce((sum, { events }) => sum + events.length, 0),
      )
    }
  }

  private read(after: CarriedPosition | null) {
    const reading = this.lease.read(after, this.setting.events)
    // It is awaited, or what came before it failed first.
    reading.catch(() => {})
    return reading
  }

  private tell(position: CarriedPosition, events: number): void {
    this.total += events
    this.setting.carried(this.partition, position, events)
    // Entries that are carried stay until a later acknowledgement removes them: none of these matters by itself.
    this.acknowledged ??= this.lease
      .acknowledge(position)
      .catch(() => {})
      .finally(() => {
        this.acknowledged = null
      })
  }

  /** Whether it was the ledger that fenced: the epoch is over, the lease is not. */
  private isLeased(): Promise<boolean> {
    return this.lease.renew(this.setting.leaseMs).then(
      () => true,
      () => false,
    )
  }
}
