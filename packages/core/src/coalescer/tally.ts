/** How many callers got no answer from the store, since the coalescer was made. */
export interface Drops {
  /** Reserves refused because the queue was full. */
  readonly overloaded: number
  /** Given up, by deadline or abort, while nothing was sent. */
  readonly notSent: number
  /** Given up, by deadline or abort, after sending. */
  readonly unknown: number
}

/** Counts over all partitions, and those who wait for them to reach zero. */
export class Tally implements Drops {
  queued = 0
  flights = 0
  overloaded = 0
  notSent = 0
  unknown = 0
  private drains: (() => void)[] = []

  /** Resolves at the first moment at which nothing is queued or in flight. */
  drained(): Promise<void> {
    if (this.queued === 0 && this.flights === 0) return Promise.resolve()
    return new Promise((resolve) => this.drains.push(resolve))
  }

  settleDrains(): void {
    if (this.drains.length === 0 || this.queued > 0 || this.flights > 0) return
    const { drains } = this
    this.drains = []
    for (const resolve of drains) resolve()
  }
}
