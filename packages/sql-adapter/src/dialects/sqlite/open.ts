import { HoldfastError } from '@holdfast/core/adapter'
import createKnex, { type Knex } from 'knex'
import type { SqliteConnection } from './connection.js'

/** Pages of the write-ahead log before they go into the file: fewer, longer pauses, and pages changed often go once. */
const CHECKPOINT_PAGES = 16_000
/** Page cache, KiB. */
const CACHE_KIB = 64_000

const PRAGMAS = [
  // For the schema's sake, while it is opened; a batch waits for the lock outside of SQLite (`busy.ts`).
  'busy_timeout = 5000',
  'journal_mode = WAL',
  // Every commit reaches the disk before it is answered.
  'synchronous = FULL',
  `wal_autocheckpoint = ${CHECKPOINT_PAGES}`,
  `cache_size = -${CACHE_KIB}`,
]

/** One connection to one file. @throws HoldfastError `store-failed` */
export async function openSqlite(path: string): Promise<Knex> {
  if (typeof path !== 'string' || path === '') {
    throw new HoldfastError('invalid-argument', "path: must be a file's path, or ':memory:'", {
      path: 'path',
    })
  }
  const knex = knexOn(path)
  try {
    await knex.client.releaseConnection(await knex.client.acquireConnection())
    return knex
  } catch (cause) {
    await knex.destroy()
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new HoldfastError('store-failed', `${path} could not be opened: ${why}`, { cause })
  }
}

function knexOn(filename: string): Knex {
  try {
    return createKnex({
      client: 'better-sqlite3',
      connection: { filename },
      useNullAsDefault: true,
      // What fails is thrown; knex would print it as well.
      log: { error() {}, warn() {}, debug() {}, deprecate() {} },
      pool: { min: 1, max: 1, afterCreate: prepareConnection },
    })
  } catch (cause) {
    throw new HoldfastError(
      'store-failed',
      'SqlStore.open needs the package better-sqlite3: npm install better-sqlite3',
      { cause },
    )
  }
}

function prepareConnection(
  connection: SqliteConnection,
  done: (error: Error | null, connection: SqliteConnection) => void,
): void {
  try {
    for (const pragma of PRAGMAS) {
      const statement = connection.prepare(`pragma ${pragma}`)
      // Some pragmas answer with a row, others with nothing.
      if (statement.reader) statement.all()
      else statement.run()
    }
    done(null, connection)
  } catch (error) {
    done(error instanceof Error ? error : new Error(String(error)), connection)
  }
}
