import createKnex, { type Knex } from 'knex'

/** The shop's database, with its own table. Any other knex will do; SQLite has one connection, and no server. */
export async function openDatabase(filename: string): Promise<Knex> {
  const db = createKnex({
    client: 'better-sqlite3',
    connection: { filename },
    useNullAsDefault: true,
    pool: { min: 1, max: 1 },
  })
  await db.raw('pragma journal_mode = WAL')
  if (!(await db.schema.hasTable('orders'))) {
    await db.schema.createTable('orders', (table) => {
      table.string('id').primary()
      table.string('user_id').notNullable()
      table.integer('total').notNullable()
      table.string('status')
    })
  }
  return db
}
