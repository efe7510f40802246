import type { ReservationEvent, StockChanged, ToldEvent } from '@holdfast/core/adapter'
import { quoted } from './quoted.js'

/** Everything that is told of: what reservation stores, orders, campaigns and compensations emit. */
export type OutboxEvent = ToldEvent

export type AggregateType = OutboxEvent['aggregate']

/** A row of the outbox; columns are named as Debezium's outbox router reads them. */
export interface EventRow {
  /** Position in the outbox, without gaps. */
  readonly seq: number
  /** partition/epoch/sequence/index. */
  readonly id: string
  readonly aggregatetype: AggregateType
  /** The id of the reservation, order, campaign or compensated order; of an account, `["sku","pool"]`. */
  readonly aggregateid: string
  readonly type: OutboxEvent['type']
  /** The event's own fields as JSON. */
  readonly payload: string
  readonly version: number
  /** The version of the order that a reservation's event made; `null` where the order's buyer sees no change. */
  readonly orderVersion: number | null
  /** Store's clock, ms since the epoch. */
  readonly at: number
}

/** The event's own fields: what a row has columns for is left out. Those that end nearly every order are spelled out. */
export function payloadOf(event: Exclude<OutboxEvent, StockChanged>): string {
  if (event.aggregate === 'reservation') {
    switch (event.type) {
      case 'confirmed': {
        const { payment, late, lines, uses } = event
        return JSON.stringify({ payment, late, lines, uses })
      }
      case 'released': {
        const { cause, reason, struck } = event
        return JSON.stringify({ cause, reason, struck })
      }
      case 'expired':
        return JSON.stringify({ struck: event.struck })
    }
  }
  const { aggregate, version, at, type, ...fields } = event
  switch (aggregate) {
    case 'stock-account':
      return JSON.stringify(fields)
    case 'compensation':
      return JSON.stringify({ ...fields, order: undefined })
    default:
      return JSON.stringify({ ...fields, id: undefined })
  }
}

/** The payload of a `changed` event up to where its counters begin. */
export function withoutCounters({ account, movements }: StockChanged): string {
  const moved = movements.length === 0 ? '[]' : JSON.stringify(movements)
  return `{"account":{"sku":${quoted(account.sku)},"pool":${quoted(account.pool)}},"movements":${moved},`
}

/** What follows. */
export function countersOf({ available, reserved, sold, backordered, supplied }: StockChanged): string {
  return `"available":${available},"reserved":${reserved},"sold":${sold},"backordered":${backordered},"supplied":${supplied}}`
}

/** The event that a row was made of. */
export function decodeEvent(row: EventRow): OutboxEvent {
  const { aggregatetype, aggregateid, type, version, at } = row
  const payload = JSON.parse(row.payload) as object
  const head = { aggregate: aggregatetype, version, at, type }
  switch (aggregatetype) {
    case 'stock-account':
      return { ...payload, ...head } as OutboxEvent
    case 'compensation':
      return { ...payload, ...head, order: aggregateid } as OutboxEvent
    default:
      return { ...payload, ...head, id: aggregateid } as OutboxEvent
  }
}

export function isReservationEvent(event: OutboxEvent): event is ReservationEvent {
  return event.aggregate === 'reservation'
}
