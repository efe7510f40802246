import mysql from 'mysql2/promise'
import pg from 'pg'
import type { Database } from './database-server.js'
import type { RecordedCall } from './recorded-batches.js'

/** A driver's own connection, without knex. */
export interface RawConnection {
  call(call: RecordedCall): Promise<unknown>
  close(): Promise<void>
}

export async function openConnection({ engine, url }: Database): Promise<RawConnection> {
  if (engine === 'mariadb') {
    const connection = await mysql.createConnection({ uri: url, multipleStatements: true })
    return {
      call: ({ sql, values }) =>
        connection.query({
          // As Holdfast hands it over, so that it is not searched for placeholders.
          ...(values === undefined
            ? { sql: '?', values: [{ toSqlString: () => sql }] }
            : { sql, values: [...values] }),
          rowsAsArray: true,
        }),
      close: () => connection.end(),
    }
  }
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return {
    call: ({ sql: text, values, name }) =>
      client.query({
        ...{ text, rowMode: 'array' },
        ...(values !== undefined && { values: [...values] }),
        ...(name !== undefined && { name }),
      }),
    close: () => client.end(),
  }
}
