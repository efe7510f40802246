import { describe, expect, test } from 'vitest'
import { A, reserve, supply } from '../../core/test/commands.js'
import { accountOf, kindsOf, statusOf } from '../test/asking.js'
import { newFile, openKnex, openStore } from '../test/files.js'
import { SqlStore } from './index.js'

async function shop() {
  const knex = openKnex()
  await knex.raw('pragma journal_mode = WAL')
  await knex.schema.createTable('carts', (table) => table.text('id').primary())
  const store = new SqlStore(knex)
  await store.migrate()
  await kindsOf(store, supply('m', A, 5))
  return { knex, store }
}

describe("within the caller's transaction", () => {
  test('a commit keeps both', async () => {
    const { knex, store } = await shop()
    await knex.transaction(async (trx) => {
      await trx('carts').insert({ id: 'cart' })
      expect(await kindsOf(store.within(trx), reserve('one'))).toEqual(['granted'])
    })
    expect(await knex('carts').select()).toEqual([{ id: 'cart' }])
    expect(await statusOf(store, 'one')).toBe('held')
  })

  test('a rollback undoes both', async () => {
    const { knex, store } = await shop()
    const giveUp = knex.transaction(async (trx) => {
      await kindsOf(store.within(trx), reserve('one'))
      expect(await statusOf(store.within(trx), 'one')).toBe('held')
      await trx('carts').insert({ id: 'cart' })
      throw new Error('no money')
    })
    await expect(giveUp).rejects.toThrow('no money')
    expect(await statusOf(store, 'one')).toBe('absent')
    expect(await accountOf(store, A)).toMatchObject({ available: 5, reserved: 0 })
  })

  test('a call that fails leaves nothing, and the transaction usable', async () => {
    const { knex, store } = await shop()
    await knex.transaction(async (trx) => {
      await trx('carts').insert({ id: 'before' })
      const bad = reserve('one', { rows: [{ table: 'nowhere', values: { id: 1 } }] })
      await expect(kindsOf(store.within(trx), reserve('zero'), bad)).rejects.toMatchObject({
        code: 'row-rejected',
        commandIndex: 1,
      })
      expect(await kindsOf(store.within(trx), reserve('two'))).toEqual(['granted'])
      await trx('carts').insert({ id: 'after' })
    })
    expect((await knex('carts').select()).length).toBe(2)
    expect(await Promise.all(['zero', 'one', 'two'].map((id) => statusOf(store, id)))).toEqual([
      'absent',
      'absent',
      'held',
    ])
  })

  test('a refusal is a value', async () => {
    const { knex, store } = await shop()
    await knex.transaction(async (trx) => {
      expect(
        await kindsOf(store.within(trx), reserve('one', { units: [{ account: A, quantity: 6 }] })),
      ).toEqual(['insufficient-stock'])
    })
  })

  test('every kind of call joins', async () => {
    const { knex, store } = await shop()
    const giveUp = knex.transaction(async (trx) => {
      const joined = store.within(trx)
      const ticket = { kind: 'submit', id: 't', home: 'h', lines: [], data: null, request: '' } as const
      await joined.applyToOrders([{ ...ticket, fingerprint: { buyer: 'ada', lines: '' } }])
      expect(await joined.takeQueued(1, 1_000)).toMatchObject([{ id: 't' }])
      expect(await joined.readOrders(['t'])).toMatchObject([{ status: 'queued' }])
      expect((await joined.listOrders({ cursor: null, limit: 5 })).orders.length).toBe(1)
      await joined.applyToCampaign({ kind: 'schedule', id: 'c', opensAt: null, closesAt: null, items: [] })
      expect(await joined.readCampaign('c')).toMatchObject({ status: 'scheduled' })
      await joined.applyToCompensation({
        kind: 'require',
        order: 'o',
        home: 'h',
        reason: 'r',
        execution: 'e',
      })
      expect(await joined.takeCompensations(1, 1_000)).toMatchObject([{ order: 'o' }])
      const seen = await joined.snapshot('main', (read) =>
        read({ kind: 'list', of: 'accounts', cursor: null, limit: 5 }),
      )
      expect(seen.accounts.length).toBe(1)
      throw new Error('never mind')
    })
    await expect(giveUp).rejects.toThrow('never mind')
    expect(await store.readOrders(['t'])).toEqual([null])
    expect(await store.readCampaign('c')).toBeNull()
    expect(await store.readCompensation('o')).toBeNull()
  })

  test('a savepoint of the caller undoes its part alone', async () => {
    const { knex, store } = await shop()
    await knex.transaction(async (trx) => {
      await kindsOf(store.within(trx), reserve('kept'))
      const inner = trx.transaction(async (savepoint) => {
        await kindsOf(store.within(savepoint), reserve('undone'))
        throw new Error('undo')
      })
      await expect(inner).rejects.toThrow('undo')
    })
    expect(await statusOf(store, 'kept')).toBe('held')
    expect(await statusOf(store, 'undone')).toBe('absent')
  })

  test("another knex's transaction on the same file joins as well", async () => {
    const path = newFile()
    const store = await openStore(path)
    await kindsOf(store, supply('m', A, 5))
    const knex = openKnex(path)
    await knex.transaction(async (trx) => {
      expect(await kindsOf(store.within(trx), reserve('one'))).toEqual(['granted'])
      // The other connection sees nothing of it before the commit.
      expect(await statusOf(store, 'one')).toBe('absent')
    })
    expect(await statusOf(store, 'one')).toBe('held')
  })

  test('what is no open transaction of knex is refused', async () => {
    const { knex, store } = await shop()
    const over = await knex.transaction(async (trx) => trx)
    for (const transaction of [{}, knex, over]) {
      await expect(kindsOf(store.within(transaction), reserve('one'))).rejects.toMatchObject({
        code: 'invalid-argument',
        path: 'transaction',
      })
    }
  })

  test('a transaction whose reads were overtaken is aborted', async () => {
    const path = newFile()
    const store = await openStore(path)
    await kindsOf(store, supply('m', A, 5))
    const knex = openKnex(path)
    const overtaken = knex.transaction(async (trx) => {
      await trx('holdfast_orders').select()
      await kindsOf(store, reserve('one'))
      await kindsOf(store.within(trx), reserve('two'))
    })
    await expect(overtaken).rejects.toMatchObject({ code: 'transaction-aborted' })
    expect(await statusOf(store, 'two')).toBe('absent')
  })
})

describe('on the one connection', () => {
  test("awaiting the plain store inside one's own transaction is told from hanging", async () => {
    const { knex, store } = await shop()
    const hanging = knex.transaction(() => kindsOf(store, reserve('one')))
    await expect(hanging).rejects.toMatchObject({ code: 'would-deadlock' })
    expect(await statusOf(store, 'one')).toBe('absent')
    expect(await kindsOf(store, reserve('one'))).toEqual(['granted'])
  })

  test('calls that only wait for each other are not', async () => {
    const { store } = await shop()
    const calls = Array.from({ length: 50 }, (_, index) => kindsOf(store, reserve(`id ${index}`)))
    const kinds = (await Promise.all(calls)).flat()
    expect(kinds.filter((kind) => kind === 'granted').length).toBe(5)
  })
})
