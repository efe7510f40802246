import { OrderDesk } from '@holdfast/core'
import type { Knex } from 'knex'
import { afterAll, describe, expect, test } from 'vitest'
import { MIGRATIONS as mysqlMigrations } from '../src/dialects/mysql/migrations/index.js'
import { MIGRATIONS as postgresMigrations } from '../src/dialects/postgres/migrations/index.js'
import { tableNames } from '../src/dialects/table-names.js'
import { SqlStore } from '../src/index.js'
import { newDatabase, type TestDatabase } from './servers.js'

// What servers do otherwise than SQLite: connections that break, transactions that meet, schemas of their own.

const MIGRATIONS = { postgres: postgresMigrations, pgbouncer: postgresMigrations, mariadb: mysqlMigrations }
const policy = {
  holdFor: { minutes: 15 },
  limits: [{ id: 'lots', per: 'user', scope: 'sku', max: 1_000 }],
  unpaidOrder: { per: 'user', scope: 'shop' },
} as const

const lastOne = {
  ...policy,
  limits: [{ id: 'one', per: 'user', scope: 'sku', max: 1 }],
} as const

for (const kind of ['postgres', 'pgbouncer', 'mariadb'] as const) {
  const database = await newDatabase(kind)
  describe.skipIf(database === null)(kind, () => {
    if (database !== null) testOn(database)
  })
}

function testOn(database: TestDatabase): void {
  const { kind } = database
  const knex = database.connect({ min: 0, max: 5 })
  afterAll(async () => {
    await knex.destroy()
    await database.drop()
  })
  let stores = 0
  /** A shop with tables of its own, and units of one SKU. */
  async function openShop(quantity: number, pool = knex) {
    const tablePrefix = `s${stores++}_`
    const store = new SqlStore(pool, { tablePrefix })
    await store.migrate()
    const desk = new OrderDesk({ store, policy })
    await desk.restock({ id: 'opening', sku: 'PHONE', quantity })
    return { store, desk, tablePrefix }
  }

  test.each(MIGRATIONS[kind])('migration $name is as it was released', async ({ name, statements }) => {
    const sql = statements(tableNames('holdfast_'))
    const file = `../src/dialects/${kind === 'mariadb' ? 'mysql' : 'postgres'}/migrations/frozen/${name}.sql`
    await expect(`${sql.join(';\n\n')};\n`).toMatchFileSnapshot(file)
  })

  test('a migration that was killed half-way is taken up again', async () => {
    const tablePrefix = `s${stores++}_`
    await new SqlStore(knex, { tablePrefix }).migrate()
    // As a process leaves it that is killed while it holds the lock, before its work is noted.
    await knex(`${tablePrefix}migrations_lock`).update({ is_locked: 1 })
    if (kind === 'mariadb') await knex(`${tablePrefix}migrations`).delete()
    const store = new SqlStore(knex, { tablePrefix })
    await store.migrate()
    const desk = new OrderDesk({ store, policy })
    expect(await desk.restock({ id: 'opening', sku: 'PHONE', quantity: 3 })).toMatchObject({ ok: true })
  })

  test('processes that start at once bring the schema up to date together', async () => {
    const tablePrefix = `s${stores++}_`
    const pools = [database.connect(), database.connect(), database.connect()]
    await Promise.all(pools.map((pool) => new SqlStore(pool, { tablePrefix }).migrate()))
    expect(await knex(`${tablePrefix}migrations`).select('name')).toEqual(
      MIGRATIONS[kind].map(({ name }) => ({ name })),
    )
    await Promise.all(pools.map((pool) => pool.destroy()))
  })

  test('connections that are killed while it sells cost no order, and none is placed twice', async () => {
    const { desk, tablePrefix } = await openShop(1_000_000)
    let isSelling = true
    let killed = 0
    const killing = (async () => {
      while (isSelling) killed += await killConnections(knex, kind, tablePrefix)
    })()
    const buyers = Array.from({ length: 30 }, async (_, buyer) => {
      let placed = 0
      for (let turn = 0; turn < 40; turn++) {
        const result = await desk.place({
          buyer: { user: `${buyer}/${turn}` },
          lines: [{ sku: 'PHONE', quantity: 1 }],
        })
        placed += Number(result.ok)
      }
      return placed
    })
    const placed = (await Promise.all(buyers)).reduce((sum, one) => sum + one, 0)
    isSelling = false
    await killing
    expect({ placed, killedSome: killed > 0 }).toEqual({ placed: 1_200, killedSome: true })
    expect(await desk.accounts({ sku: 'PHONE' })).toMatchObject({ accounts: [{ reserved: 1_200 }] })
    expect(await desk.audit()).toMatchObject({ ok: true, differences: [] })
  })

  // PostgreSQL answers all of them as of one moment.
  if (kind === 'mariadb') {
    /** A pool whose reads are one statement each, held up behind each of them: the connection takes one at a time. */
    const heldUp = (afterRead: () => Promise<unknown>) =>
      database.connect(
        {
          ...{ min: 0, max: 1 },
          afterCreate: (connection: Connection, done: (error: null, connection: Connection) => void) => {
            heldUpAfterRead(connection, afterRead)
            done(null, connection)
          },
        },
        false,
      )

    test('a refusal is of one moment, whatever commits between two of its reads', async () => {
      const two = {
        ...policy,
        limits: [{ id: 'two', per: 'user', scope: 'sku', max: 2 }],
        unpaidOrder: [],
      } as const
      const order = (id: string) => ({ id, buyer: { user: 'ada' }, lines: [{ sku: 'PHONE', quantity: 1 }] })
      let afterRead: (() => Promise<unknown>) | null = null
      const slow = heldUp(async () => afterRead?.())
      let reads = Number.POSITIVE_INFINITY
      for (let read = 1; read <= reads; read++) {
        const { store, tablePrefix } = await openShop(2)
        const desk = new OrderDesk({ store, policy: two })
        for (const id of ['first', 'second']) expect(await desk.place(order(id))).toMatchObject({ ok: true })
        const late = new OrderDesk({ store: new SqlStore(slow, { tablePrefix }), policy: two })
        // It learns the time by a call of its own.
        await late.accounts({ sku: 'PHONE' })
        expect(await late.place(order('before'))).toMatchObject({ ok: false, reason: 'purchase-limit' })
        reads = 0
        afterRead = async () => {
          if (++reads === read) await desk.cancel({ orderId: 'first', by: 'buyer' })
        }
        const placed = await late.place(order('third'))
        afterRead = null
        // Nothing is left while two of two are used up; then one is left while one is used.
        expect(placed.ok ? 'placed' : placed.reason).not.toBe('insufficient-stock')
      }
      expect(reads).toBeGreaterThan(2)
      await slow.destroy()
    })

    test('a call whose duplicate commits between two of its reads is answered as a replay', async () => {
      const { desk, tablePrefix } = await openShop(1)
      let afterRead: (() => Promise<unknown>) | null = null
      const slow = heldUp(async () => afterRead?.())
      const first = new OrderDesk({ store: new SqlStore(knex, { tablePrefix }), policy: lastOne })
      const answers: unknown[] = []
      let reads = Number.POSITIVE_INFINITY
      for (let read = 1; read <= reads; read++) {
        const order = { id: `o${read}`, buyer: { user: `${read}` }, lines: [{ sku: 'PHONE', quantity: 1 }] }
        reads = 0
        afterRead = async () => {
          reads += 1
          if (reads === read) await first.place(order)
        }
        // A new store each time: after some conflicts one would lock before it reads.
        const late = new OrderDesk({ store: new SqlStore(slow, { tablePrefix }), policy: lastOne })
        answers.push(await late.place(order))
        afterRead = null
        await desk.restock({ id: `again ${read}`, sku: 'PHONE', quantity: 1 })
      }
      expect(reads).toBeGreaterThan(3)
      expect(answers.map((answer) => (answer as { readonly ok: boolean }).ok)).toEqual(
        answers.map(() => true),
      )
      expect(await desk.accounts({ sku: 'PHONE' })).toMatchObject({
        accounts: [{ reserved: answers.length, available: 1 }],
      })
      await slow.destroy()
    })
  }

  test('processes that change what is known of one buyer at once lose none of it', async () => {
    const { tablePrefix, desk } = await openShop(1)
    const skus = ['A', 'B', 'C']
    for (const sku of skus) await desk.restock({ id: 'opening', sku, quantity: 10_000 })
    const pools = skus.map(() => database.connect())
    const manyUnpaid = { holdFor: policy.holdFor, limits: policy.limits }
    // Each sells another SKU: of one buyer they count apart, in the same place.
    const selling = pools.map(async (pool, index) => {
      const store = new SqlStore(pool, { tablePrefix })
      const own = new OrderDesk({ store, policy: manyUnpaid })
      const lines = [{ sku: skus[index] as string, quantity: 1 }]
      for (let turn = 0; turn < 60; turn++) {
        const placed = await own.place({ buyer: { user: 'ada' }, lines })
        if (!placed.ok) throw new Error(placed.reason)
        if (turn % 2 === 0) await own.cancel({ orderId: placed.id, by: 'buyer' })
      }
    })
    await Promise.all(selling)
    expect(await desk.audit()).toMatchObject({ ok: true, differences: [] })
    await Promise.all(pools.map((pool) => pool.destroy()))
  })

  test('several processes sell the last units: exactly those, and no deadlock is seen', async () => {
    const { tablePrefix } = await openShop(500)
    const pools = [
      database.connect(),
      database.connect(),
      database.connect(),
      database.connect(),
      database.connect(),
    ]
    const desks = pools.map((pool) => new OrderDesk({ store: new SqlStore(pool, { tablePrefix }), policy }))
    const results = await Promise.all(
      Array.from({ length: 2_000 }, (_, buyer) =>
        (desks[buyer % desks.length] as OrderDesk).place({
          buyer: { user: `${buyer}` },
          lines: [{ sku: 'PHONE', quantity: 1 }],
        }),
      ),
    )
    expect(results.filter(({ ok }) => ok)).toHaveLength(500)
    expect(new Set(results.map((result) => (result.ok ? 'ok' : result.reason)))).toEqual(
      new Set(['ok', 'insufficient-stock']),
    )
    expect(await desks[0]?.audit()).toMatchObject({ ok: true, differences: [] })
    await Promise.all(pools.map((pool) => pool.destroy()))
  })

  test('several processes buy, pay and cancel orders of several lines at once', async () => {
    const { tablePrefix, desk } = await openShop(100_000)
    await desk.restock({ id: 'opening', sku: 'CASE', quantity: 100_000 })
    const pools = [database.connect(), database.connect(), database.connect()]
    const desks = pools.map((pool) => new OrderDesk({ store: new SqlStore(pool, { tablePrefix }), policy }))
    const failures: unknown[] = []
    await Promise.all(
      Array.from({ length: 60 }, async (_, buyer) => {
        const own = desks[buyer % desks.length] as OrderDesk
        for (let turn = 0; turn < 10; turn++) {
          const skus = buyer % 2 === 0 ? ['PHONE', 'CASE'] : ['CASE', 'PHONE']
          const lines = skus.map((sku) => ({ sku, quantity: 1 + (turn % 2) }))
          const id = `${buyer}-${turn}`
          try {
            const placed = await own.place({ id, buyer: { user: `${buyer}` }, lines })
            if (!placed.ok) failures.push(placed)
            if (turn % 2 === 0) await own.recordPayment({ orderId: id, paymentId: `payment of ${id}` })
            else await own.cancel({ orderId: id, by: 'buyer' })
          } catch (error) {
            failures.push(error)
          }
        }
      }),
    )
    expect(failures).toEqual([])
    expect(await desk.accounts({ sku: 'CASE' })).toMatchObject({ accounts: [{ reserved: 0, sold: 300 }] })
    expect(await desk.audit()).toMatchObject({ ok: true, differences: [] })
    await Promise.all(pools.map((pool) => pool.destroy()))
  })

  test('rows ride along; one that is refused fails its own order alone', async () => {
    const { desk, tablePrefix } = await openShop(1_000)
    const table = `${tablePrefix}shop_orders`
    await knex.schema.createTable(table, (columns) => {
      columns.string('id', 50).primary()
      columns.integer('price').notNullable()
      columns.dateTime('at')
    })
    const bad = [7, 31]
    const rowOf = (buyer: number) => ({
      id: `o${buyer}`,
      price: bad.includes(buyer) ? null : buyer,
      at: new Date(0),
    })
    const results = await Promise.allSettled(
      Array.from({ length: 50 }, (_, buyer) =>
        desk.place(
          { id: `o${buyer}`, buyer: { user: `${buyer}` }, lines: [{ sku: 'PHONE', quantity: 1 }] },
          { rows: [{ table, values: rowOf(buyer) }] },
        ),
      ),
    )
    const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []))
    expect(refused).toEqual(['row-rejected', 'row-rejected'])
    expect(await knex(table).select('id')).toHaveLength(48)
    expect(await desk.accounts({ sku: 'PHONE' })).toMatchObject({ accounts: [{ reserved: 48 }] })
    expect(await desk.audit()).toMatchObject({ ok: true })
  })

  test("orders within the caller's own transaction are kept or undone with it", async () => {
    const { desk } = await openShop(10)
    const order = (user: string) => ({ buyer: { user }, lines: [{ sku: 'PHONE', quantity: 1 }] })
    await expect(
      knex.transaction(async (transaction) => {
        await desk.within(transaction).place(order('undone'))
        throw new Error('the shop thinks better of it')
      }),
    ).rejects.toThrow('thinks better')
    await knex.transaction(async (transaction) => {
      const within = desk.within(transaction)
      expect(await within.place(order('kept'))).toMatchObject({ ok: true })
      expect(await within.place(order('kept'))).toMatchObject({ ok: false, reason: 'unpaid-order' })
    })
    expect(await desk.place(order('other'))).toMatchObject({ ok: true })
    expect(await desk.accounts({ sku: 'PHONE' })).toMatchObject({ accounts: [{ reserved: 2 }] })
    expect(await desk.audit()).toMatchObject({ ok: true })
  })
}

type Answer = (error: Error | null, result: unknown) => void
interface Connection {
  query(options: { readonly sql: string; readonly values?: readonly unknown[] }, done: Answer): unknown
}

/** Has a connection hand over the answer of each statement that reads what is committed only when this is done. */
function heldUpAfterRead(connection: Connection, work: () => Promise<unknown>): void {
  const query = connection.query.bind(connection)
  connection.query = (options, done) => {
    const [given] = options.values ?? []
    const text = options.sql === '?' ? (given as { toSqlString(): string }).toSqlString() : options.sql
    if (!/^\s*select/i.test(text) || /for update$|\binto @/.test(text)) return query(options, done)
    return query(options, (error, result) => {
      work().then(
        () => done(error, result),
        (failure: Error) => done(failure, undefined),
      )
    })
  }
}

/** Ends every connection to the database but its own. Returns how many. */
async function killConnections(knex: Knex, kind: TestDatabase['kind'], tablePrefix: string): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, 30))
  try {
    if (kind !== 'mariadb') {
      const { rows } = await knex.raw(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid() and query like ?`,
        [`%${tablePrefix}%`],
      )
      return rows.length
    }
    const [rows] = await knex.raw(
      `select id from information_schema.processlist where db = database() and id <> connection_id() and command = 'Query'`,
    )
    for (const { id } of rows as { id: number }[]) await knex.raw(`kill ${id}`).catch(() => {})
    return rows.length
  } catch {
    return 0
  }
}
