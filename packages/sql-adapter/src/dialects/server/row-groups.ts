import type { TableRow } from '@holdfast/core/adapter'

export interface RowGroup {
  readonly table: string
  readonly columns: readonly string[]
  readonly values: readonly (readonly unknown[])[]
}

/** Rows of the same form together, so that they need one statement; forms in the order in which they are first met. */
export function rowGroups(rows: readonly TableRow[]): readonly RowGroup[] {
  const groups = new Map<string, RowGroup & { readonly values: unknown[][] }>()
  for (const { table, values } of rows) {
    const columns = Object.keys(values)
    const form = JSON.stringify([table, columns])
    let group = groups.get(form)
    if (group === undefined) {
      group = { table, columns, values: [] }
      groups.set(form, group)
    }
    group.values.push(columns.map((column) => values[column] ?? null))
  }
  return [...groups.values()]
}
