/** Steps back up to here are corrections of the clock and not taken; a longer one means that it was wrong before. */
const LONGEST_CORRECTION = 60_000

/** Keeps a clock from running backwards within this process, whatever connection it is read on. */
export class ForwardTime {
  private last = 0

  read(now: number): number {
    const isCorrection = now < this.last && this.last - now <= LONGEST_CORRECTION
    if (!isCorrection) this.last = now
    return this.last
  }
}
