/** Pairs that a table of cases does not hold: every one of `rows` beside every one of `columns`. */
export function missingPairs<Row extends string, Column extends string>(
  cases: readonly (readonly [Row, Column, ...unknown[]])[],
  rows: readonly Row[],
  columns: readonly Column[],
): readonly string[] {
  const held = new Set(cases.map(([row, column]) => `${row} × ${column}`))
  return rows
    .flatMap((row) => columns.map((column) => `${row} × ${column}`))
    .filter((pair) => !held.has(pair))
}
