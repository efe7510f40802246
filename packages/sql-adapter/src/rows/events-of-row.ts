import { orderEventOf } from '@holdfast/core/adapter'
import { decodeEvent, type EventRow, isReservationEvent, type OutboxEvent } from './event-row.js'

/**
 * The events that a row of the outbox stands for. What happens to a reservation happens to its order: one row tells
 * of both, the reservation's event first.
 */
export function eventsOfRow(row: EventRow): readonly OutboxEvent[] {
  const event = decodeEvent(row)
  if (!isReservationEvent(event) || row.orderVersion === null) return [event]
  const order = orderEventOf(event, row.orderVersion)
  return order === null ? [event] : [event, order]
}
