import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import knex, { type Knex } from 'knex'

interface Pragmatic {
  pragma(text: string): unknown
}

/** A new file's path in the run's folder. */
export function newFile(folder: string): string {
  return join(folder, `${randomUUID()}.db`)
}

/** One connection to one file, every commit synced: what a shop with an embedded database would open. */
export async function connectSqlite(file: string): Promise<Knex> {
  return knex({
    client: 'better-sqlite3',
    connection: { filename: file },
    useNullAsDefault: true,
    pool: {
      min: 1,
      max: 1,
      afterCreate: (connection: Pragmatic, done: (error: Error | null, connection: Pragmatic) => void) => {
        connection.pragma('journal_mode = WAL')
        connection.pragma('synchronous = FULL')
        done(null, connection)
      },
    },
  })
}

/** With what the engine keeps beside it. */
export async function removeFile(path: string): Promise<void> {
  for (const end of ['', '-wal', '-shm']) await rm(path + end, { force: true })
}
