import { SqlStore, type SqlStoreOptions } from '@holdfast/sql-adapter'
import createKnex, { type Knex } from 'knex'

/** Connections to the file of this path, or to the server of this URL. */
export function connectTo(place: string, pool: Knex.PoolConfig = { min: 0, max: 4 }): Knex {
  const scheme = /^(postgres|mysql):/.exec(place)?.[1]
  const silent = { error() {}, warn() {}, debug() {}, deprecate() {} }
  if (scheme !== undefined) {
    return createKnex({
      ...{ client: scheme === 'postgres' ? 'pg' : 'mysql2', connection: place, pool, log: silent },
    })
  }
  return createKnex({
    client: 'better-sqlite3',
    connection: { filename: place },
    useNullAsDefault: true,
    pool: { min: 1, max: 1 },
    log: silent,
  })
}

/** A store on the file of this path, or on the server of this URL, brought up to date. */
export async function openPlace(place: string, options: SqlStoreOptions = {}): Promise<SqlStore> {
  if (!/^\w+:\/\//.test(place)) return SqlStore.open(place, options)
  const store = new SqlStore(connectTo(place), options)
  await store.migrate()
  return store
}
