import { HoldfastError, type StoreClock } from '@holdfast/core/adapter'
import type { Knex } from 'knex'
import { clientOf } from './connections.js'
import type { Dialect } from './dialect.js'
import { mysql } from './mysql/mysql.js'
import { postgres } from './postgres/postgres.js'
import { ServerDialect } from './server/server-dialect.js'
import { SqliteDialect } from './sqlite/sqlite-dialect.js'
import type { TableNames } from './table-names.js'

/** @throws HoldfastError `invalid-argument` (`knex`) for a database that Holdfast does not know */
export function dialectOf(knex: Knex, names: TableNames, clock: StoreClock | undefined): Dialect {
  const driver = (knex as Partial<Knex>).client === undefined ? undefined : clientOf(knex).driverName
  if (driver === 'better-sqlite3') return new SqliteDialect(knex, names, clock)
  if (driver === 'pg') return new ServerDialect(knex, postgres, names, clock)
  if (driver === 'mysql2') return new ServerDialect(knex, mysql, names, clock)
  throw new HoldfastError('invalid-argument', 'knex: must be a knex on better-sqlite3, pg or mysql2', {
    path: 'knex',
  })
}
