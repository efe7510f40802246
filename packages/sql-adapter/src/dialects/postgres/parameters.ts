import type { Column, ColumnType, Row } from '../server/column.js'
import { type ColumnOfRows, isAlike, isSame, valueAt } from '../server/columns-alike.js'
import { binaryArray } from './arrays.js'

type Value = Row[number]

const SQL_TYPES: { readonly [Type in ColumnType]: string } = {
  bytes: 'bytea',
  integer: 'bigint',
  text: 'text',
}

/** A column that was made a parameter before. */
interface SentColumn extends ColumnOfRows {
  readonly type: ColumnType
  readonly sql: string
}

/** Parameters of one statement. What several of them would repeat is sent once. */
export class Parameters {
  readonly values: unknown[] = []
  private readonly columns: SentColumn[] = []
  private readonly scalars = new Map<string, string>()

  /** Returns what stands for it in the statement. */
  add(value: unknown): string {
    this.values.push(value)
    return `$${this.values.length}`
  }

  /**
   * Rows as a table `alias`, its columns `names`: one array for each column, however many rows, and one value for a
   * column in which all rows are alike.
   */
  table(alias: string, names: readonly string[], columns: readonly Column[], rows: readonly Row[]): string {
    const alike: string[] = []
    const arrays: string[] = []
    const unnested: string[] = []
    columns.forEach(({ type }, index) => {
      const name = names[index] as string
      const mustCount = index === columns.length - 1 && arrays.length === 0
      if (rows.length === 1 || (!mustCount && isAlike({ rows, column: index }))) {
        alike.push(`${this.scalar(type, valueAt({ rows, column: index }, 0))} as ${name}`)
      } else {
        arrays.push(this.array(type, rows, index))
        unnested.push(name)
      }
    })
    const unnest = `unnest(${arrays.join(', ')})`
    if (alike.length === 0) return `${unnest} as ${alias}(${unnested.join(', ')})`
    if (arrays.length === 0) return `(select ${alike.join(', ')}) as ${alias}`
    return `(select u.*, ${alike.join(', ')} from ${unnest} as u(${unnested.join(', ')})) as ${alias}`
  }

  private scalar(type: ColumnType, value: Value): string {
    if (value === null) return `null::${SQL_TYPES[type]}`
    const key = type + value
    let sql = this.scalars.get(key)
    if (sql === undefined) {
      sql = `${this.add(type === 'bytes' ? Buffer.from(String(value), 'utf8') : value)}::${SQL_TYPES[type]}`
      this.scalars.set(key, sql)
    }
    return sql
  }

  private array(type: ColumnType, rows: readonly Row[], column: number): string {
    for (const sent of this.columns) {
      if (sent.type === type && isSame(sent, { rows, column })) return sent.sql
    }
    const sql = `${this.add(binaryArray(type, rows, column))}::${SQL_TYPES[type]}[]`
    this.columns.push({ type, rows, column, sql })
    return sql
  }
}
