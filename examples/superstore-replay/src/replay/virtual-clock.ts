/** The replay's time: it stands still until it is moved, and never goes back. */
export class VirtualClock {
  readonly kind = 'virtual'

  /** `at`: ms since the epoch. */
  constructor(private at: number) {}

  now(): number {
    return this.at
  }

  moveTo(at: number): void {
    if (at < this.at) throw new Error(`the clock cannot go back to ${new Date(at).toISOString()}`)
    this.at = at
  }
}
