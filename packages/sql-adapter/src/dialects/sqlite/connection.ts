/** What is used of better-sqlite3, taken structurally: it is the shop's to install. */
export interface SqliteConnection {
  prepare(sql: string): SqliteStatement
  readonly inTransaction: boolean
  close(): void
}

export interface SqliteStatement {
  /** Whether it answers with rows. */
  readonly reader: boolean
  run(...parameters: readonly unknown[]): { readonly lastInsertRowid: number | bigint }
  get(...parameters: readonly unknown[]): unknown
  all(...parameters: readonly unknown[]): unknown[]
  raw(on?: boolean): this
  /** Off: integers as numbers, whatever the connection's own default is; checked safe where they are read. */
  safeIntegers(on?: boolean): this
}

/** A row as an array of its columns, in the order of the statement. */
export type Row = readonly unknown[]

/** A prepared statement that reads rows. */
export class Rows {
  private readonly statement: SqliteStatement

  constructor(connection: SqliteConnection, sql: string) {
    this.statement = connection.prepare(sql).safeIntegers(false).raw(true)
  }

  one(...parameters: readonly unknown[]): Row | undefined {
    return this.statement.get(...parameters) as Row | undefined
  }

  all(...parameters: readonly unknown[]): readonly Row[] {
    return this.statement.all(...parameters) as Row[]
  }
}

export function prepareWrite(connection: SqliteConnection, sql: string): SqliteStatement {
  return connection.prepare(sql).safeIntegers(false)
}

/** A string parameter that is compared and kept as its UTF-8 bytes. */
export const BYTES = 'cast(? as blob)'

/** A column of bytes, read as the string that it was. */
export function textOf(column: string): string {
  return `cast(${column} as text)`
}
