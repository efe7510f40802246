import { setTimeout as pause } from 'node:timers/promises'
import { HoldfastError } from '@holdfast/core/adapter'
import { Rows, type SqliteConnection } from './connection.js'
import { isBusy } from './errors.js'

/** How long another connection may keep its lock before a call gives up, ms. */
const LONGEST_WAIT = 5_000
/** How often the lock is tried for, ms. */
const EVERY = 1

/**
 * Takes SQLite's one write lock without blocking the event loop: SQLite's own `busy_timeout` would sleep inside the
 * call. It is put to 0 for the attempt, and back to what the connection's owner chose.
 */
export class WriteLock {
  private readonly timeout: Rows
  private readonly timeouts = new Map<number, Rows>()

  constructor(private readonly connection: SqliteConnection) {
    this.timeout = new Rows(connection, 'pragma busy_timeout')
  }

  /**
   * @param take the statement that needs the lock
   * @throws HoldfastError `not-sent` if another connection keeps the lock; any other error of `take` as it is
   */
  async taken(take: () => void): Promise<void> {
    const giveUpAt = performance.now() + LONGEST_WAIT
    while (!this.tried(take)) {
      if (performance.now() > giveUpAt) {
        throw new HoldfastError(
          'not-sent',
          `another connection has kept the database locked for ${LONGEST_WAIT} ms`,
        )
      }
      await pause(EVERY)
    }
  }

  private tried(take: () => void): boolean {
    const timeout = Number(this.timeout.one()?.[0] ?? 0)
    if (timeout > 0) this.setTimeout(0)
    try {
      take()
      return true
    } catch (error) {
      if (isBusy(error)) return false
      throw error
    } finally {
      if (timeout > 0) this.setTimeout(timeout)
    }
  }

  private setTimeout(ms: number): void {
    let pragma = this.timeouts.get(ms)
    if (pragma === undefined) {
      // A pragma takes no parameters; it answers with a row.
      pragma = new Rows(this.connection, `pragma busy_timeout = ${ms}`)
      this.timeouts.set(ms, pragma)
    }
    pragma.one()
  }
}
