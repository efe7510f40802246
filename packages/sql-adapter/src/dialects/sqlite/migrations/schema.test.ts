import { expect, test } from 'vitest'
import { openKnex } from '../../../../test/files.js'
import { SqlStore } from '../../../index.js'
import { tableNames } from '../../table-names.js'
import { MIGRATIONS } from './index.js'

// A released migration never changes: databases out there have run it. What follows is a migration of its own.

test.each(MIGRATIONS)('migration $name is as it was released', async ({ name, statements }) => {
  const sql = statements(tableNames('holdfast_'))
  await expect(`${sql.join(';\n\n')};\n`).toMatchFileSnapshot(`./frozen/${name}.sql`)
})

test('the schema of a new database is as it was released', async () => {
  const knex = openKnex()
  await new SqlStore(knex).migrate()
  const schema = await knex('sqlite_schema').select('sql').whereNotNull('sql').orderBy(['type', 'name'])
  const sql = schema.map((row) => row.sql).join(';\n\n')
  await expect(`${sql};\n`).toMatchFileSnapshot('./frozen/schema.sql')
})

test('what was run once is not run again', async () => {
  const knex = openKnex()
  const store = new SqlStore(knex)
  await store.migrate()
  await store.migrate()
  expect(await knex('holdfast_migrations').select('name')).toEqual(MIGRATIONS.map(({ name }) => ({ name })))
})
