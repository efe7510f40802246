import * as kit from '@holdfast/conformance'
import { afterAll, describe, it } from 'vitest'
import { SqlStore, type SqlStoreOptions } from '../src/index.js'
import { emptyTables, newDatabase, type TestDatabase } from './servers.js'

/** Table prefixes whose stores are closed, to be used again. */
const free: string[] = []
let made = 0

for (const kind of ['postgres', 'mariadb'] as const) {
  const database = await newDatabase(kind)
  describe.skipIf(database === null)(kind, () => {
    if (database !== null) testOn(database)
  })
}

function testOn(database: TestDatabase): void {
  const knexes = [database.connect(), database.connect(undefined, false)] as const
  afterAll(async () => {
    await Promise.all(knexes.map((knex) => knex.destroy()))
    await database.drop()
  })
  const [knex, other] = knexes
  const options: kit.KitOptions<SqlStore> = {
    describe,
    it,
    async create({ clock }) {
      const tablePrefix = free.pop() ?? `p${made++}_`
      const setting: SqlStoreOptions = { tablePrefix, clock: { kind: 'virtual', now: clock.now } }
      const store = new SqlStore(knex, setting)
      await store.migrate()
      await emptyTables(knex, tablePrefix)
      return {
        store,
        clients: [new SqlStore(other, setting)],
        restart: async () => new SqlStore(knex, setting),
        close: async () => void free.push(tablePrefix),
      }
    },
    capabilities: {
      ...{ backorder: true, returns: true, durable: true, partitions: 'one', idScope: 'store', rows: true },
      ...{ corrections: true, clock: 'virtual', clients: true, restart: true },
    },
    profile: 'quick',
  }
  kit.testReservationStore(options)
  kit.testOrderStore(options)
  kit.testCampaignStore(options)
  kit.testCompensationStore(options)
}
