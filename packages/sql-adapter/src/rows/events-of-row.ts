import type { OrderEvent, ReservationEvent } from '@holdfast/core/adapter'
import { orderLines } from './claims.js'
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

function orderEventOf(event: ReservationEvent, version: number): OrderEvent | null {
  const first = { aggregate: 'order', id: event.id, version, at: event.at } as const
  switch (event.type) {
    case 'granted': {
      const { home, fingerprint, data, expiresAt, stock } = event
      const lines = orderLines(event.lines)
      const deferred = stock === 'deferred'
      return { ...first, type: 'placed', home, fingerprint, lines, data, payBy: expiresAt, deferred }
    }
    case 'confirmed': {
      const { payment, late, lines } = event
      return { ...first, type: 'paid', payment, late, lines: orderLines(lines) }
    }
    case 'released':
      if (event.cause === 'rollback') return { ...first, type: 'rolled-back', reason: event.reason }
      return { ...first, type: 'cancelled', by: event.cause, reason: event.reason }
    case 'tombstoned':
      return { ...first, type: 'cancelled', by: event.cause, reason: event.reason }
    case 'expired':
      return { ...first, type: 'expired' }
    case 'refund-required':
      return { ...first, type: 'refund-required', payment: event.payment, why: event.why }
    case 'extended':
    case 'shrunk':
    case 'filled':
    case 'returned':
      return null
  }
}
