import { messageTables } from '../../../messages/message-tables.js'
import type { TableNames } from '../../table-names.js'

export function messages(names: TableNames): readonly string[] {
  return messageTables(names, {
    // Never given twice: a relay has read up to a number, and looks for nothing below it.
    sequence: 'integer primary key autoincrement',
    number: 'integer',
    id: 'blob',
    name: 'text',
    text: 'text',
    bytes: 'blob',
    options: 'strict',
    indexesInTable: false,
  })
}
