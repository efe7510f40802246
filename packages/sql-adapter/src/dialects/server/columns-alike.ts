import type { Row } from './column.js'

/** A column of some rows. */
export interface ColumnOfRows {
  readonly rows: readonly Row[]
  readonly column: number
}

export function valueAt({ rows, column }: ColumnOfRows, row: number): Row[number] {
  return (rows[row] as Row)[column] ?? null
}

/** Whether all rows are alike in it. */
export function isAlike(one: ColumnOfRows): boolean {
  const first = valueAt(one, 0)
  for (let row = 1; row < one.rows.length; row++) if (valueAt(one, row) !== first) return false
  return true
}

/** Whether two columns hold the same, row by row. */
export function isSame(one: ColumnOfRows, other: ColumnOfRows): boolean {
  if (one.rows.length !== other.rows.length) return false
  for (let row = 0; row < one.rows.length; row++) if (valueAt(one, row) !== valueAt(other, row)) return false
  return true
}
