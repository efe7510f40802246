import type { Column, Row } from '../server/column.js'
import { isAlike, valueAt } from '../server/columns-alike.js'
import { literal, literals } from './literals.js'

/** Rows of a statement beside a table `t`. */
export interface GivenRows {
  /** What stands for each column. */
  readonly values: readonly string[]
  beside(table: string): string
  /**
   * The same for a statement that changes rows of `t`, and what holds of those rows besides. They are found by their key
   * first, where that is one column: the server changes rows of the first table as it finds them, those of any other it
   * writes down to find them once more, which takes it half as long again.
   */
  changing(
    table: string,
    key: readonly Column[],
  ): { readonly tables: string; readonly conditions: readonly string[] }
}

/** Columns in which all rows are alike are given as their value; the first column is a key, of which no two are alike. */
export function givenRows(columns: readonly Column[], rows: readonly Row[], isMariadb: boolean): GivenRows {
  const differing: number[] = []
  const values = columns.map(({ type }, column) => {
    if (rows.length === 1 || (column > 0 && isAlike({ rows, column }))) {
      return literal(type, valueAt({ rows, column }, 0))
    }
    differing.push(column)
    return `v.v${differing.length - 1}`
  })
  const beside = (table: string) => `${table} t`
  if (rows.length === 1)
    return { values, beside, changing: (table) => ({ tables: beside(table), conditions: [] }) }
  const some = differing.map((column) => columns[column] as Column)
  const tuples = rows.map((row) =>
    literals(
      some,
      differing.map((column) => row[column] ?? null),
    ),
  )
  const given = `${tableOf(tuples, some.length, isMariadb)} v`
  return {
    values,
    beside: (table) => `${given} straight_join ${table} t`,
    changing(table, [column, ...more]) {
      if (column === undefined || more.length > 0) return { tables: this.beside(table), conditions: [] }
      const keys = rows.map(([key = null]) => literal(column.type, key))
      return {
        tables: `${table} t straight_join ${given}`,
        conditions: [`t.${column.name} in (${keys.join(',')})`],
      }
    },
  }
}

/** Rows as a table whose columns are `v0`, `v1`, …; each row is the text of its values. */
export function tableOf(rows: readonly string[], width: number, isMariadb: boolean): string {
  const names = Array.from({ length: width }, (_, index) => `v${index}`)
  if (isMariadb) {
    return `(with v(${names.join(',')}) as (values ${rows.map((row) => `(${row})`).join(',')}) select * from v)`
  }
  // MySQL writes such rows otherwise than MariaDB, both understand this.
  const head = `select ${names.map((name) => `null as ${name}`).join(',')} from dual where false`
  return `(${[head, ...rows.map((row) => `select ${row}`)].join(' union all ')})`
}
