import { HoldfastError } from '@holdfast/core/adapter'
import type { Pool } from './connections.js'

/** How long the one connection may stay with somebody else while calls wait for it, ms. */
const LONGEST_WAIT = 1_000

/**
 * Watches those who wait for a pool's only connection. If it is with a transaction of the caller that itself awaits
 * this store, they would wait for ever: where nothing is given back for a while, that is taken to be so.
 */
export class HangWatch {
  private readonly waiting = new Set<(error: HoldfastError) => void>()
  private timer: NodeJS.Timeout | null = null
  private readonly isReleased = () => this.timer?.refresh()

  /** `isOurs`: whether the store itself has the connection, and so will give it back. */
  constructor(
    private readonly pool: Pool,
    private readonly isOurs: () => boolean,
  ) {}

  /**
   * What `acquiring` gives. If it comes after this has given up, `giveBack` takes it.
   *
   * @throws HoldfastError `would-deadlock`
   */
  async over<T>(acquiring: Promise<T>, giveBack: (late: T) => Promise<void>): Promise<T> {
    let giveUp: (error: HoldfastError) => void = () => {}
    const hanging = new Promise<never>((_resolve, reject) => {
      giveUp = reject
    })
    this.enter(giveUp)
    try {
      return await Promise.race([acquiring, hanging])
    } catch (error) {
      // Nobody else waits for it any more.
      acquiring.then(giveBack).catch(() => {})
      throw error
    } finally {
      this.leave(giveUp)
    }
  }

  private enter(giveUp: (error: HoldfastError) => void): void {
    this.waiting.add(giveUp)
    if (this.timer !== null) return
    this.timer = setTimeout(() => this.tooLong(), LONGEST_WAIT)
    this.pool.on('release', this.isReleased)
  }

  private leave(giveUp: (error: HoldfastError) => void): void {
    this.waiting.delete(giveUp)
    if (this.waiting.size > 0 || this.timer === null) return
    clearTimeout(this.timer)
    this.timer = null
    this.pool.removeListener('release', this.isReleased)
  }

  private tooLong(): void {
    if (this.isOurs()) {
      this.timer?.refresh()
      return
    }
    const error = new HoldfastError(
      'would-deadlock',
      'the only connection is with a transaction that seems to await this call: use within(transaction)',
    )
    for (const giveUp of [...this.waiting]) giveUp(error)
  }
}
