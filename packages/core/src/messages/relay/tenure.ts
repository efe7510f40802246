import { isHoldfastError } from '../../errors.js'
import type { OutboxLease, Position } from '../../port/outbox.js'
import { Rest } from '../rest.js'
import { Waits } from '../waits.js'
import type { RelaySetting } from './setting.js'

/** Of its lease, after so large a part it is renewed. */
const RENEWED_AFTER = 1 / 3

/**
 * The time during which a relay has a shard to itself: keeps its lease, and says when nothing may be begun any more. A
 * relay that was paused past its lease finds that by its own clock, before it sends.
 */
export class Tenure {
  private validUntil: number
  private renewsAt: number
  private ended = false
  private readonly waits: Waits
  private readonly toEnd = new Set<() => void>()
  private toSend: Position[] = []
  private acknowledging: Promise<void> | null = null

  constructor(
    readonly lease: OutboxLease,
    private readonly setting: RelaySetting,
    /** When the lease was asked for, by the scheduler's clock. */
    askedAt: number,
    /** Told when messages were acknowledged, how many. */
    private readonly onAcknowledged: (count: number) => void,
  ) {
    this.validUntil = askedAt + setting.leaseMs
    this.renewsAt = askedAt + setting.leaseMs * RENEWED_AFTER
    this.waits = new Waits({ ...setting.retry, isScattered: true })
  }

  /** Whether something may be begun. */
  get isValid(): boolean {
    if (!this.ended && this.now >= this.validUntil) this.end()
    return !this.ended
  }

  end(): void {
    if (this.ended) return
    this.ended = true
    for (const wake of this.toEnd) wake()
  }

  /** Renews the lease when it is time to. */
  async keep(): Promise<void> {
    if (this.now < this.renewsAt) return
    const { leaseMs } = this.setting
    const askedAt = this.now
    const isDone = await this.tried(() => this.lease.renew(leaseMs))
    if (!isDone) return
    this.validUntil = askedAt + leaseMs
    this.renewsAt = askedAt + leaseMs * RENEWED_AFTER
  }

  /** ms until the lease is to be renewed. */
  get msToRenewal(): number {
    return Math.max(0, this.renewsAt - this.now)
  }

  /** What was sent need not be sent again. What gathers while that is put on record goes with the next. */
  acknowledge(positions: readonly Position[]): void {
    for (const position of positions) this.toSend.push(position)
    this.acknowledging ??= this.acknowledgeAll()
  }

  get isAcknowledging(): boolean {
    return this.acknowledging !== null
  }

  /** Resolves when everything sent is on record, or cannot be any more. */
  async acknowledged(): Promise<void> {
    while (this.acknowledging !== null) await this.acknowledging
  }

  /**
   * Asks the store until it has answered.
   *
   * @returns whether it did what it was asked; `false`: this tenure is over
   */
  async insist(work: () => Promise<void>): Promise<boolean> {
    while (this.isValid) {
      if (await this.tried(work)) return true
      await this.rest(this.waits.next())
    }
    return false
  }

  private async acknowledgeAll(): Promise<void> {
    // Those that were sent in the same turn go together.
    await Promise.resolve()
    while (this.toSend.length > 0) {
      const positions = this.toSend
      this.toSend = []
      if (!(await this.insist(() => this.lease.acknowledge(positions)))) break
      this.waits.reset()
      this.onAcknowledged(positions.length)
    }
    this.acknowledging = null
  }

  private async tried(work: () => Promise<void>): Promise<boolean> {
    try {
      await work()
      return true
    } catch (error) {
      if (isHoldfastError(error, 'fenced')) this.end()
      else this.setting.tell.error(error)
      return false
    }
  }

  private async rest(ms: number): Promise<void> {
    const rest = new Rest(this.setting.scheduler)
    const wake = () => rest.wake()
    this.toEnd.add(wake)
    await rest.take(ms)
    this.toEnd.delete(wake)
  }

  private get now(): number {
    return this.setting.scheduler.now()
  }
}
