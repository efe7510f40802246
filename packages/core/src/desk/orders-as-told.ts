import type { OrderLine, OrderState, OrderStatus } from '../machines/order/types.js'
import type { AccountKey, Units } from '../port/claims.js'
import type { Reserve } from '../port/commands.js'
import type { Outcome, RefundCause, Refusal } from '../port/outcomes.js'
import type { PlaceRefusal } from './refusals.js'

/** A number of units of one account, as a shop reads it. */
export interface UnitsOf extends AccountKey {
  readonly quantity: number
}

export function unitsAsTold(units: readonly Units[]): readonly UnitsOf[] {
  return units.map(({ account, quantity }) => ({ sku: account.sku, pool: account.pool, quantity }))
}

/** An order as a shop reads it. */
export interface Order {
  readonly id: string
  readonly status: OrderStatus
  /** Where it lies: worth keeping beside the order, for stores of many partitions. */
  readonly home: string
  readonly lines: readonly OrderLine[]
  /** The shop's own text. */
  readonly data: string | null
  /** When it was queued or placed. */
  readonly createdAt: Date
  /** By when it is, or was, to be paid; `null` as long as it was never placed. */
  readonly payBy: Date | null
  /** Whether units are taken at payment only; told while it awaits payment. */
  readonly deferred: boolean
  /** The payment, where there is one. */
  readonly paymentId: string | null
  /** The refund, once recorded. */
  readonly refundId: string | null
  /** Why it was cancelled or rolled back, in somebody's words. */
  readonly reason: string | null
  /** Who cancelled it. */
  readonly cancelledBy: 'buyer' | 'seller' | 'rollback' | null
  /** Why a submitted order was rejected: the reason that `place` would have told. */
  readonly rejected: PlaceRefusal['reason'] | null
  /** Why its payment must be given back. */
  readonly refundCause: RefundCause['kind'] | null
  /** Grows with every change. */
  readonly version: number
}

/** An order that stands: it may be paid, or is. */
export interface PlacedOrder {
  readonly id: string
  readonly status: 'awaiting-payment' | 'paid'
  readonly home: string
  readonly lines: readonly OrderLine[]
  /** By when it is, or was, to be paid. */
  readonly payBy: Date
  /** Units are taken at payment only. */
  readonly deferred: boolean
}

export function orderAsTold(state: OrderState): Order {
  const { id, status, home, lines, data, version } = state
  return {
    id,
    status,
    home,
    lines,
    data,
    version,
    createdAt: new Date(state.createdAt),
    payBy: state.payBy === null ? null : new Date(state.payBy),
    deferred: status === 'awaiting-payment' && state.deferred,
    paymentId: 'payment' in state ? state.payment : null,
    refundId: status === 'refunded' ? state.refund : null,
    reason: status === 'cancelled' || status === 'rolled-back' ? state.reason : null,
    cancelledBy: status === 'cancelled' ? state.by : null,
    rejected: status === 'rejected' ? rejectionAsTold(state.refusal.kind) : null,
    refundCause: status === 'refund-required' ? state.why.kind : null,
  }
}

/** As `place` would have told it: windows that pass are the desk's own matter. */
function rejectionAsTold(kind: Refusal['kind']): PlaceRefusal['reason'] {
  return kind === 'window-passed' ? 'late' : kind
}

/** A fresh grant, told without asking the store again. */
export function placedOrder(command: Reserve, granted: Extract<Outcome, { kind: 'granted' }>): PlacedOrder {
  const { units } = command.claims
  return {
    id: command.id,
    status: 'awaiting-payment',
    home: command.home,
    lines: units.map(({ account, quantity }) => ({
      sku: account.sku,
      pool: account.pool,
      quantity,
      owed: granted.owed.length === 0 ? 0 : owedOf(granted.owed, account),
      returned: 0,
    })),
    payBy: new Date(granted.expiresAt),
    deferred: granted.stock === 'deferred',
  }
}

function owedOf(owed: readonly Units[], account: Units['account']): number {
  return (
    owed.find((one) => one.account.sku === account.sku && one.account.pool === account.pool)?.quantity ?? 0
  )
}
