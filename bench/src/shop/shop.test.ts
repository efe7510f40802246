import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sqliteIsInstalled } from '../sqlite/is-installed.js'
import { connectSqlite, newFile } from '../sqlite/sqlite-file.js'
import { placeByConditionalUpdate } from './conditional-update.js'
import { type ShopContender, shopContender } from './shop-contender.js'
import { createShopTables, stockUp } from './shop-schema.js'
import { placeByTextbook } from './textbook.js'

const MIXES = [
  ['one line', { skus: 1, linesPerOrder: 1 }],
  ['two lines', { skus: 20, linesPerOrder: 2 }],
] as const

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-shop-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe.runIf(sqliteIsInstalled()).each([
  ['textbook', placeByTextbook],
  ['conditional update', placeByConditionalUpdate],
] as const)('%s', (name, place) => {
  const contender = (mix: ShopContender['mix'], by: ShopContender['place']) =>
    shopContender({ engine: 'sqlite', name, mix, place: by, connect: () => connectSqlite(newFile(folder)) })

  it.each(MIXES)('keeps the laws and answers the mix as meant: %s', async (_, mix) => {
    const stand = await contender(mix, place).open()
    let granted = 0
    for (let call = 0; call < 100; call++) granted += (await stand.call()) ?? 0
    expect(granted).toBe(96)
    await stand.checkLaws()
    await stand.close()
  })

  it('refuses when units are short and leaves nothing behind', async () => {
    const db = await connectSqlite(newFile(folder))
    await createShopTables(db)
    await stockUp(db, ['A', 'B'], 1)
    const lines = (...skus: string[]) => skus.map((sku) => ({ sku, quantity: 1 }))
    expect(await place(db, { id: '1', buyer: 'ada', lines: lines('B') })).toBe('granted')
    expect(await place(db, { id: '2', buyer: 'bob', lines: lines('A', 'B') })).toBe('sold-out')
    expect(await db('orders').select('id')).toEqual([{ id: '1' }])
    expect(await db('limit_uses').select('buyer')).toEqual([{ buyer: 'ada' }])
    expect(await db('stock_accounts').orderBy('sku').select('available')).toEqual([
      { available: 1 },
      { available: 0 },
    ])
    await db.destroy()
  })

  it('is caught when it forgets a row', async () => {
    const forgetful: ShopContender['place'] = async (db, order) => {
      const answer = await place(db, order)
      if (answer === 'granted') await db('ledger').where({ reservation_id: order.id }).delete()
      return answer
    }
    const stand = await contender({ skus: 1, linesPerOrder: 1 }, forgetful).open()
    await stand.call()
    await expect(stand.checkLaws()).rejects.toThrow('ledger rows: found 0, due 1')
    await stand.close()
  })
})
