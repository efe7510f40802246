import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { OrderDesk } from '@holdfast/core'
import type { Knex } from 'knex'
import { describe, expect, test } from 'vitest'
import { MIGRATIONS as mysqlMigrations } from '../../src/dialects/mysql/migrations/index.js'
import { MIGRATIONS as postgresMigrations } from '../../src/dialects/postgres/migrations/index.js'
import { MIGRATIONS as sqliteMigrations } from '../../src/dialects/sqlite/migrations/index.js'
import { tableNames } from '../../src/dialects/table-names.js'
import { SqlStore } from '../../src/index.js'
import { start } from '../child-process.js'
import { onEach } from '../databases.js'

const MIGRATING = new URL('./migrating-process.ts', import.meta.url)
const MIGRATIONS = { sqlite: sqliteMigrations, postgres: postgresMigrations, mariadb: mysqlMigrations }

await onEach(['sqlite', 'postgres', 'mariadb'], ({ kind, place, connect }) => {
  let schemas = 0
  /** What a shop meets that begins after such an end. */
  async function shopAfter(knex: Knex, tablePrefix: string) {
    const store = new SqlStore(knex, { tablePrefix })
    await store.migrate()
    const desk = new OrderDesk({ store, policy: {}, deadline: { minutes: 1 } })
    await desk.restock({ id: 'opening', sku: 'PHONE', quantity: 3 })
    await desk.place({ id: 'one', buyer: { user: 'ada' }, lines: [{ sku: 'PHONE', quantity: 2 }] })
    const { ok } = await desk.audit()
    const { accounts } = await desk.accounts()
    const migrated: readonly { readonly name: string }[] = await knex(`${tablePrefix}migrations`)
      .select('name')
      .orderBy('name')
    return { ok, reserved: accounts[0]?.reserved, migrated: migrated.map(({ name }) => name) }
  }
  const migrated = MIGRATIONS[kind as keyof typeof MIGRATIONS].map(({ name }) => name)
  const whole = { ok: true, reserved: 2, migrated }

  test('a process that is killed while it migrates, sooner or later, hinders nobody after it', async () => {
    const knex = connect()
    // However fast the machine is: from before the first statement to after the last.
    for (const ms of [0, 5, 20, 60, 200]) {
      const tablePrefix = `k${schemas++}_`
      const child = start(MIGRATING, place, tablePrefix)
      await once(child.stdout, 'data')
      await pause(ms)
      child.kill('SIGKILL')
      if (child.signalCode === null && child.exitCode === null) await once(child, 'exit')
      expect(await shopAfter(knex, tablePrefix)).toEqual(whole)
    }
  }, 300_000)

  // Elsewhere a migration is one transaction, and what was begun is gone with the process.
  if (kind !== 'mariadb') return
  const [first] = MIGRATIONS[kind]
  const statements = first?.statements(tableNames('any_')) ?? []
  describe('a migration of which only so many statements were run is taken up again', () => {
    test.each(statements.map((_, done) => done))('%i', async (done) => {
      const tablePrefix = `h${schemas++}_`
      const knex = connect({ min: 0, max: 2 })
      const names = tableNames(tablePrefix)
      for (const statement of (first?.statements(names) ?? []).slice(0, done)) await knex.raw(statement)
      expect(await shopAfter(knex, tablePrefix)).toEqual(whole)
      await knex.destroy()
    })
  })
})
