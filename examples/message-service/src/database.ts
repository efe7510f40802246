import createKnex, { type Knex } from 'knex'

/** The service's own: a SQLite file, or a server by its address (postgres://…, mysql://…). */
export function openDatabase(path: string): Knex {
  if (/^postgres(ql)?:/.test(path)) return createKnex({ client: 'pg', connection: path })
  if (path.startsWith('mysql:')) return createKnex({ client: 'mysql2', connection: path })
  return createKnex({
    client: 'better-sqlite3',
    connection: { filename: path },
    useNullAsDefault: true,
    pool: {
      min: 1,
      max: 1,
      afterCreate(connection: { pragma(text: string): void }, done: (error: Error | null) => void) {
        connection.pragma('journal_mode = wal')
        connection.pragma('synchronous = full')
        done(null)
      },
    },
  })
}
