import type { AccountKey, LedgerEntry } from '@holdfast/core/adapter'
import type { EventRow } from '../../rows/event-row.js'
import { safeInteger, safeIntegerOrNull } from '../../rows/safe-integer.js'
import type { NumberedEntry } from '../dialect.js'
import type { TableNames } from '../table-names.js'
import {
  BYTES,
  prepareWrite,
  type Row,
  Rows,
  type SqliteConnection,
  type SqliteStatement,
  textOf,
} from './connection.js'

const EVENT_COLUMNS = `seq, id, aggregatetype, ${textOf('aggregateid')}, type, payload, version, order_version, at`
const FIGURES = 'available, reserved, sold, backordered, supplied'
const ENTRY_COLUMNS = `l.seq, l.at, l.cause, ${textOf('l.reservation')}, ${textOf('l.movement')},
  l.available, l.reserved, l.sold, l.backordered, l.supplied`

/** What only grows: the ledger of stock and the outbox. */
export class SqliteHistory {
  private readonly insertEntry: SqliteStatement
  private readonly insertEvent: SqliteStatement
  private readonly entries: Rows
  private readonly entriesOf: Rows
  private readonly events: Rows

  constructor(connection: SqliteConnection, { ledger, outbox, accounts }: TableNames) {
    this.insertEntry = prepareWrite(
      connection,
      `insert into ${ledger} (account, at, cause, reservation, movement, ${FIGURES})
       values (?, ?, ?, ${BYTES}, ${BYTES}, ?, ?, ?, ?, ?)`,
    )
    this.insertEvent = prepareWrite(
      connection,
      `insert into ${outbox} (seq, id, aggregatetype, aggregateid, type, payload, version, order_version, at)
       values (?, ?, ?, ${BYTES}, ?, ?, ?, ?, ?)`,
    )
    this.entries = new Rows(
      connection,
      `select ${ENTRY_COLUMNS}, ${textOf('a.sku')}, ${textOf('a.pool')}
       from ${ledger} l cross join ${accounts} a on a.number = l.account
       where l.seq > ? order by l.seq limit ?`,
    )
    this.entriesOf = new Rows(
      connection,
      `select ${ENTRY_COLUMNS} from ${ledger} l where l.account = ? and l.seq > ? order by l.seq limit ?`,
    )
    this.events = new Rows(
      connection,
      `select ${EVENT_COLUMNS} from ${outbox}
       where seq > ? and aggregatetype in ('reservation', 'stock-account') order by seq limit ?`,
    )
  }

  write(
    ledger: readonly LedgerEntry[],
    events: readonly EventRow[],
    numbers: ReadonlyMap<AccountKey, number>,
  ): void {
    for (const entry of ledger) {
      this.insertEntry.run(
        numbers.get(entry.account),
        entry.at,
        entry.cause,
        entry.reservation,
        entry.movement,
        entry.available,
        entry.reserved,
        entry.sold,
        entry.backordered,
        entry.supplied,
      )
    }
    for (const event of events) {
      this.insertEvent.run(
        event.seq,
        event.id,
        event.aggregatetype,
        event.aggregateid,
        event.type,
        event.payload,
        event.version,
        event.orderVersion,
        event.at,
      )
    }
  }

  listEntries(after: number, limit: number): readonly NumberedEntry[] {
    return this.entries
      .all(after, limit)
      .map((row) => decodeEntry(row, { sku: row[10] as string, pool: row[11] as string }))
  }

  listEntriesOf(number: number, account: AccountKey, after: number, limit: number): readonly NumberedEntry[] {
    return this.entriesOf.all(number, after, limit).map((row) => decodeEntry(row, account))
  }

  listEvents(after: number, limit: number): readonly EventRow[] {
    return this.events.all(after, limit).map(decodeEventRow)
  }
}

function decodeEntry(row: Row, account: AccountKey): NumberedEntry {
  return {
    number: safeInteger(row[0], 'seq'),
    entry: {
      account,
      at: safeInteger(row[1], 'at'),
      cause: row[2] as string,
      reservation: row[3] as string | null,
      movement: row[4] as string | null,
      available: safeInteger(row[5], 'available'),
      reserved: safeInteger(row[6], 'reserved'),
      sold: safeInteger(row[7], 'sold'),
      backordered: safeInteger(row[8], 'backordered'),
      supplied: safeInteger(row[9], 'supplied'),
    },
  }
}

function decodeEventRow(row: Row): EventRow {
  return {
    seq: safeInteger(row[0], 'seq'),
    id: row[1] as string,
    aggregatetype: row[2] as EventRow['aggregatetype'],
    aggregateid: row[3] as string,
    type: row[4] as EventRow['type'],
    payload: row[5] as string,
    version: safeInteger(row[6], 'version'),
    orderVersion: safeIntegerOrNull(row[7], 'order_version'),
    at: safeInteger(row[8], 'at'),
  }
}
