import type { OrderCommand } from '@holdfast/core/adapter'
import { claimsOf, type ReserveDetails } from '../scenario/commands.js'

/** A ticket for what a reserve with these details would ask. */
export function submit(id: string, details: ReserveDetails = {}): Extract<OrderCommand, { kind: 'submit' }> {
  const { fingerprint, units } = claimsOf(details)
  const lines = units.map(({ account: { sku, pool }, quantity }) => ({
    sku,
    pool,
    quantity,
    owed: 0,
    returned: 0,
  }))
  const { data = null } = details
  return {
    kind: 'submit',
    id,
    home: 'home',
    fingerprint,
    lines,
    data,
    request: `{"id":${JSON.stringify(id)}}`,
  }
}

export function reject(id: string): OrderCommand {
  return { kind: 'reject', id, refusal: { kind: 'late' } }
}

export function refund(id: string, refundId = 'refund'): OrderCommand {
  return { kind: 'refund', id, refund: refundId }
}
