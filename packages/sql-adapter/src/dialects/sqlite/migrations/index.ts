import type { TableNames } from '../../table-names.js'
import { tables } from './0001-tables.js'

/** A released schema change: its name and statements never change again; what follows is a new one. */
export interface Migration {
  readonly name: string
  readonly statements: (names: TableNames) => readonly string[]
}

export const MIGRATIONS: readonly Migration[] = [{ name: '0001-tables', statements: tables }]
