import type { OrderState, OrderStatus } from '../src/machines/order/types.js'

// One order in each of its states; `none`: no order stands under the id.

export const ORDER_LINES = [
  { sku: 'A', pool: 'north', quantity: 3, owed: 1, returned: 0 },
  { sku: 'B', pool: 'north', quantity: 2, owed: 0, returned: 0 },
]
export const FINGERPRINT = { buyer: 'ada', lines: 'three A, two B' }

const common = {
  id: 'o',
  version: 4,
  home: 'home',
  fingerprint: FINGERPRINT,
  lines: ORDER_LINES,
  data: 'note',
  createdAt: 10_000,
  payBy: 11_000,
}

export const orders = {
  none: null,
  queued: { ...common, status: 'queued', payBy: null, request: '{}' },
  'awaiting-payment': { ...common, status: 'awaiting-payment', deferred: false },
  paid: { ...common, status: 'paid', payment: 'pi', late: false },
  rejected: { ...common, status: 'rejected', payBy: null, refusal: { kind: 'late' } },
  cancelled: { ...common, status: 'cancelled', by: 'buyer', reason: null },
  expired: { ...common, status: 'expired' },
  'rolled-back': { ...common, status: 'rolled-back', reason: 'broken', payment: 'pi' },
  'refund-required': { ...common, status: 'refund-required', payment: 'pi', why: { kind: 'released' } },
  refunded: { ...common, status: 'refunded', payment: 'pi', refund: 're' },
} satisfies { readonly none: null } & {
  readonly [Status in OrderStatus]: Extract<OrderState, { status: Status }>
}

export type Standing = keyof typeof orders
export const STANDINGS = Object.keys(orders) as Standing[]
