/** Long enough to hold several batches of a store on a disk, short enough to follow a change of pace. */
const WINDOW_MS = 50
/** What to say before anything was measured. */
const UNMEASURED_MS = 1_000
const LONGEST_MS = 60_000

/** How fast a partition answers while it has work: the ground for telling a refused caller when to come back. */
export class RecentRate {
  private perMs = 0
  private answered = 0
  private busyMs = 0
  private mark = 0

  /** Work begins after idleness, which does not count. */
  begin(now: number): void {
    this.mark = now
  }

  note(answered: number, now: number): void {
    this.answered += answered
    this.busyMs += now - this.mark
    this.mark = now
    if (this.busyMs < WINDOW_MS) return
    const measured = this.answered / this.busyMs
    this.perMs = this.perMs === 0 ? measured : (this.perMs + measured) / 2
    this.answered = 0
    this.busyMs = 0
  }

  /** About how long `waiting` commands take, in whole ms. */
  msFor(waiting: number): number {
    const perMs = this.perMs > 0 ? this.perMs : this.busyMs > 0 ? this.answered / this.busyMs : 0
    if (perMs === 0) return UNMEASURED_MS
    return Math.min(LONGEST_MS, Math.max(1, Math.ceil(waiting / perMs)))
  }
}
