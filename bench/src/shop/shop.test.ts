import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Knex } from 'knex'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serverForTests } from '../../../tools/services/test-services.js'
import type { ServerEngine } from '../sql/connect.js'
import { DatabaseServer } from '../sql/database-server.js'
import { sqliteIsInstalled } from '../sqlite/is-installed.js'
import { connectSqlite, newFile } from '../sqlite/sqlite-file.js'
import { placeByConditionalUpdate } from './conditional-update.js'
import { type ShopContender, shopContender } from './shop-contender.js'
import { createShopTables, stockUp } from './shop-schema.js'
import { placeInOneStatement } from './single-statement.js'
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
  testShop('sqlite', name, place, () => connectSqlite(newFile(folder)))
})

const servers = {
  postgres: [
    ['textbook', placeByTextbook],
    ['conditional update', placeByConditionalUpdate],
    ['single statement', placeInOneStatement],
  ],
  mariadb: [
    ['textbook', placeByTextbook],
    ['conditional update', placeByConditionalUpdate],
  ],
} as const

for (const engine of ['postgres', 'mariadb'] as const) {
  const url = await serverForTests(engine)
  describe.skipIf(url === null).each(servers[engine])(`${engine} %s`, (name, place) => {
    const server = new DatabaseServer(engine, url ?? '')
    testShop(engine, name, place, () => server.connect({ flags: '-FOUND_ROWS' }))
    afterAll(() => server.dropLast())
  })
}

function testShop(
  engine: 'sqlite' | ServerEngine,
  name: string,
  place: ShopContender['place'],
  connect: () => Promise<Knex>,
): void {
  const contender = (mix: ShopContender['mix'], by: ShopContender['place']) =>
    shopContender({ engine, name, mix, place: by, connect })

  it.each(MIXES)('keeps the laws and answers the mix as meant: %s', async (_, mix) => {
    const stand = await contender(mix, place).open()
    let granted = 0
    for (let call = 0; call < 100; call++) granted += (await stand.call()) ?? 0
    expect(granted).toBe(96)
    await stand.checkLaws()
    await stand.close()
  })

  it('refuses when units are short and leaves nothing behind', async () => {
    const db = await connect()
    await createShopTables(db)
    await stockUp(db, ['A', 'B'], 1)
    const lines = (...skus: string[]) => skus.map((sku) => ({ sku, quantity: 1 }))
    expect(await place(db, { id: '1', buyer: 'ada', lines: lines('B') })).toBe('granted')
    expect(await place(db, { id: '2', buyer: 'bob', lines: lines('A', 'B') })).toBe('sold-out')
    expect(await db('orders').select('id')).toEqual([{ id: '1' }])
    expect(await db('limit_uses').select('buyer')).toEqual([{ buyer: 'ada' }])
    const accounts = await db('stock_accounts').orderBy('sku').select('available')
    expect(accounts.map(({ available }) => Number(available))).toEqual([1, 0])
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
}
