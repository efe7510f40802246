import type { Knex } from 'knex'
import { isPassing as isPassingOnMysql } from '../dialects/mysql/errors.js'
import { isPassing as isPassingOnPostgres } from '../dialects/postgres/errors.js'
import type { Row } from './database.js'
import { type DropGaps, droppedGapsOnMysql, droppedGapsOnPostgres, noGaps } from './gap-rules.js'

/** Columns of a message. */
export const MESSAGE_COLUMNS = 'id, aggregatetype, aggregateid, type, payload, headers, at'

/** What engines and drivers do differently about messages. */
export interface Spelling {
  /** ms since the epoch. */
  readonly now: string
  readonly transaction: Knex.TransactionConfig
  rowsOf(answer: unknown): readonly Row[]
  changedIn(answer: unknown): number
  /** An insert that leaves a row alone that is there already. */
  insertNew(into: string): string
  /** Rows of messages: `tuples` of as many `?` as there are columns. */
  insertNumbered(table: string, columns: string, tuples: string): string
  /** Columns of a message that is to be sent: its payload as text in `told` where that is cheaper, else as it is. */
  readonly messageToSend: string
  /** Reads rows whose number lies in one of the ranges, each range by the table's key. */
  readRanges(table: string, columns: string, ranges: readonly Range[]): Statement
  /** Deletes rows by their numbers, each by the table's key. */
  deleteNumbered(table: string, numbers: readonly number[]): readonly Statement[]
  /** What to do instead where it is there; columns of the row that stands are named as `table.column`. */
  onConflict(key: string, set: string): string
  /** Before the list of tuples that a pair is looked for in. */
  readonly tuplesAre: string
  /** After a select whose rows are to be locked: others wait, or pass over them. */
  readonly forUpdate: string
  readonly skipLocked: string
  isPassing(error: unknown): boolean
  readonly dropGaps: DropGaps
}

/** Numbers from the first to the last, both included. */
export type Range = readonly [first: number, last: number]

interface Statement {
  readonly sql: string
  readonly values: readonly unknown[]
}

/** Ranges that one statement deletes. */
const MOST_RANGES = 500

function oneByOne(ranges: readonly Range[]): Statement {
  return { sql: ranges.map(() => 'seq between ? and ?').join(' or '), values: ranges.flat() }
}

function readOneByOne(table: string, columns: string, ranges: readonly Range[]): Statement {
  const { sql, values } = oneByOne(ranges)
  return { sql: `select ${columns} from ${table} where ${sql}`, values }
}

function deleteRuns(table: string, numbers: readonly number[]): readonly Statement[] {
  const runs = runsOf(numbers)
  const statements: Statement[] = []
  for (let start = 0; start < runs.length; start += MOST_RANGES) {
    const { sql, values } = oneByOne(runs.slice(start, start + MOST_RANGES))
    statements.push({ sql: `delete from ${table} where ${sql}`, values })
  }
  return statements
}

/** Consecutive numbers as ranges: all that lies between was there. */
function runsOf(numbers: readonly number[]): readonly Range[] {
  const runs: [number, number][] = []
  for (const number of [...numbers].sort((one, other) => one - other)) {
    const run = runs.at(-1)
    if (run !== undefined && number <= run[1] + 1) run[1] = number
    else runs.push([number, number])
  }
  return runs
}

/** A driver is given bytes as hexadecimal digits: text, which is what has no content type of its own, is half as long. */
function messageToSendOnPostgres(): string {
  const isText = `((headers is null or position('content-type' in headers) = 0) and position('\\x00'::bytea in payload) = 0)`
  return `id, aggregatetype, aggregateid, type, headers, at,
    case when ${isText} then convert_from(payload, 'UTF8') end as told,
    case when ${isText} then null else payload end as payload`
}

function insertPlain(table: string, columns: string, tuples: string): string {
  return `insert into ${table} (${columns}) values ${tuples}`
}

function insertNewByConflict(into: string): string {
  return `${into} on conflict do nothing`
}

const postgres: Spelling = {
  now: 'floor(extract(epoch from clock_timestamp()) * 1000)::bigint',
  transaction: { isolationLevel: 'read committed' },
  rowsOf: (answer) => (answer as { rows: readonly Row[] }).rows,
  changedIn: (answer) => (answer as { rowCount: number | null }).rowCount ?? 0,
  insertNew: insertNewByConflict,
  // The transaction has its id before any number is given out: see `droppedGapsOnPostgres`.
  insertNumbered: (table, columns, tuples) => {
    const typed = tuples.replaceAll(
      '(?, ?, ?, ?, ?, ?, ?)',
      '(?::bytea, ?, ?::bytea, ?, ?::bytea, ?, ?::bigint)',
    )
    return `insert into ${table} (${columns})
      select * from (values ${typed}) v where (select pg_current_xact_id()) is not null`
  },
  messageToSend: messageToSendOnPostgres(),
  // Not `exists` over the ranges: that reads the whole table for each of them, and a backlog takes the square of its time.
  readRanges: (table, columns, ranges) => ({
    sql: `select m.* from unnest(?::int8[], ?::int8[]) r(first, last)
      cross join lateral (select ${columns} from ${table} where seq between r.first and r.last) m`,
    values: [`{${ranges.map(([first]) => first).join()}}`, `{${ranges.map(([, last]) => last).join()}}`],
  }),
  deleteNumbered: (table, numbers) => [
    { sql: `delete from ${table} where seq = any(?::int8[])`, values: [`{${numbers.join()}}`] },
  ],
  onConflict: (key, set) => `on conflict (${key}) do update set ${set}`,
  tuplesAre: '',
  forUpdate: 'for update',
  skipLocked: 'for update skip locked',
  isPassing: isPassingOnPostgres,
  dropGaps: droppedGapsOnPostgres,
}

const sqlite: Spelling = {
  now: `cast(unixepoch('subsec') * 1000 as integer)`,
  transaction: {},
  rowsOf: (answer) => answer as readonly Row[],
  changedIn: (answer) => (answer as { changes: number }).changes,
  insertNew: insertNewByConflict,
  insertNumbered: insertPlain,
  messageToSend: MESSAGE_COLUMNS,
  readRanges: readOneByOne,
  deleteNumbered: deleteRuns,
  onConflict: postgres.onConflict,
  tuplesAre: 'values ',
  // One writes at a time.
  forUpdate: '',
  skipLocked: '',
  isPassing: (error) => String((error as { code?: unknown }).code).startsWith('SQLITE_BUSY'),
  dropGaps: noGaps,
}

const mysql: Spelling = {
  now: 'cast(unix_timestamp(now(3)) * 1000 as unsigned)',
  transaction: { isolationLevel: 'read committed' },
  rowsOf: (answer) => (answer as readonly [readonly Row[]])[0],
  changedIn: (answer) => (answer as readonly [{ affectedRows: number }])[0].affectedRows,
  insertNew: (into) => into.replace(/^insert into/, 'insert ignore into'),
  insertNumbered: insertPlain,
  messageToSend: MESSAGE_COLUMNS,
  readRanges: readOneByOne,
  deleteNumbered: deleteRuns,
  onConflict: (_, set) => `on duplicate key update ${set}`,
  tuplesAre: '',
  forUpdate: 'for update',
  skipLocked: 'for update skip locked',
  isPassing: isPassingOnMysql,
  dropGaps: droppedGapsOnMysql,
}

export const SPELLINGS = { pg: postgres, 'better-sqlite3': sqlite, mysql2: mysql } as const
