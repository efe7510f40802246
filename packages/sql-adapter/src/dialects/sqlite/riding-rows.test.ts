import type { TableRow } from '@holdfast/core/adapter'
import { describe, expect, test } from 'vitest'
import { A, reserve, supply } from '../../../../core/test/commands.js'
import { accountOf, kindsOf, statusOf } from '../../../test/asking.js'
import { openKnex } from '../../../test/files.js'
import { SqlStore } from '../../index.js'

async function shop() {
  const knex = openKnex()
  await knex.schema.createTable('shop orders', (table) => {
    table.text('id').primary()
    table.integer('total').notNullable().checkPositive()
    table.boolean('gift')
    table.timestamp('at')
    table.binary('card')
    table.text('select "from"')
  })
  await knex.raw('create table lines (cart text references "shop orders" (id) deferrable initially deferred)')
  await knex.raw('pragma foreign_keys = on')
  const store = new SqlStore(knex)
  await store.migrate()
  await kindsOf(store, supply('m', A, 10))
  return { knex, store }
}

const row = (id: string, more: TableRow['values'] = {}): TableRow => ({
  table: 'shop orders',
  values: { id, total: 7, ...more },
})

describe('rows that ride along', () => {
  test('are written with their order', async () => {
    const { knex, store } = await shop()
    const at = new Date(1_700_000_000_000)
    const values = { gift: true, at, card: Buffer.from([0, 255]), 'select "from"': 'a\0b', total: 9 }
    expect(await kindsOf(store, reserve('one', { rows: [row('1', values), row('2')] }))).toEqual(['granted'])
    expect(await knex('shop orders').select()).toEqual([
      { id: '1', total: 9, gift: 1, at: at.getTime(), card: Buffer.from([0, 255]), 'select "from"': 'a\0b' },
      { id: '2', total: 7, gift: null, at: null, card: null, 'select "from"': null },
    ])
  })

  test('are left where the order was granted before, or is refused', async () => {
    const { knex, store } = await shop()
    await kindsOf(store, reserve('one', { rows: [row('1')] }))
    const again = reserve('one', { rows: [row('again')] })
    const short = reserve('two', { units: [{ account: A, quantity: 99 }], rows: [row('short')] })
    expect(await kindsOf(store, again, short)).toEqual(['replayed', 'insufficient-stock'])
    expect(await knex('shop orders').select('id')).toEqual([{ id: '1' }])
  })

  test('may name their schema, and leave all columns to their defaults', async () => {
    const { knex, store } = await shop()
    await knex.raw('create table visits (n integer primary key, at text default (42))')
    await kindsOf(store, reserve('one', { rows: [{ table: 'main.visits', values: {} }] }))
    expect(await knex('visits').select()).toEqual([{ n: 1, at: '42' }])
  })

  test.each([
    ['a table that is not there', { table: 'nowhere', values: { id: 1 } }],
    ['a column that is not there', { table: 'shop orders', values: { nothing: 1 } }],
    ['a duplicate key', row('taken')],
    ['a value that a check refuses', row('1', { total: -1 })],
    ['a value that is missing', { table: 'shop orders', values: { id: '1' } }],
    ['a value that SQLite does not know', row('1', { gift: { not: 'a value' } })],
    ['a name that tries to be more', { table: 'shop orders" values (1); --', values: { id: '1' } }],
  ])('%s fails its own order: %o', async (_what, bad) => {
    const { knex, store } = await shop()
    await kindsOf(store, reserve('first', { rows: [row('taken')] }))
    const batch = [reserve('good', { rows: [row('good')] }), reserve('bad', { rows: [bad] })]
    await expect(kindsOf(store, ...batch)).rejects.toMatchObject({ code: 'row-rejected', commandIndex: 1 })
    // Nothing of the batch was kept; without the culprit it goes through.
    expect(await statusOf(store, 'good')).toBe('absent')
    expect((await accountOf(store, A)).available).toBe(9)
    expect(await kindsOf(store, ...batch.slice(0, 1))).toEqual(['granted'])
    expect(await knex('shop orders').select('id').orderBy('id')).toEqual([{ id: 'good' }, { id: 'taken' }])
  })

  test('a constraint that is checked at the commit blames the one that may have broken it', async () => {
    const { store } = await shop()
    const orphan = reserve('bad', { rows: [{ table: 'lines', values: { cart: 'nobody' } }] })
    await expect(kindsOf(store, reserve('good'), orphan)).rejects.toMatchObject({
      code: 'row-rejected',
      commandIndex: 1,
    })
    const two = kindsOf(store, reserve('also', { rows: [row('1')] }), orphan)
    await expect(two).rejects.toMatchObject({ code: 'row-rejected' })
    await expect(two).rejects.not.toHaveProperty('commandIndex')
    expect(await kindsOf(store, reserve('good'))).toEqual(['granted'])
  })
})
