import { OrderDesk } from '@holdfast/core'
import type { Knex } from 'knex'
import { afterAll, describe, expect, test } from 'vitest'
import { SqlStore } from '../src/index.js'
import { newDatabase } from './servers.js'

// What is asked for in pieces costs what the piece holds, whatever lies behind it. MariaDB counts the rows that it reads.

const ORDERS = 10_000
const PIECE = 100
/** Rows read for each that was asked for, at most: indices, joined rows, one row to see that there is more. */
const MOST_PER_ROW = 6

const database = await newDatabase('mariadb')

describe.skipIf(database === null)('mariadb', () => {
  if (database === null) return
  const knex = database.connect({ min: 0, max: 1 })
  afterAll(async () => {
    await knex.destroy()
    await database.drop()
  })

  test('a sweep and a page of the ledger read no more rows than they need', async () => {
    let now = 1_000_000
    const store = new SqlStore(knex, { clock: { kind: 'virtual', now: () => now } })
    await store.migrate()
    const policy = { holdFor: { minutes: 15 } } as const
    const desk = new OrderDesk({ store, policy, deadline: { minutes: 1 } })
    await desk.restock({ id: 'opening', sku: 'PHONE', quantity: ORDERS })
    const place = (order: number) =>
      desk.place({ buyer: { user: `${order}` }, lines: [{ sku: 'PHONE', quantity: 1 }] })
    // As a sale has them: a few in each millisecond, a third of them due.
    for (let order = 0; order < ORDERS; order += 500) {
      await Promise.all(Array.from({ length: 500 }, (_, at) => place(order + at)))
      now += 1
    }
    await knex.raw('analyze table holdfast_orders, holdfast_stock_ledger')
    now += 15 * 60_000 - 13

    const swept = await rowsRead(knex, () => store.apply('main', null, [{ kind: 'sweep', limit: PIECE }]))
    // Whatever is due at the last one's time is read as well: 500.
    expect(swept).toBeLessThan((PIECE + 500) * MOST_PER_ROW)

    const ledger = { kind: 'list', of: 'ledger', limit: PIECE } as const
    const { cursor } = await store.read('main', { ...ledger, cursor: null })
    const listed = await rowsRead(knex, () => store.read('main', { ...ledger, cursor }))
    expect(listed).toBeLessThan(PIECE * MOST_PER_ROW)
    await desk.close()
  }, 120_000)
})

/** Rows that the one connection reads meanwhile, of tables and indices. */
async function rowsRead(knex: Knex, work: () => Promise<unknown>): Promise<number> {
  const read = async () => {
    const [rows] = await knex.raw("show session status like 'Handler_read%'")
    return (rows as { readonly Value: string }[]).reduce((sum, { Value }) => sum + Number(Value), 0)
  }
  const before = await read()
  await work()
  return (await read()) - before
}
