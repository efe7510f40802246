import type { ReservationEvent } from '../../port/events.js'
import { unreachable } from '../decider.js'
import type { KnownReservation } from '../reservation/types.js'
import type { OrderEvent, OrderLine, OrderState } from './types.js'

/**
 * What a reservation's event is to its order: an order is its reservation as the buyer sees it.
 * `after` is the reservation that the event made, `order` the order before it; `null` where the order does not change.
 */
export function project(
  event: ReservationEvent,
  after: KnownReservation,
  order: OrderState | null,
): OrderEvent | null {
  const version = order === null ? 1 : order.version + 1
  // Spelled out where every order comes by: V8 makes an object that is spread field by field.
  if (event.type === 'granted') {
    const { id, at, home, fingerprint, data, expiresAt, stock } = event
    if (after.status === 'tombstoned') return null
    return {
      aggregate: 'order',
      id,
      version,
      at,
      type: 'placed',
      home,
      fingerprint,
      lines: orderLines(after),
      data,
      payBy: expiresAt,
      deferred: stock === 'deferred',
    }
  }
  const { id, at } = event
  const first = { aggregate: 'order', id, version, at } as const
  if (event.type === 'tombstoned') {
    // A ticket that was cancelled before it was decided.
    if (order?.status !== 'queued') return null
    return { ...first, type: 'cancelled', by: event.cause, reason: event.reason }
  }
  if (after.status === 'tombstoned') return null
  const lines = orderLines(after)
  if (order === null) return null
  // Nothing follows a refund but what happens to the goods.
  if (order.status === 'refunded') return { ...first, type: 'amended', lines, payBy: null }
  switch (event.type) {
    case 'confirmed':
      return {
        aggregate: 'order',
        id,
        version,
        at,
        type: 'paid',
        payment: event.payment,
        late: event.late,
        lines,
      }
    case 'released':
      if (event.cause === 'rollback') return { ...first, type: 'rolled-back', reason: event.reason }
      return { aggregate: 'order', id, version, at, type: 'cancelled', by: event.cause, reason: event.reason }
    case 'expired':
      return { aggregate: 'order', id, version, at, type: 'expired' }
    case 'refund-required':
      return { ...first, type: 'refund-required', payment: event.payment, why: event.why }
    case 'extended':
      return { ...first, type: 'amended', lines, payBy: event.expiresAt }
    case 'shrunk':
    case 'filled':
    case 'returned':
      return { ...first, type: 'amended', lines, payBy: null }
    default:
      return unreachable(event)
  }
}

function orderLines(state: Exclude<KnownReservation, { status: 'tombstoned' }>): readonly OrderLine[] {
  const lines: OrderLine[] = []
  for (const { account, quantity, owed, returned } of state.lines) {
    if (quantity > 0) lines.push({ sku: account.sku, pool: account.pool, quantity, owed, returned })
  }
  return lines
}
