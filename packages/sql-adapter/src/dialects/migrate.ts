import type { Knex } from 'knex'
import type { Migration } from './sqlite/migrations/index.js'
import type { TableNames } from './table-names.js'

/** Runs what the database has not seen yet, each in a transaction. The statements come with the package. */
export async function migrate(
  knex: Knex,
  migrations: readonly Migration[],
  names: TableNames,
): Promise<void> {
  await knex.migrate.latest({
    tableName: names.migrations,
    migrationSource: {
      getMigrations: async () => [...migrations],
      getMigrationName: ({ name }: Migration) => name,
      getMigration: async ({ statements }: Migration) => ({
        async up(transaction: Knex) {
          for (const statement of statements(names)) await transaction.raw(statement)
        },
        async down() {
          throw new Error('Holdfast has no way back to an older schema: restore a backup')
        },
      }),
    },
  })
}
