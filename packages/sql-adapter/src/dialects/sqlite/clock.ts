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
