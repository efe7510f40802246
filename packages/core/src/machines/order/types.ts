import type { Fingerprint } from '../../port/claims.js'
import type { ReleaseCause } from '../../port/commands.js'
import type { RefundCause, Refusal } from '../../port/outcomes.js'

/** A line as its buyer sees it. */
export interface OrderLine {
  readonly sku: string
  readonly pool: string
  readonly quantity: number
  /** Of these, units past stock that are still owed. */
  readonly owed: number
  /** Of these, units that came back. */
  readonly returned: number
}

interface Common {
  readonly id: string
  /** Grows with every change of the order; an event carries the version that it made. */
  readonly version: number
  readonly home: string
  readonly fingerprint: Fingerprint
  readonly lines: readonly OrderLine[]
  readonly data: string | null
  /** When it was queued or placed, store's clock. */
  readonly createdAt: number
  /** By when it is, or was, to be paid; `null` as long as it was never placed. */
  readonly payBy: number | null
}

/** A ticket: submitted, not yet decided. `request` is what the desk needs to place it (hashed subjects, no identity in the clear). */
export interface QueuedOrder extends Common {
  readonly status: 'queued'
  readonly request: string
}
export interface AwaitingPayment extends Common {
  readonly status: 'awaiting-payment'
  readonly payBy: number
  /** Units are taken at payment only. */
  readonly deferred: boolean
}
export interface PaidOrder extends Common {
  readonly status: 'paid'
  readonly payment: string
  readonly late: boolean
}
export interface RejectedOrder extends Common {
  readonly status: 'rejected'
  readonly refusal: Refusal
}
export interface CancelledOrder extends Common {
  readonly status: 'cancelled'
  readonly by: ReleaseCause
  readonly reason: string | null
}
export interface ExpiredOrder extends Common {
  readonly status: 'expired'
}
export interface RolledBackOrder extends Common {
  readonly status: 'rolled-back'
  readonly reason: string | null
  /** The payment, if there was one: it is to be refunded. */
  readonly payment: string | null
}
export interface RefundRequiredOrder extends Common {
  readonly status: 'refund-required'
  readonly payment: string
  readonly why: RefundCause
}
export interface RefundedOrder extends Common {
  readonly status: 'refunded'
  readonly payment: string
  readonly refund: string
}

export type OrderState =
  | QueuedOrder
  | AwaitingPayment
  | PaidOrder
  | RejectedOrder
  | CancelledOrder
  | ExpiredOrder
  | RolledBackOrder
  | RefundRequiredOrder
  | RefundedOrder

export type OrderStatus = OrderState['status']

/** Commands that touch no unit. What does comes from the reservation's events. */
export type OrderCommand =
  | {
      readonly kind: 'submit'
      readonly id: string
      readonly home: string
      readonly fingerprint: Fingerprint
      readonly lines: readonly OrderLine[]
      readonly data: string | null
      readonly request: string
    }
  | { readonly kind: 'reject'; readonly id: string; readonly refusal: Refusal }
  | { readonly kind: 'refund'; readonly id: string; readonly refund: string }

export type OrderOutcome =
  | { readonly kind: 'queued' }
  | { readonly kind: 'replayed'; readonly status: OrderStatus }
  | { readonly kind: 'id-reused'; readonly differs: readonly ('buyer' | 'lines')[] }
  /** The id was cancelled before it was known, or is taken by a reservation without an order. */
  | { readonly kind: 'tombstoned' }
  | { readonly kind: 'rejected' }
  | { readonly kind: 'refunded' }
  | { readonly kind: 'already'; readonly status: OrderStatus }
  /** Another refund stands on this order. */
  | { readonly kind: 'refund-differs'; readonly refund: string }
  | { readonly kind: 'not-paid'; readonly status: OrderStatus }
  | { readonly kind: 'unknown-id' }

interface OfOrder {
  readonly aggregate: 'order'
  readonly id: string
  readonly version: number
  readonly at: number
}

export type OrderEvent = OfOrder &
  (
    | {
        readonly type: 'queued'
        readonly home: string
        readonly fingerprint: Fingerprint
        readonly lines: readonly OrderLine[]
        readonly data: string | null
        readonly request: string
      }
    | {
        readonly type: 'placed'
        readonly home: string
        readonly fingerprint: Fingerprint
        readonly lines: readonly OrderLine[]
        readonly data: string | null
        readonly payBy: number
        readonly deferred: boolean
      }
    | { readonly type: 'rejected'; readonly refusal: Refusal }
    | {
        readonly type: 'paid'
        readonly payment: string
        readonly late: boolean
        readonly lines: readonly OrderLine[]
      }
    | { readonly type: 'cancelled'; readonly by: ReleaseCause; readonly reason: string | null }
    | { readonly type: 'expired' }
    | { readonly type: 'rolled-back'; readonly reason: string | null }
    | { readonly type: 'refund-required'; readonly payment: string; readonly why: RefundCause }
    | { readonly type: 'refunded'; readonly refund: string }
    /** Not published: the order's lines or deadline changed without a change of status. */
    | { readonly type: 'amended'; readonly lines: readonly OrderLine[]; readonly payBy: number | null }
  )
