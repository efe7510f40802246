import { afterAll, describe, expect, test } from 'vitest'
import { SqlStore } from '../src/index.js'
import { lookInto, sell } from './selling.js'
import { newDatabase, type TestDatabase } from './servers.js'

for (const kind of ['postgres', 'mariadb'] as const) {
  const database = await newDatabase(kind)
  describe.skipIf(database === null)(kind, () => {
    if (database !== null) testOn(database)
  })
}

function testOn(database: TestDatabase): void {
  const knex = database.connect()
  afterAll(async () => {
    await knex.destroy()
    await database.drop()
  })

  test('processes that sell on one server are killed in the middle, and nothing that they told is lost', async () => {
    const told: string[] = []
    for (const orders of [60, 200]) {
      const shops = ['one', 'other', 'third'].map((name) => sell(database.url, `${name}${orders}`))
      await Promise.all(shops.map((shop, index) => shop.killedAfter(orders * (index + 1))))
      told.push(...shops.flatMap(({ acknowledged }) => acknowledged))
      const { audit, kept } = await lookInto(new SqlStore(knex), told)
      expect(audit).toMatchObject({ ok: true, accountsChecked: 1, differences: [] })
      expect(kept).toEqual(told)
    }
  })
}
