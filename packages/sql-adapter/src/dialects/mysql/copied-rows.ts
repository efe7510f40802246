import type { Column, Row } from '../server/column.js'
import { type ColumnOfRows, isAlike, isSame, valueAt } from '../server/columns-alike.js'
import type { Insert } from '../server/write-plan.js'
import { literal } from './literals.js'

/** Number of the first of the rows that later ones are copied from. */
const FIRST = '@holdfast_first'
/** What the server adds from one number to the next. */
const STEP = '@@auto_increment_increment'

/** After the statement that inserts them: their numbers follow one another, as one statement's do. */
export const NOTE_FIRST = `set ${FIRST} = last_insert_id()`

/** The place of a copied row, counted from 0. */
export const PLACE = `(o.number - ${FIRST}) div ${STEP}`

/**
 * Rows of which each column is that of rows inserted before, or one value, copied within the server: most of what is told
 * of a fresh order stands in its own row already, and it takes longer to read it from the statement again.
 */
export class CopiedRows {
  constructor(private readonly source: Insert) {}

  /** Where they are copied from. */
  get from(): string {
    const { table, rows } = this.source
    return `${table} o where o.number between ${FIRST} and ${FIRST} + ${rows.length - 1} * ${STEP}`
  }

  /** The columns as expressions of these rows; `null` where one of them is to be had otherwise alone. */
  columns(columns: readonly Column[], rows: readonly Row[]): readonly string[] | null {
    if (rows.length !== this.source.rows.length) return null
    const sql: string[] = []
    for (let column = 0; column < columns.length; column++) {
      const found = this.column(columns[column] as Column, { rows, column })
      if (found === null) return null
      sql.push(found)
    }
    return sql
  }

  private column({ type }: Column, wanted: ColumnOfRows): string | null {
    if (isAlike(wanted)) return literal(type, valueAt(wanted, 0))
    const { columns, rows } = this.source
    const index = columns.findIndex(
      (column, at) => column.type === type && isSame(wanted, { rows, column: at }),
    )
    return index < 0 ? null : `o.${columns[index]?.name}`
  }
}
