import type { Call } from '../coalescer/coalescer.js'
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
  /** Store's clock before which nothing is due. */
  private quietUntil = 0
  private sweeping: Promise<boolean> | null = null

  constructor(
    private readonly sender: Sender,
    /** Shortest hold that this desk grants, ms: nothing granted after a sweep is due before it passed. */
    private readonly shortestHoldMs: number,
  ) {}

  /** Whether anything was expired, so that asking again is worth it. `now`: the store's clock of the refusal. */
  async expireSome(now: number, call: Call): Promise<boolean> {
    if (this.sweeping === null) {
      if (now < this.quietUntil) return false
      this.sweeping = this.sweep(call).finally(() => {
        this.sweeping = null
      })
    }
    return this.sweeping
  }

  private async sweep(call: Call): Promise<boolean> {
    const { outcome, now } = await this.sender.send({ kind: 'sweep', limit: SWEPT_FOR_A_BUYER }, call)
    if (outcome.kind !== 'swept') return false
    const lookAgain = now + Math.min(LOOK_AGAIN_MS, this.shortestHoldMs)
    this.quietUntil = outcome.nextDueAt === null ? lookAgain : Math.min(outcome.nextDueAt, lookAgain)
    return outcome.expired.length > 0
  }
}
