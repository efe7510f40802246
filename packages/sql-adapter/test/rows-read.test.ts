import { OrderDesk } from '@holdfast/core'
import type { Knex } from 'knex'
import { afterAll, describe, expect, test } from 'vitest'
import { SqlStore } from '../src/index.js'
import { newDatabase } from './servers.js'

// What is asked for in pieces costs what the piece holds, whatever lies before and behind it. Servers count the rows that
// they read.

const ORDERS = 10_000
const PIECE = 100
/** Rows read for each that was asked for, at most: indices, joined rows, one row to see that there is more. */
const MOST_PER_ROW = 6

const COUNTING = { mariadb: readOnMariadb, postgres: readOnPostgres } as const

for (const [kind, read] of Object.entries(COUNTING)) {
  const database = await newDatabase(kind as keyof typeof COUNTING)
  describe.skipIf(database === null)(kind, () => {
    if (database === null) return
    const knex = database.connect({ min: 0, max: 1 })
    afterAll(async () => {
      await knex.destroy()
      await database.drop()
    })

    /** Rows that the one connection reads meanwhile, of tables and indices. */
    async function rowsRead(work: () => Promise<unknown>): Promise<number> {
      const before = await read(knex)
      await work()
      return (await read(knex)) - before
    }

    test('a sweep and a page of a listing read no more rows than they need', async () => {
      let now = 1_000_000
      const store = new SqlStore(knex, { clock: { kind: 'virtual', now: () => now } })
      await store.migrate()
      const limits = [{ id: 'two-each', per: 'user', scope: 'sku', max: 2 }] as const
      const policy = { holdFor: { minutes: 15 }, limits } as const
      const desk = new OrderDesk({ store, policy, deadline: { minutes: 1 } })
      // A table this small it would rather read as a whole: whether it need not is the question.
      if (kind === 'postgres') await knex.raw('set enable_seqscan = off')
      await desk.restock({ id: 'opening', sku: 'PHONE', quantity: ORDERS })
      const place = (order: number) =>
        desk.place({ buyer: { user: `${order}` }, lines: [{ sku: 'PHONE', quantity: 1 }] })
      // As a sale has them: a few in each millisecond, a third of them due.
      for (let order = 0; order < ORDERS; order += 500) {
        await Promise.all(Array.from({ length: 500 }, (_, at) => place(order + at)))
        now += 1
      }
      await analyze(knex)
      now += 15 * 60_000 - 13

      const swept = await rowsRead(() => store.apply('main', null, [{ kind: 'sweep', limit: PIECE }]))
      // Whatever is due at the last one's time is read as well: 500.
      expect(swept).toBeLessThan((PIECE + 500) * MOST_PER_ROW)

      for (const of of ['ledger', 'counters', 'reservations', 'events'] as const) {
        const pages = { kind: 'list', of, limit: PIECE } as const
        // A page in the middle: neither what lies before it is read again, nor all that lies behind it.
        let cursor: string | null = null
        for (let page = 0; page < ORDERS / PIECE / 2; page++) {
          ;({ cursor } = await store.read('main', { ...pages, cursor }))
        }
        const listed = await rowsRead(() => store.read('main', { ...pages, cursor }))
        expect(listed, of).toBeLessThan(PIECE * MOST_PER_ROW)
      }
      await desk.close()
    }, 120_000)
  })
}

async function analyze(knex: Knex): Promise<void> {
  for (const table of ['orders', 'stock_ledger', 'subjects', 'outbox'])
    await knex.raw(`analyze ${knex.client.driverName === 'pg' ? '' : 'table '}holdfast_${table}`)
}

async function readOnMariadb(knex: Knex): Promise<number> {
  const [rows] = await knex.raw("show session status like 'Handler_read%'")
  return (rows as { readonly Value: string }[]).reduce((sum, { Value }) => sum + Number(Value), 0)
}

/** Of the whole database: nobody else is there. */
async function readOnPostgres(knex: Knex): Promise<number> {
  await knex.raw('select pg_stat_force_next_flush()')
  const { rows } = await knex.raw(`select
    (select sum(seq_tup_read) from pg_stat_user_tables) + (select sum(idx_tup_read) from pg_stat_user_indexes) as read`)
  return Number(rows[0].read)
}
