import type { OrderState, OrderStatus, ReservationState } from '@holdfast/core/adapter'
import { law } from './law-broken.js'

/** An order is its reservation as the buyer sees it. `null`: no order stands under the id. */
const SHOWN_AS: Readonly<Record<ReservationState['status'], readonly (OrderStatus | null)[]>> = {
  absent: [null, 'queued', 'rejected'],
  held: ['awaiting-payment'],
  deferred: ['awaiting-payment'],
  confirmed: ['paid', 'refunded'],
  released: ['cancelled', 'rolled-back', 'refund-required', 'refunded'],
  expired: ['expired'],
  'refund-required': ['refund-required', 'refunded'],
  // A rejected ticket that was cancelled and is submitted again is queued, to be rejected for good.
  tombstoned: [null, 'cancelled', 'rejected', 'queued'],
}

/** @throws LawBroken where an order is not what its reservation is */
export function checkOrder(id: string, reservation: ReservationState, order: OrderState | null): void {
  const found = () => ({ id, reservation, order })
  const shown = SHOWN_AS[reservation.status]
  law('an order is its reservation as its buyer sees it', shown.includes(order?.status ?? null), found)
  if (reservation.status === 'confirmed' && order !== null && 'payment' in order)
    law('L9 an order names the payment that it was sold to', order.payment === reservation.payment, found)
  if (reservation.status === 'held' && order?.status === 'awaiting-payment')
    law('an order shows its deadline', order.payBy === reservation.expiresAt, found)
}
