/** Of the last batches written without a lock, how much of them had to be redone until locks are better. */
const TOO_MUCH = 0.25
/** How much the last batch counts against those before it. */
const WEIGHT = 0.2
/** How long locks are taken first before it is tried without them again, ms. */
const PERIOD = 250

/** Whether it pays to write without a lock: where others keep getting in the way, each redo is work done twice. */
export class Contention {
  private redone = 0
  private locksUntil = 0

  takesLocks(): boolean {
    return performance.now() < this.locksUntil
  }

  note(wasRedone: boolean): void {
    this.redone += WEIGHT * (Number(wasRedone) - this.redone)
    if (this.redone < TOO_MUCH) return
    this.locksUntil = performance.now() + PERIOD
    // One more redo after the period is enough to take locks again.
    this.redone = TOO_MUCH - WEIGHT / 2
  }
}
