import type { LimitState, OpenGuard, StrikeState } from '@holdfast/core/adapter'
import { type RecordKey, recordKey } from '../../rows/record-key.js'
import { safeInteger } from '../../rows/safe-integer.js'
import type { RecordKind, RecordStates } from '../dialect.js'
import type { TableNames } from '../table-names.js'
import type { ChangedRecord, Changes, LoadedRows, Wanted } from '../work.js'
import {
  BYTES,
  prepareWrite,
  type Row,
  Rows,
  type SqliteConnection,
  type SqliteStatement,
  textOf,
} from './connection.js'

const COLUMNS = `kind, ${textOf('subject')}, ${textOf('scope')}, used, archived, ${textOf('id')}, expires_at, strikes, until, tag`
/** Records of a subject that are read in one go. Whoever has more is asked for by name. */
const FEW = 8

/** Counters, guards and strikes: all of one subject lie side by side. */
export class SqliteRecords {
  private readonly ofSubject: Rows
  private readonly byName: Rows
  private readonly listed: Rows
  private readonly remove: SqliteStatement
  private readonly counters: WrittenKind
  private readonly guards: WrittenKind
  private readonly strikes: WrittenKind

  constructor(connection: SqliteConnection, { records }: TableNames) {
    const key = `subject = ${BYTES} and kind = ? and scope = ${BYTES}`
    this.ofSubject = new Rows(
      connection,
      `select ${COLUMNS} from ${records} where subject = ${BYTES} limit ${FEW + 1}`,
    )
    this.byName = new Rows(connection, `select ${COLUMNS} from ${records} where ${key}`)
    this.listed = new Rows(
      connection,
      `select ${COLUMNS} from ${records} where kind = ? and (subject, scope) > (${BYTES}, ${BYTES})
       order by subject, scope limit ?`,
    )
    this.remove = prepareWrite(connection, `delete from ${records} where ${key}`)
    const kind = (name: RecordKind, columns: readonly string[], values: string) => ({
      insert: prepareWrite(
        connection,
        `insert into ${records} (subject, scope, kind, ${columns.join(', ')})
         values (${BYTES}, ${BYTES}, '${name}', ${values})`,
      ),
      update: prepareWrite(
        connection,
        `update ${records} set (${columns.join(', ')}) = (${values})
         where subject = ${BYTES} and kind = '${name}' and scope = ${BYTES}`,
      ),
    })
    this.counters = kind('counter', ['used', 'archived'], '?, ?')
    this.guards = kind('guard', ['id', 'expires_at'], `${BYTES}, ?`)
    this.strikes = kind('strikes', ['strikes', 'until', 'tag'], '?, ?, ?')
  }

  /** Loads those named, and with them whatever else few records their subjects have. */
  load({ counters = [], guards = [], strikes = [] }: Wanted, rows: LoadedRows): void {
    const read = new Map<string, boolean>()
    this.loadKind('counter', counters, read, rows)
    this.loadKind('guard', guards, read, rows)
    this.loadKind('strikes', strikes, read, rows)
  }

  /** `read`: subjects read so far, and whether that was all of them. */
  private loadKind(
    kind: RecordKind,
    names: Iterable<string>,
    read: Map<string, boolean>,
    rows: LoadedRows,
  ): void {
    for (const name of names) {
      const { subject, scope } = recordKey(name)
      let isWhole = read.get(subject)
      if (isWhole === undefined) {
        const found = this.ofSubject.all(subject)
        isWhole = found.length <= FEW
        read.set(subject, isWhole)
        for (const row of found) hand(row, rows)
      }
      if (isWhole) continue
      const row = this.byName.one(subject, kind, scope)
      if (row !== undefined) hand(row, rows)
    }
  }

  write({ counters, guards, strikes }: Changes): void {
    // Side by side in the table, so that the same page is not sought twice.
    for (const changed of counters) this.writeCounter(changed)
    for (const changed of guards) this.writeGuard(changed)
    for (const changed of strikes) this.writeStrikes(changed)
  }

  list<Kind extends RecordKind>(
    kind: Kind,
    after: RecordKey | null,
    limit: number,
  ): readonly { readonly name: string; readonly state: RecordStates[Kind] }[] {
    const { subject, scope } = after ?? { subject: '', scope: '' }
    return this.listed.all(kind, subject, scope, limit).map((row) => ({
      name: nameOf(row),
      state: DECODERS[kind](row),
    }))
  }

  private writeCounter({ name, stored, state }: ChangedRecord<LimitState>): void {
    const { subject, scope } = recordKey(name)
    if (state === undefined) this.remove.run(subject, 'counter', scope)
    else if (stored) this.counters.update.run(state.used, state.archived, subject, scope)
    else this.counters.insert.run(subject, scope, state.used, state.archived)
  }

  private writeGuard({ name, stored, state }: ChangedRecord<OpenGuard>): void {
    const { subject, scope } = recordKey(name)
    if (state === undefined) this.remove.run(subject, 'guard', scope)
    else if (stored) this.guards.update.run(state.id, state.expiresAt, subject, scope)
    else this.guards.insert.run(subject, scope, state.id, state.expiresAt)
  }

  private writeStrikes({ name, stored, state }: ChangedRecord<StrikeState>): void {
    const { subject, scope } = recordKey(name)
    if (state === undefined) {
      this.remove.run(subject, 'strikes', scope)
      return
    }
    const { count, until, tag } = state
    const tagText = tag === null ? null : JSON.stringify(tag)
    if (stored) this.strikes.update.run(count, until, tagText, subject, scope)
    else this.strikes.insert.run(subject, scope, count, until, tagText)
  }
}

interface WrittenKind {
  readonly insert: SqliteStatement
  readonly update: SqliteStatement
}

function nameOf(row: Row): string {
  return (row[2] as string) + (row[1] as string)
}

function hand(row: Row, rows: LoadedRows): void {
  switch (row[0] as RecordKind) {
    case 'counter':
      rows.loadCounter(nameOf(row), DECODERS.counter(row))
      return
    case 'guard':
      rows.loadGuard(nameOf(row), DECODERS.guard(row))
      return
    case 'strikes':
      rows.loadStrikes(nameOf(row), DECODERS.strikes(row))
  }
}

const DECODERS: { readonly [Kind in RecordKind]: (row: Row) => RecordStates[Kind] } = {
  counter: (row) => ({ used: safeInteger(row[3], 'used'), archived: safeInteger(row[4], 'archived') }),
  guard: (row) => ({
    status: 'open',
    id: row[5] as string,
    expiresAt: safeInteger(row[6], 'expires_at'),
  }),
  strikes: (row) => ({
    count: safeInteger(row[7], 'strikes'),
    until: safeInteger(row[8], 'until'),
    tag: row[9] === null ? null : (JSON.parse(row[9] as string) as StrikeState['tag']),
  }),
}
