/** What a column holds: a string as its UTF-8 bytes, a whole number, or a string that holds no NUL. */
export type ColumnType = 'bytes' | 'integer' | 'text'

export interface Column {
  readonly name: string
  readonly type: ColumnType
}

/** Values of a row, in the order of the columns: strings, numbers and `null`. */
export type Row = readonly (string | number | null)[]

export function bytes(name: string): Column {
  return { name, type: 'bytes' }
}

export function integer(name: string): Column {
  return { name, type: 'integer' }
}

export function text(name: string): Column {
  return { name, type: 'text' }
}

export function integers(...names: readonly string[]): readonly Column[] {
  return names.map(integer)
}
