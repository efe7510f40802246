import type { Migration } from '../../migrate.js'
import { tables } from './0001-tables.js'
import { messages } from './0002-messages.js'
import { carried } from './0003-carried.js'

export const MIGRATIONS: readonly Migration[] = [
  { name: '0001-tables', statements: tables },
  { name: '0002-messages', statements: messages },
  { name: '0003-carried', statements: carried },
]
