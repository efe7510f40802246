import Module from 'node:module'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { A, confirm, reserve, supply } from '../../core/test/commands.js'
import { accountOf, kindsOf, statusOf } from '../test/asking.js'
import { newFile, openKnex, openStore, TestClock } from '../test/files.js'
import { SqlStore } from './index.js'

describe('opening', () => {
  test('a file keeps what was acknowledged', async () => {
    const path = newFile()
    const before = await SqlStore.open(path)
    await kindsOf(before, supply('m', A, 5), reserve('one'), confirm('one'))
    await before.close()
    const after = await openStore(path)
    expect(await accountOf(after, A)).toMatchObject({ available: 4, sold: 1, supplied: 5 })
    expect(await statusOf(after, 'one')).toBe('confirmed')
  })

  test('a file is written ahead, and synced with every commit', async () => {
    const path = newFile()
    const store = await openStore(path)
    const knex = (store as unknown as { owned: ReturnType<typeof openKnex> }).owned
    expect(await knex.raw('pragma journal_mode')).toEqual([{ journal_mode: 'wal' }])
    expect(await knex.raw('pragma synchronous')).toEqual([{ synchronous: 2 }])
    expect(await knex.raw('pragma wal_autocheckpoint')).toEqual([{ wal_autocheckpoint: 16_000 }])
  })

  test.each([
    ['no path', '', 'invalid-argument'],
    ['a folder', '/', 'store-failed'],
    ['a folder that is not there', '/nowhere/at/all.db', 'store-failed'],
  ])('%s is refused', async (_what, path, code) => {
    await expect(SqlStore.open(path)).rejects.toMatchObject({ name: 'HoldfastError', code })
  })

  test('without better-sqlite3 it says what to install', async () => {
    const loading = Module as unknown as { _load: (name: string, ...rest: unknown[]) => unknown }
    const load = loading._load
    const missing = vi.spyOn(loading, '_load').mockImplementation((name, ...rest) => {
      if (name === 'better-sqlite3') {
        throw Object.assign(new Error("Cannot find module 'better-sqlite3'"), { code: 'MODULE_NOT_FOUND' })
      }
      return load(name, ...rest)
    })
    onTestFinished(() => missing.mockRestore())
    await expect(SqlStore.open(newFile())).rejects.toMatchObject({
      code: 'store-failed',
      message: expect.stringContaining('npm install better-sqlite3'),
    })
  })

  test.each([
    ['tablePrefix', { tablePrefix: 'drop table; --' }],
    ['tablePrefix', { tablePrefix: '1st_' }],
    ['tablePrefix', { tablePrefix: 7 as unknown as string }],
    ['retention', { retention: { days: -1 } }],
    ['retention', { retention: {} }],
  ])('a bad %s is refused', async (option, options) => {
    await expect(SqlStore.open(':memory:', options)).rejects.toMatchObject({
      code: 'invalid-argument',
      path: expect.stringContaining(`options.${option}`),
    })
  })

  test('another database than SQLite is refused', () => {
    expect(() => new SqlStore({} as never)).toThrowError(
      expect.objectContaining({ code: 'invalid-argument', path: 'knex' }),
    )
  })

  test('several may open one new file at once', async () => {
    const path = newFile()
    const stores = await Promise.all(Array.from({ length: 4 }, () => openStore(path)))
    const [first, second] = stores as [SqlStore, SqlStore]
    expect(await kindsOf(first, supply('m', A, 1))).toEqual(['supplied'])
    expect(await kindsOf(second, reserve('one'))).toEqual(['granted'])
  })
})

describe("the shop's own knex", () => {
  test('is left open, and its other tables alone', async () => {
    const knex = openKnex()
    await knex.schema.createTable('orders', (table) => table.increments())
    const store = new SqlStore(knex)
    await store.migrate()
    await store.migrate()
    expect(await kindsOf(store, supply('m', A, 1), reserve('one'))).toEqual(['supplied', 'granted'])
    await store.close()
    expect(await knex('orders').count({ rows: '*' })).toEqual([{ rows: 0 }])
    expect(await knex('holdfast_orders').count({ rows: '*' })).toEqual([{ rows: 1 }])
  })

  test('holds two stores of different prefixes', async () => {
    const knex = openKnex()
    const [one, other] = [
      new SqlStore(knex, { tablePrefix: 'one_' }),
      new SqlStore(knex, { tablePrefix: 'other_' }),
    ]
    await one.migrate()
    await other.migrate()
    await kindsOf(one, supply('m', A, 1), reserve('id'))
    expect(await statusOf(one, 'id')).toBe('held')
    expect(await statusOf(other, 'id')).toBe('absent')
  })

  test('may read integers as bigints', async () => {
    const knex = openKnex()
    const connection = await knex.client.acquireConnection()
    connection.defaultSafeIntegers(true)
    await knex.client.releaseConnection(connection)
    const store = new SqlStore(knex)
    await store.migrate()
    expect(await kindsOf(store, supply('m', A, 2), reserve('one'))).toEqual(['supplied', 'granted'])
    expect((await accountOf(store, A)).available).toBe(1)
  })

  test('without the schema says what to do', async () => {
    const store = new SqlStore(openKnex())
    await expect(kindsOf(store, reserve('one'))).rejects.toMatchObject({
      code: 'store-failed',
      message: expect.stringContaining('migrate()'),
    })
  })
})

describe('time', () => {
  test("is the database's", async () => {
    const store = await openStore()
    const before = Date.now()
    const applied = await store.apply('main', null, [supply('m', A, 1)])
    const after = Date.now()
    expect(applied).toMatchObject({ kind: 'applied' })
    const now = applied.kind === 'applied' ? applied.now : 0
    expect(now).toBeGreaterThanOrEqual(before)
    expect(now).toBeLessThanOrEqual(after)
    expect(store.capabilities.clock).toBe('store')
  })

  test("is the caller's where a virtual clock was handed in", async () => {
    const clock = new TestClock(5_000)
    const store = await openStore(':memory:', { clock })
    expect(await store.apply('main', null, [])).toMatchObject({ now: 5_000 })
    expect(store.capabilities.clock).toBe('virtual')
  })
})

describe('partitions and epochs', () => {
  test('there is one partition', async () => {
    const store = await openStore(':memory:')
    expect(await store.partitions()).toEqual(['main'])
    await expect(store.apply('other', null, [])).rejects.toMatchObject({
      code: 'invalid-argument',
      path: 'partition',
    })
  })

  test('another epoch is fenced, and nothing is written', async () => {
    const store = await openStore(':memory:')
    expect(await store.apply('main', 2, [supply('m', A, 1)])).toEqual({ kind: 'fenced', epoch: 1 })
    expect(await kindsOf(store, reserve('one'))).toEqual(['account-unknown'])
  })

  test('contents that were lost are fenced', async () => {
    const knex = openKnex()
    const store = new SqlStore(knex)
    await store.migrate()
    await knex('holdfast_epochs').delete()
    expect(await store.apply('main', null, [])).toEqual({ kind: 'fenced', epoch: null })
  })
})

test('a closed store answers nothing', async () => {
  const store = await SqlStore.open(':memory:')
  await store.close()
  await store.close()
  await expect(store.apply('main', null, [])).rejects.toMatchObject({ code: 'closed' })
  await expect(store.readOrders(['one'])).rejects.toMatchObject({ code: 'closed' })
  await expect(store.migrate()).rejects.toMatchObject({ code: 'closed' })
  expect(() => store.within({})).toThrowError(expect.objectContaining({ code: 'closed' }))
})
