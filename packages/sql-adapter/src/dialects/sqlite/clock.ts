import { safeInteger } from '../../rows/safe-integer.js'
import { Rows, type SqliteConnection } from './connection.js'

/** The database's clock as a connection reads it, ms since the epoch. */
export class SqliteClock {
  private readonly clock: Rows

  constructor(connection: SqliteConnection) {
    this.clock = new Rows(connection, `select cast(round(unixepoch('subsec') * 1000) as integer)`)
  }

  now(): number {
    return safeInteger(this.clock.one()?.[0], 'now')
  }
}

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
