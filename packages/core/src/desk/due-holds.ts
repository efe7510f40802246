import type { Call } from '../coalescer/coalescer.js'
import { isHoldfastError } from '../errors.js'
import type { Scheduler } from '../scheduler.js'
import type { Sender } from './sender.js'

/** Due holds that one sweep expires for a buyer who was refused. */
const SWEPT_FOR_A_BUYER = 500
/** Without a word on the next deadline, a partition that had nothing due is swept for buyers ten times a second. */
const LOOK_AGAIN_MS = 100

/**
 * Gives back what overdue holds keep, when a buyer was refused for it: one sweep at a time, shared by all who wait,
 * and none while the store has said that nothing is due.
 */
export class DueHolds {
  private sweeping: Promise<boolean> | null = null

  constructor(
    private readonly sender: Sender,
    private readonly scheduler: Scheduler,
    private readonly times: {
      /** Shortest hold that this desk grants, ms: nothing granted after a sweep is due before it passed. */
      readonly shortestHoldMs: number
      /** How long a sweep is given: it is no one caller's. */
      readonly deadlineMs: number
    },
    /** `until`: store's clock before which nothing is due. Shared with the desks within transactions. */
    private readonly quiet = { until: 0 },
  ) {}

  /** The same by way of another sender: one that speaks within a transaction, and waits for no sweep outside of it. */
  through(sender: Sender): DueHolds {
    return new DueHolds(sender, this.scheduler, this.times, this.quiet)
  }

  /** Whether the store has said that nothing is due at this time of its clock, and no sweep is under way. */
  areNone(now: number): boolean {
    return this.sweeping === null && now < this.quiet.until
  }

  /**
   * Whether anything was expired, so that asking again is worth it. What keeps that from being learned within the
   * call's time leaves the refusal as it is.
   *
   * @param now the store's clock of the refusal
   */
  expireSome(now: number, call: Call): Promise<boolean> {
    if (this.areNone(now)) return NOTHING_EXPIRED
    if (this.sweeping === null) {
      this.sweeping = this.sweep().finally(() => {
        this.sweeping = null
      })
    }
    return this.waitedFor(this.sweeping, call)
  }

  private async sweep(): Promise<boolean> {
    const { shortestHoldMs, deadlineMs } = this.times
    const sweep = { kind: 'sweep', limit: SWEPT_FOR_A_BUYER } as const
    try {
      const { outcome, now } = await this.sender.send(sweep, { deadlineMs })
      if (outcome.kind !== 'swept') return false
      const lookAgain = now + Math.min(LOOK_AGAIN_MS, shortestHoldMs)
      this.quiet.until = outcome.nextDueAt === null ? lookAgain : Math.min(outcome.nextDueAt, lookAgain)
      return outcome.expired.length > 0
    } catch (error) {
      // The caller's own transaction is lost: whatever was answered in it is void.
      if (isHoldfastError(error, 'transaction-aborted')) throw error
      return false
    }
  }

  private waitedFor(sweeping: Promise<boolean>, { deadlineMs, signal }: Call): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const giveUp = () => resolve(false)
      const cancel = this.scheduler.timer(deadlineMs, giveUp)
      signal?.addEventListener('abort', giveUp)
      const stop = () => {
        cancel()
        signal?.removeEventListener('abort', giveUp)
      }
      sweeping.finally(stop).then(resolve, reject)
    })
  }
}

const NOTHING_EXPIRED = Promise.resolve(false)
