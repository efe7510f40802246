import { type Message, messagesOfEvent, type ParkedMessage } from '@holdfast/core/adapter'
import type { Knex } from 'knex'
import { decodeEvent, type EventRow } from '../rows/event-row.js'
import { type MessageDatabase, numberOf, numberOrNull, type Row, textOf } from './database.js'
import { messageOf } from './message-row.js'

/** Where a message stands: twice its row's number, and one more for the second message of a row. */
export interface Placed {
  readonly position: number
  readonly message: Message
}

/** A message that was set aside, by itself or at the head of its key. */
export interface Aside {
  readonly position: number
  readonly reach: string
  readonly aggregate: string
  readonly key: string
  readonly started: number
  readonly finished: number
  readonly error: string
  readonly at: number
}

/** A table of rows that wait to be sent. */
export class Shard {
  constructor(
    private readonly database: MessageDatabase,
    readonly name: string,
    readonly table: string,
    /** Beside `seq`. */
    readonly columns: string,
    /** Whether rows are committed in another order than they are numbered. */
    readonly hasGaps: boolean,
    readonly messagesOf: (row: Row) => readonly Message[],
  ) {}

  placedOf(row: Row): readonly Placed[] {
    const first = 2 * numberOf(row.seq)
    return this.messagesOf(row).map((message, index) => ({ position: first + index, message }))
  }

  rowOf(position: number): number {
    return Math.floor(position / 2)
  }

  /** As SQL: whether a row, by its alias, waits for an operator. An order's events lie in its reservation's rows. */
  isSetAside(alias: string): string {
    const { parked } = this.database.names
    return `exists (select 1 from ${parked} p where p.shard = '${this.name}' and (
      p.position between 2 * ${alias}.seq and 2 * ${alias}.seq + 1
      or (p.reach = 'whole-key' and p.position < 2 * ${alias}.seq and p.aggregateid = ${alias}.aggregateid and (
        p.aggregatetype = ${alias}.aggregatetype
        or (p.aggregatetype = 'order' and ${alias}.aggregatetype = 'reservation')))))`
  }

  async asides(): Promise<readonly Aside[]> {
    const { parked } = this.database.names
    const rows = await this.database.rows(`select * from ${parked} where shard = ?`, [this.name])
    return rows.map((row) => ({
      position: numberOf(row.position),
      reach: textOf(row.reach),
      aggregate: textOf(row.aggregatetype),
      key: textOf(row.aggregateid),
      started: numberOf(row.started),
      finished: numberOf(row.finished),
      error: textOf(row.error),
      at: numberOf(row.at),
    }))
  }

  async listParked(after: number, limit: number): Promise<readonly (ParkedMessage & Placed)[]> {
    const rows = await this.database.rows(
      `select seq, ${this.columns} from ${this.table} m
       where seq >= ? and ${this.isSetAside('m')} order by seq limit ?`,
      [this.rowOf(Math.max(0, after)), limit + 1],
    )
    const asides = await this.asides()
    return rows
      .flatMap((row) => this.placedOf(row))
      .flatMap((placed) => {
        const aside = asideOf(placed, asides)
        if (aside === null || placed.position <= after) return []
        const isItself = aside.position === placed.position
        return [
          {
            ...placed,
            shard: this.name,
            reason: isItself ? aside.error : null,
            started: isItself ? aside.started : 0,
            finished: isItself ? aside.finished : 0,
            parkedAt: aside.at,
          },
        ]
      })
      .slice(0, limit)
  }

  /** Rows of a key from a position on. */
  async countOfKey(aggregate: string, key: Buffer, position: number, trx: Knex.Transaction): Promise<number> {
    const [row] = await this.database.rows(
      `select count(*) as count from ${this.table}
       where aggregateid = ? and aggregatetype in (?, ?) and seq >= ?`,
      [
        key,
        aggregate,
        aggregate === 'order' && this.name === EVENTS ? 'reservation' : aggregate,
        this.rowOf(position),
      ],
      trx,
    )
    return numberOf(row?.count)
  }
}

/** Why a message is set aside, if it is. */
export function asideOf({ position, message }: Placed, asides: readonly Aside[]): Aside | null {
  return (
    asides.find((aside) => aside.position === position) ??
    asides.find(
      (aside) =>
        aside.reach === 'whole-key' &&
        aside.position < position &&
        aside.key === message.key &&
        aside.aggregate === message.aggregate,
    ) ??
    null
  )
}

const EVENTS = 'events'
const EVENT_COLUMNS = 'id, aggregatetype, aggregateid, type, payload, version, order_version, at'

/** The tables that are relayed. */
export function shardsOf(database: MessageDatabase): readonly Shard[] {
  const { messages, outbox } = database.names
  return [
    new Shard(database, 'messages', messages, database.spelling.messageToSend, true, (row) => [
      messageOf(row),
    ]),
    // Numbered while the partition is locked: what comes later is numbered later.
    new Shard(database, EVENTS, outbox, EVENT_COLUMNS, false, messagesOfRow),
  ]
}

function messagesOfRow(row: Row): readonly Message[] {
  const read = {
    seq: numberOf(row.seq),
    id: textOf(row.id),
    aggregatetype: textOf(row.aggregatetype),
    aggregateid: textOf(row.aggregateid),
    type: textOf(row.type),
    payload: textOf(row.payload),
    version: numberOf(row.version),
    orderVersion: numberOrNull(row.order_version),
    at: numberOf(row.at),
  } as EventRow
  return messagesOfEvent(read.id, decodeEvent(read), read.orderVersion)
}
