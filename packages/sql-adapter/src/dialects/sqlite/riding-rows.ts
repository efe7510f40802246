import { HoldfastError, type TableRow } from '@holdfast/core/adapter'
import type { Changes } from '../work.js'
import { prepareWrite, type SqliteConnection, type SqliteStatement } from './connection.js'

/** Statements kept for rows of the shop's own; a shop has few tables and forms of rows. */
const MOST_STATEMENTS = 100

/** Rows of the shop's own that are written with the order that brought them. */
export class RidingRows {
  private readonly statements = new Map<string, SqliteStatement>()

  constructor(private readonly connection: SqliteConnection) {}

  /** @throws HoldfastError `row-rejected`, with the command whose row the database refused */
  write(riding: Changes['rows']): void {
    for (const { command, rows } of riding) {
      try {
        for (const row of rows) this.insert(row)
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause)
        throw new HoldfastError('row-rejected', `a row that rode along was refused: ${why}`, {
          cause,
          commandIndex: command,
        })
      }
    }
  }

  private insert({ table, values }: TableRow): void {
    const columns = Object.keys(values)
    this.statement(table, columns).run(...columns.map((column) => bindable(values[column])))
  }

  private statement(table: string, columns: readonly string[]): SqliteStatement {
    const into = table.split('.').map(quoted).join('.')
    const sql =
      columns.length === 0
        ? `insert into ${into} default values`
        : `insert into ${into} (${columns.map(quoted).join(', ')}) values (${columns.map(() => '?').join(', ')})`
    let statement = this.statements.get(sql)
    if (statement === undefined) {
      statement = prepareWrite(this.connection, sql)
      if (this.statements.size === MOST_STATEMENTS) this.statements.clear()
      this.statements.set(sql, statement)
    }
    return statement
  }
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** As knex binds values on SQLite: dates as ms, booleans as 0 and 1, what is absent as NULL. */
function bindable(value: unknown): unknown {
  if (value === undefined) return null
  if (value instanceof Date) return value.getTime()
  return typeof value === 'boolean' ? Number(value) : value
}
