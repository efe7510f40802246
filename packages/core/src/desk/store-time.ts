import { NO_KEYS, type ReservationStore } from '../port/reservation-store.js'

/** An application's clock: ms, any origin. It never decides: it measures what passed since the store told its time. */
export type ApplicationClock = () => number

/** The store's clock as it is estimated from its replies, so that a wrong application clock makes nothing late. */
export class StoreTime {
  /** The store's clock minus the application's; `null` until the store was heard. */
  private offset: number | null = null
  private lastHeard: number | null = null
  private asked: Promise<void> | null = null

  constructor(
    private readonly store: ReservationStore,
    private readonly clock: ApplicationClock,
  ) {}

  /** The same clock, asked by way of another store: one that speaks within a transaction. */
  through(store: ReservationStore): StoreTime {
    const time = new StoreTime(store, this.clock)
    time.offset = this.offset
    return time
  }

  /** The store's clock now, estimated, ms since the epoch; `null` until the store was heard. */
  now(): number | null {
    return this.offset === null ? null : this.clock() + this.offset
  }

  /** The store said `now` in a reply. All replies of a batch say the same: the first of them is the nearest to it. */
  heard(now: number): void {
    if (now === this.lastHeard) return
    this.lastHeard = now
    this.offset = now - this.clock()
  }

  /** Asks the store for its time, once. */
  async ask(): Promise<number> {
    this.asked ??= this.read().finally(() => {
      this.asked = null
    })
    await this.asked
    return this.now() ?? 0
  }

  private async read(): Promise<void> {
    const [partition] = await this.store.partitions()
    if (partition === undefined) return
    const { now } = await this.store.read(partition, NO_KEYS)
    this.heard(now)
  }
}
