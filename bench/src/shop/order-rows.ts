import { createHash } from 'node:crypto'
import type { MixLine } from '../load/order-mix.js'
import { POOL } from './shop-schema.js'

export const RULE = 'two-each'
/** Units of one SKU that one buyer may have. */
export const MAX_EACH = 2
const HOLD_MS = 15 * 60 * 1000

/** An order as the shop's checkout hands it on. */
export interface ShopOrder {
  readonly id: string
  readonly buyer: string
  readonly lines: readonly MixLine[]
}

/** Every row of one order but the counters, ready to be inserted. */
export function rowsOf({ id, buyer, lines }: ShopOrder, now: number) {
  const expiresAt = now + HOLD_MS
  const data = JSON.stringify({ cart: id.slice(-12), channel: 'web', language: 'en' })
  const fingerprint = fingerprintOf(buyer, lines)
  return {
    reservation: { id, buyer, status: 'held', fingerprint, reserved_at: now, expires_at: expiresAt },
    lines: lines.map(({ sku, quantity }) => ({ reservation_id: id, sku, pool: POOL, quantity })),
    uses: lines.map(({ sku, quantity }) => ({ rule: RULE, buyer, sku, used: quantity })),
    guards: lines.map(({ sku }) => ({ buyer, sku, reservation_id: id, expires_at: expiresAt })),
    order: { id, buyer, status: 'awaiting-payment', data, placed_at: now, pay_by: expiresAt },
    ledger: lines.map(({ sku, quantity }) => ({
      ...{ sku, pool: POOL, reservation_id: id, cause: 'granted' },
      ...{ available: -quantity, reserved: quantity, at: now },
    })),
    outbox: {
      ...{ subject: id, type: 'reservation.granted', created_at: now, published_at: null },
      payload: payloadOf(id, buyer, fingerprint, lines, expiresAt, data),
    },
  }
}

export function fingerprintOf(buyer: string, lines: readonly MixLine[]): string {
  return createHash('sha256')
    .update(JSON.stringify([buyer, lines]))
    .digest('hex')
    .slice(0, 32)
}

/** About 300 bytes for an order of one line. */
function payloadOf(
  id: string,
  buyer: string,
  fingerprint: string,
  lines: readonly MixLine[],
  expiresAt: number,
  data: string,
): string {
  const granted = lines.map(({ sku, quantity }) => ({ sku, pool: POOL, quantity }))
  return JSON.stringify({
    id,
    buyer,
    fingerprint,
    stock: 'taken',
    lines: granted,
    expiresAt,
    data: JSON.parse(data),
  })
}
