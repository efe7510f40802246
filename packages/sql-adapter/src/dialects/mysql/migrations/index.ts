import type { Migration } from '../../migrate.js'
import { tables } from './0001-tables.js'

export const MIGRATIONS: readonly Migration[] = [{ name: '0001-tables', statements: tables }]
