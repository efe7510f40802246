import type { Column, Row } from './column.js'

/** A column to be read, or an expression under its name. */
export interface Asked extends Column {
  readonly sql?: string
}

/** Rows that are read by their keys, in no order. */
export interface Keyed {
  readonly columns: readonly Asked[]
  readonly table: string
  readonly key: readonly Column[]
  readonly keys: readonly Row[]
}

/** Rows that a condition finds, in its order. */
export interface Found {
  readonly columns: readonly Asked[]
  readonly table: string
  /** What follows the table's name; `?` stands for a parameter. */
  readonly rest: string
  readonly parameters: readonly (string | number | Buffer)[]
}

export type Question = Keyed | Found

export function isKeyed(question: Question): question is Keyed {
  return 'keys' in question
}
