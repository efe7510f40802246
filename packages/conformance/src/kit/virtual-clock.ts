import type { StoreClock } from '@holdfast/core'

/** Where every case begins, ms since the epoch: a leap day, and far beyond 32 bits. */
export const START = Date.UTC(2024, 1, 29, 12)

/** The clock that a store under test reads. It moves only when a case moves it, never backwards. */
export class VirtualClock implements StoreClock {
  private time = START

  /** Bound, so that an adapter may hand it on alone. */
  readonly now = (): number => this.time

  /** `ms`: 0 or more. */
  pass(ms: number): void {
    this.time += ms
  }
}
