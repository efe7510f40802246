import type { Scheduler } from '../scheduler.js'

/** Deadlines are kept to within this: what is due is looked for at most this often. */
const COARSENESS_MS = 10

/** One timer for all deadlines of a partition, armed at the earliest: 300,000 calls a second cannot have one each. */
export class DeadlineWatch {
  private armedAt = Number.POSITIVE_INFINITY
  private lastScan = Number.NEGATIVE_INFINITY
  private cancel: (() => void) | null = null

  constructor(
    private readonly scheduler: Scheduler,
    /** Gives up what is due at `now`; returns the earliest deadline left, Infinity for none. */
    private readonly scan: (now: number) => number,
  ) {}

  /** To be told of each deadline; nearly always nothing is to be done, as an earlier one is watched already. */
  notice(deadline: number): void {
    if (deadline < this.armedAt) this.arm(deadline, this.scheduler.now())
  }

  stop(): void {
    if (this.cancel !== null) this.cancel()
    this.cancel = null
    this.armedAt = Number.POSITIVE_INFINITY
  }

  private arm(deadline: number, now: number): void {
    const at = Math.max(deadline, this.lastScan + COARSENESS_MS)
    if (at >= this.armedAt) return
    if (this.cancel !== null) this.cancel()
    this.armedAt = at
    this.cancel = this.scheduler.timer(at - now, this.fire)
  }

  private readonly fire = (): void => {
    this.stop()
    const now = this.scheduler.now()
    this.lastScan = now
    this.notice(this.scan(now))
  }
}
