import type { Column, Row } from '../server/column.js'
import { isAlike, valueAt } from '../server/columns-alike.js'
import { literal, literals } from './literals.js'

/** Rows of a statement beside a table `t`. */
export interface GivenRows {
  /** What stands for each column. */
  readonly values: readonly string[]
  beside(table: string): string
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
  if (rows.length === 1) return { values, beside: (table) => `${table} t` }
  const some = differing.map((column) => columns[column] as Column)
  const tuples = rows.map((row) =>
    literals(
      some,
      differing.map((column) => row[column] ?? null),
    ),
  )
  const given = `${tableOf(tuples, some.length, isMariadb)} v`
  return { values, beside: (table) => `${given} straight_join ${table} t` }
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
