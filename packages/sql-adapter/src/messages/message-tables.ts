import type { TableNames } from '../dialects/table-names.js'

/** What the columns of messages are called per engine. */
export interface ColumnTypes {
  /** A whole number that counts up by itself, never given twice: the key. */
  readonly sequence: string
  readonly number: string
  /** An id or a key: 128 UTF-16 units in UTF-8. */
  readonly id: string
  /** A name that is letters, digits, dots and dashes. */
  readonly name: string
  readonly text: string
  readonly bytes: string
  /** After the columns. */
  readonly options: string
  /** Whether indexes are declared with their table: where it can only then be said "if there is none". */
  readonly indexesInTable: boolean
}

/**
 * Messages of the shop's own beside the store's events; who relays them, what is set aside; what was handled, what is
 * half sent, which local transactions committed. Each statement can be run again.
 */
export function messageTables(names: TableNames, types: ColumnTypes): readonly string[] {
  const { sequence, number, id, name, text, bytes, options, indexesInTable } = types
  // A message's columns, named as Debezium's outbox router reads them.
  const message = `aggregatetype ${name} not null,
      aggregateid ${id} not null,
      type ${name} not null,
      payload ${bytes} not null,
      headers ${text},
      at ${number} not null`
  const create = (table: string, columns: string, indexed: readonly string[] = []) => {
    const inTable = indexesInTable ? indexed.map((column) => `,\n      index (${column})`).join('') : ''
    return `create table if not exists ${table} (\n      ${columns}${inTable}\n    ) ${options}`
  }
  const index = (table: string, column: string) =>
    indexesInTable ? [] : [`create index if not exists ${table}_${column} on ${table} (${column})`]
  return [
    create(names.messages, `seq ${sequence},\n      id ${id} not null,\n      ${message}`),
    create(
      names.relays,
      `shard ${name} primary key not null,
      fence ${number} not null,
      owner ${name} not null,
      leased_until ${number} not null,
      deaths ${number} not null,
      resumed ${number} not null,
      low ${number} not null`,
    ),
    create(
      names.parked,
      `shard ${name} not null,
      position ${number} not null,
      id ${id} not null,
      aggregatetype ${name} not null,
      aggregateid ${id} not null,
      reach ${name} not null,
      started ${number} not null,
      finished ${number} not null,
      error ${text} not null,
      at ${number} not null,
      primary key (shard, position)`,
    ),
    create(
      names.troubles,
      `shard ${name} not null,
      aggregatetype ${name} not null,
      aggregateid ${id} not null,
      position ${number} not null,
      started ${number} not null,
      finished ${number} not null,
      error ${text} not null,
      primary key (shard, aggregatetype, aggregateid)`,
    ),
    create(
      names.inbox,
      `consumer ${id} not null,
      source ${id} not null,
      id ${id} not null,
      started ${number} not null,
      finished ${number} not null,
      done_at ${number},
      error ${text},
      primary key (consumer, source, id)`,
      ['done_at'],
    ),
    create(
      names.halfMessages,
      `id ${id} primary key not null,
      ${message},
      status ${name} not null,
      check_at ${text},
      checks ${number} not null,
      prepared_at ${number} not null,
      next_check_at ${number},
      decided_at ${number},
      last_error ${text},
      lease ${number} not null,
      leased_until ${number} not null`,
      ['next_check_at', 'decided_at'],
    ),
    create(
      names.marks,
      `id ${id} primary key not null,
      status ${name} not null,
      fingerprint ${name} not null,
      at ${number} not null`,
      ['at'],
    ),
    ...index(names.inbox, 'done_at'),
    ...index(names.halfMessages, 'next_check_at'),
    ...index(names.halfMessages, 'decided_at'),
    ...index(names.marks, 'at'),
  ]
}
