import type { Migration } from '../../migrate.js'
import { packSubjects } from '../../pack-subjects.js'
import { tables } from './0001-tables.js'
import { messages } from './0002-messages.js'
import { carried } from './0003-carried.js'
import { subjects } from './0004-subjects.js'

export const MIGRATIONS: readonly Migration[] = [
  { name: '0001-tables', statements: tables },
  { name: '0002-messages', statements: messages },
  { name: '0003-carried', statements: carried },
  { name: '0004-subjects', statements: subjects, convert: packSubjects },
]
