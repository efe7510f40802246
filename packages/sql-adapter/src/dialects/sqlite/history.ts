import type { AccountKey, LedgerEntry } from '@holdfast/core/adapter'
import type { EventRow } from '../../rows/event-row.js'
import type { NumberedEntry } from '../dialect.js'
import { entryOf, eventOf } from '../stored-rows.js'
import type { TableNames } from '../table-names.js'
import {
  BYTES,
  prepareWrite,
  Rows,
  type SqliteConnection,
  type SqliteStatement,
  textOf,
} from './connection.js'

const EVENT_COLUMNS = `seq, id, aggregatetype, ${textOf('aggregateid')}, type, payload, version, order_version, at`
const FIGURES = 'available, reserved, sold, backordered, supplied'
const ENTRY_COLUMNS = `l.seq, l.account, l.at, l.cause, ${textOf('l.reservation')}, ${textOf('l.movement')},
  l.available, l.reserved, l.sold, l.backordered, l.supplied`

/** What only grows: the ledger of stock and the outbox. */
export class SqliteHistory {
  private readonly insertEntry: SqliteStatement
  /** Units taken from stock by a grant, and the grant itself: nearly all there is in a sale, in few parameters. */
  private readonly insertTaken: SqliteStatement
  private readonly insertGrant: SqliteStatement
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
    this.insertTaken = prepareWrite(
      connection,
      `insert into ${ledger} (account, at, cause, reservation, movement, ${FIGURES})
       values (?, ?, 'granted', ${BYTES}, null, ?, ?, 0, 0, 0)`,
    )
    this.insertGrant = prepareWrite(
      connection,
      `insert into ${outbox} (seq, id, aggregatetype, aggregateid, type, payload, version, order_version, at)
       values (?, ?, 'reservation', ${BYTES}, 'granted', ?, 1, 1, ?)`,
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
    for (const entry of ledger) this.writeEntry(entry, numbers.get(entry.account))
    for (const event of events) this.writeEvent(event)
  }

  private writeEntry(entry: LedgerEntry, account: number | undefined): void {
    const { at, cause, reservation, movement, available, reserved, sold, backordered, supplied } = entry
    if (cause === 'granted' && backordered === 0) {
      this.insertTaken.run(account, at, reservation, available, reserved)
      return
    }
    this.insertEntry.run(
      ...[account, at, cause, reservation, movement],
      ...[available, reserved, sold, backordered, supplied],
    )
  }

  private writeEvent(event: EventRow): void {
    const { seq, id, aggregatetype, aggregateid, type, payload, version, orderVersion, at } = event
    if (type === 'granted' && version === 1 && orderVersion === 1) {
      this.insertGrant.run(seq, id, aggregateid, payload, at)
      return
    }
    this.insertEvent.run(seq, id, aggregatetype, aggregateid, type, payload, version, orderVersion, at)
  }

  listEntries(after: number, limit: number): readonly NumberedEntry[] {
    return this.entries
      .all(after, limit)
      .map((row) => entryOf(row, { sku: row[11] as string, pool: row[12] as string }))
  }

  listEntriesOf(number: number, account: AccountKey, after: number, limit: number): readonly NumberedEntry[] {
    return this.entriesOf.all(number, after, limit).map((row) => entryOf(row, account))
  }

  listEvents(after: number, limit: number): readonly EventRow[] {
    return this.events.all(after, limit).map(eventOf)
  }
}
