import { AsyncLocalStorage } from 'node:async_hooks'
import { readFile, writeFile } from 'node:fs/promises'
import { deserialize, serialize } from 'node:v8'
import { OrderDesk } from '@holdfast/core'
import { SqlStore } from '@holdfast/sql-adapter'
import { POLICY } from '../desk/shop-desk.js'
import { LawBroken, mustEqual } from '../law-broken.js'
import { sellToRecord } from '../stored/recorded-sale.js'
import { connectTo } from './connect.js'
import type { DatabaseTemplate } from './database-template.js'

/** What Holdfast handed to a driver's connection, so that it can be handed over again. */
export interface RecordedCall {
  readonly sql: string
  readonly values?: readonly unknown[] | undefined
  /** Of a statement that pg prepares once. */
  readonly name?: string | undefined
}

/** One transaction of Holdfast's, and how many orders it granted. */
export interface RecordedBatch {
  readonly calls: RecordedCall[]
  granted: number
}

/** A call as pg (`text`) or mysql2 (`sql`) take it. */
interface Call {
  readonly text?: string
  readonly sql?: string
  readonly name?: string
  readonly values?: readonly unknown[]
}

interface Connection {
  query(call: Call, ...rest: unknown[]): unknown
}

/** Sells to distinct buyers through the desk, on a copy of the template, and writes down all that reaches the driver. */
export async function recordBatches(template: DatabaseTemplate, path: string, orders: number): Promise<void> {
  const { database, loaded } = await template.copy()
  const current = new AsyncLocalStorage<RecordedBatch>()
  const knex = connectTo(database, {
    severalStatements: true,
    onConnection: (connection) => record(connection as Connection, current),
  })
  const store = new SqlStore(knex)
  const batches: RecordedBatch[] = []
  const apply = store.apply.bind(store)
  store.apply = (...batch) => {
    const recorded: RecordedBatch = { calls: [], granted: 0 }
    batches.push(recorded)
    return current.run(recorded, async () => {
      const applied = await apply(...batch)
      if (applied.kind === 'applied')
        recorded.granted = applied.outcomes.filter(({ kind }) => kind === 'granted').length
      return applied
    })
  }
  const desk = new OrderDesk({ store, policy: POLICY })
  await sellToRecord(desk, loaded.nextBuyer, orders)
  await desk.close()
  await knex.destroy()
  mustEqual(
    'orders recorded',
    batches.reduce((total, { granted }) => total + granted, 0),
    orders,
  )
  if (new Set(batches.map(({ calls }) => calls.length)).size > 1)
    throw new LawBroken('a batch was redone while it was recorded')
  await writeFile(path, serialize(batches))
}

export async function readBatches(path: string): Promise<readonly RecordedBatch[]> {
  return deserialize(await readFile(path)) as readonly RecordedBatch[]
}

function record(connection: Connection, current: AsyncLocalStorage<RecordedBatch>): void {
  const query = connection.query.bind(connection)
  connection.query = (call, ...rest) => {
    const { text = '', sql = text, values, name } = call
    const [whole] = values ?? []
    // To mysql2 a statement may be handed over as the only value of another.
    const recorded = isSql(whole) ? { sql: whole.toSqlString() } : { sql, values, name }
    current.getStore()?.calls.push(recorded)
    return query(call, ...rest)
  }
}

function isSql(value: unknown): value is { toSqlString(): string } {
  return typeof value === 'object' && value !== null && 'toSqlString' in value
}
