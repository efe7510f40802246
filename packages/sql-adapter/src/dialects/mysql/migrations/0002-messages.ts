import { messageTables } from '../../../messages/message-tables.js'
import type { TableNames } from '../../table-names.js'

export function messages(names: TableNames): readonly string[] {
  return messageTables(names, {
    sequence: 'bigint auto_increment primary key',
    number: 'bigint',
    id: 'varbinary(512)',
    name: 'varchar(128)',
    text: 'mediumtext',
    bytes: 'longblob',
    options: 'engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin',
    indexesInTable: true,
  })
}
