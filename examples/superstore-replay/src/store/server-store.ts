import { randomUUID } from 'node:crypto'
import type { DeskLedger, DeskStore } from '@holdfast/core'
import createKnex, { type Knex } from 'knex'
import { UsageError } from '../command-line/request.js'
import type { VirtualClock } from '../replay/virtual-clock.js'
import { RETENTION } from './retention.js'

export type ServerName = 'postgres' | 'mysql'

const DRIVERS = { postgres: 'pg', mysql: 'mysql2' } as const

/** By the scheme of its URL; `null` for others. */
export function serverNameOf(url: string): ServerName | null {
  const scheme = /^([a-z]+):\/\//.exec(url)?.[1]
  if (scheme === 'postgres' || scheme === 'postgresql') return 'postgres'
  return scheme === 'mysql' || scheme === 'mariadb' ? 'mysql' : null
}

/**
 * In tables of the replay's own, beside whatever else the database holds; closing it drops them.
 * @throws UsageError when the server does not let us in
 */
export async function openServer(
  name: ServerName,
  url: string,
  clock: VirtualClock,
): Promise<{ readonly store: DeskStore & DeskLedger; close(): Promise<void> }> {
  const { SqlStore } = await import('@holdfast/sql-adapter')
  const connection = url.replace(/^mariadb:/, 'mysql:')
  const knex = createKnex({ client: DRIVERS[name], connection, pool: { min: 0, max: 4 } })
  const tablePrefix = `replay_${randomUUID().slice(0, 8)}_`
  const close = () => dropTables(knex, tablePrefix).finally(() => knex.destroy())
  try {
    await knex.raw('select 1')
  } catch (error) {
    await knex.destroy()
    const why = error instanceof Error ? error.message : String(error)
    throw new UsageError(`--store: the ${name} server does not let us in: ${why.replaceAll(/\s+/g, ' ')}`)
  }
  try {
    const store = new SqlStore(knex, { tablePrefix, clock, retention: RETENTION })
    await store.migrate()
    return { store, close }
  } catch (error) {
    await close()
    throw error
  }
}

async function dropTables(knex: Knex, prefix: string): Promise<void> {
  const here = knex.raw(knex.client.driverName === 'pg' ? 'current_schema()' : 'database()')
  const tables = await knex('information_schema.tables')
    .select('table_name as name')
    .where('table_schema', here)
    .whereRaw('left(table_name, ?) = ?', [prefix.length, prefix])
  for (const { name } of tables) await knex.schema.dropTable(name)
}
