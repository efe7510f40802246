import type { DeskLedger, DeskStore } from '@holdfast/core'
import type { SqlStore } from '@holdfast/sql-adapter'
import createKnex, { type Knex } from 'knex'
import type { VirtualClock } from '../replay/virtual-clock.js'
import { RETENTION } from './retention.js'

export interface SqliteStore {
  readonly store: DeskStore & DeskLedger
  close(): Promise<void>
}

interface Connection {
  pragma(text: string): unknown
}

/**
 * On a knex of its own, as a shop has one. `SqlStore.open` would have every commit reach the disk before it is
 * answered; here each order waits for the one before, 8,000 commits in a row, and that would measure the disk.
 * `NORMAL` leaves it to the checkpoints: a process that is killed loses nothing, a power cut may cost the last commits.
 */
export async function openSqlite(
  adapter: { readonly SqlStore: typeof SqlStore },
  path: string,
  clock: VirtualClock,
): Promise<SqliteStore> {
  const knex = knexOn(path)
  try {
    const store = new adapter.SqlStore(knex, { clock, retention: RETENTION })
    await store.migrate()
    return { store, close: () => knex.destroy() }
  } catch (error) {
    await knex.destroy()
    throw error
  }
}

function knexOn(filename: string): Knex {
  return createKnex({
    client: 'better-sqlite3',
    connection: { filename },
    useNullAsDefault: true,
    pool: {
      min: 1,
      max: 1,
      afterCreate(connection: Connection, done: (error: Error | null, connection: Connection) => void) {
        connection.pragma('journal_mode = WAL')
        connection.pragma('synchronous = NORMAL')
        done(null, connection)
      },
    },
  })
}
