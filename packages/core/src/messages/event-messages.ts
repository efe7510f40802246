import type { CampaignEvent } from '../machines/campaign/types.js'
import type { CompensationEvent } from '../machines/compensation/types.js'
import type { OrderEvent, OrderLine } from '../machines/order/types.js'
import type { Granted, GrantedLine, ReservationEvent, StoreEvent } from '../port/events.js'
import type { Message } from '../port/message.js'

/** Everything that stores tell of. */
export type ToldEvent = StoreEvent | OrderEvent | CampaignEvent | CompensationEvent

const JSON_HEADERS = Object.freeze({ 'content-type': 'application/json' })

/**
 * An event as it is sent: its aggregate's key, its own fields with the version in front as JSON. What happens to a reservation
 * happens to its order: where it does, a second message follows, under the same id and `/order`.
 *
 * @param id partition/epoch/sequence/index
 * @param orderVersion the version of the order that a reservation's event made; `null` where its buyer sees no change
 */
export function messagesOfEvent(
  id: string,
  event: ToldEvent,
  orderVersion: number | null,
): readonly Message[] {
  const itself = messageOf(id, event)
  if (event.aggregate !== 'reservation' || orderVersion === null) return [itself]
  const order = orderEventOf(event, orderVersion)
  return order === null ? [itself] : [itself, messageOf(`${id}/order`, order)]
}

function messageOf(id: string, event: ToldEvent): Message {
  const { aggregate, at } = event
  const type = `${aggregate}.${event.type}`
  return {
    id,
    aggregate,
    key: aggregateIdOf(event),
    type,
    payload: payloadOf(event),
    at,
    headers: JSON_HEADERS,
  }
}

/** The id of the reservation, order, campaign or compensated order; of an account, `["sku","pool"]`. */
export function aggregateIdOf(event: ToldEvent): string {
  switch (event.aggregate) {
    case 'stock-account':
      return JSON.stringify([event.account.sku, event.account.pool])
    case 'compensation':
      return event.order
    default:
      return event.id
  }
}

/** What the message has attributes for is left out. Spelled out where every order comes by: copying field by field is slow. */
function payloadOf(event: ToldEvent): string {
  if (event.type === 'granted') return payloadOfGrant(event)
  if (event.type === 'placed') {
    const { version, home, fingerprint, lines, data, payBy, deferred } = event
    return JSON.stringify({ version, home, fingerprint, lines, data, payBy, deferred })
  }
  const { aggregate, version, at, type, ...fields } = event
  switch (aggregate) {
    case 'stock-account':
      return JSON.stringify({ version, ...fields })
    case 'compensation':
      return JSON.stringify({ version, ...fields, order: undefined })
    default:
      return JSON.stringify({ version, ...fields, id: undefined })
  }
}

function payloadOfGrant(event: Granted): string {
  const { version, home, stock, fingerprint, lines, uses, guards, strike, backorder } = event
  const { expiresAt, maxExpiresAt, data } = event
  return JSON.stringify({
    version,
    home,
    stock,
    fingerprint,
    lines,
    uses,
    guards,
    strike,
    backorder,
    expiresAt,
    maxExpiresAt,
    data,
  })
}

/** What a reservation's event is to the buyer of its order, under the order's own version; `null`: nothing. */
export function orderEventOf(event: ReservationEvent, version: number): OrderEvent | null {
  if (event.type === 'granted') return placedBy(event, version)
  const first = { aggregate: 'order', id: event.id, version, at: event.at } as const
  switch (event.type) {
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

function placedBy(
  { id, at, home, fingerprint, lines, data, expiresAt, stock }: Granted,
  version: number,
): OrderEvent {
  return {
    aggregate: 'order',
    id,
    version,
    at,
    type: 'placed',
    home,
    fingerprint,
    lines: orderLines(lines),
    data,
    payBy: expiresAt,
    deferred: stock === 'deferred',
  }
}

/** The lines as the buyer sees them: what was shrunk to nothing is gone. */
function orderLines(lines: readonly GrantedLine[]): readonly OrderLine[] {
  return lines.flatMap(({ account: { sku, pool }, quantity, owed, returned }) =>
    quantity > 0 ? [{ sku, pool, quantity, owed, returned }] : [],
  )
}
