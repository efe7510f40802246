import type {
  KnownReservation,
  OrderState,
  OrderStatus,
  RefundCause,
  Refusal,
  ReleaseCause,
  Status,
} from '@holdfast/core/adapter'
import { type DecodedClaims, decodeClaims, orderLines } from './claims.js'

/**
 * One row per id: a reservation and its order, or a ticket that has no reservation yet. What was claimed is JSON in
 * `claims`, what belongs to one status alone in `ending`.
 */
export interface OrderRow {
  readonly id: string
  /** The reservation's; `null` where there is none. */
  readonly status: Status | null
  readonly version: number
  /** `null`: the id was released before it was known, and no order stands under it. */
  readonly orderStatus: OrderStatus | null
  readonly orderVersion: number
  readonly createdAt: number | null
  readonly reservedAt: number | null
  /** When a live hold ends; `null` for all others. */
  readonly dueAt: number | null
  /** From when on retention counts; `null` while it is live, queued, or still owed units. */
  readonly endedAt: number | null
  /** Place in the queue; `null` unless queued. */
  readonly queued: number | null
  readonly claims: string | null
  readonly ending: string | null
  /** Of a ticket: what the desk needs to place it. */
  readonly request: string | null
}

/** An order's row with the number that it bears in its table. */
export interface StoredOrderRow extends OrderRow {
  readonly number: number
}

/**
 * The column `ending`: the fields that a status has of its own, but for what the row tells anyway. An order that ends
 * must not outgrow the page that it lies on: that would change four pages where it now changes one.
 */
interface Ending {
  /** Where retention does not count from it. */
  readonly endedAt?: number
  readonly payment?: string | null
  readonly late?: boolean
  readonly cause?: ReleaseCause
  readonly reason?: string | null
  readonly why?: RefundCause
  /** Of a tombstone, which has no claims. */
  readonly home?: string
  readonly refusal?: Refusal
  /** The refund, and the payment that it gave back: another payment may have met the reservation since. */
  readonly refunded?: { readonly payment: string; readonly refund: string }
  /** By when an order was to be paid that no longer waits for it, unless that is what its grant said. */
  readonly payBy?: number | null
}

/** What a row tells beside its ending. */
interface ToldByRow {
  readonly endedAt: number | null
  /** The deadline of the grant in its claims. */
  readonly payBy: number | null
}

/** What an order's row says; its JSON is read once for the reservation and the order. */
export class DecodedOrder {
  private decodedClaims: DecodedClaims | null = null
  private readonly ending: Ending

  constructor(private readonly row: OrderRow) {
    this.ending = row.ending === null ? NOTHING : (JSON.parse(row.ending) as Ending)
  }

  reservation(): KnownReservation | undefined {
    const { row, ending } = this
    const { status, version } = row
    if (status === null) return undefined
    const endedAt = ending.endedAt ?? row.endedAt ?? 0
    if (status === 'tombstoned') {
      const { home = '', cause = 'rollback', reason = null } = ending
      return { status, version, home, cause, reason, endedAt }
    }
    const { home, fingerprint, lines, uses, guards, strike, backorder, data, maxExpiresAt } = this.claims()
    const claims = { home, fingerprint, lines, uses, guards, strike, backorder, data }
    const common = { ...claims, version, reservedAt: row.reservedAt ?? 0 }
    switch (status) {
      case 'held':
      case 'deferred':
        return { ...common, status, expiresAt: row.dueAt ?? 0, maxExpiresAt }
      case 'confirmed':
        return { ...common, status, payment: ending.payment ?? '', late: ending.late ?? false, endedAt }
      case 'expired':
        return { ...common, status, endedAt }
      case 'released': {
        const { cause = 'rollback', reason = null, payment = null } = ending
        return { ...common, status, cause, reason, payment, endedAt }
      }
      case 'refund-required': {
        const { payment = null, why = { kind: 'released' } } = ending
        return { ...common, status, payment: payment ?? '', why, endedAt }
      }
    }
  }

  order(): OrderState | null {
    const { row, ending } = this
    const { id, orderStatus: status, orderVersion: version } = row
    if (status === null) return null
    const { home, fingerprint, lines, data } = this.claims()
    const createdAt = row.createdAt ?? 0
    const payBy = ending.payBy === undefined ? this.grantedUntil() : ending.payBy
    const common = { id, version, home, fingerprint, lines: orderLines(lines), data, createdAt, payBy }
    const { payment = null, reason = null, cause = 'rollback' } = ending
    switch (status) {
      case 'queued':
        return { ...common, status, request: row.request ?? '' }
      case 'awaiting-payment':
        return { ...common, status, payBy: row.dueAt ?? 0, deferred: row.status === 'deferred' }
      case 'paid':
        return { ...common, status, payment: payment ?? '', late: ending.late ?? false }
      case 'rejected':
        return { ...common, status, refusal: ending.refusal ?? { kind: 'late' } }
      case 'cancelled':
        return { ...common, status, by: cause, reason }
      case 'expired':
        return { ...common, status }
      case 'rolled-back':
        return { ...common, status, reason, payment }
      case 'refund-required':
        return { ...common, status, payment: payment ?? '', why: ending.why ?? { kind: 'released' } }
      case 'refunded':
        return { ...common, status, ...(ending.refunded ?? { payment: '', refund: '' }) }
    }
  }

  /** The deadline that the grant gave; `null` where its claims were written anew since, or were never granted. */
  grantedUntil(): number | null {
    return this.row.claims === null ? null : this.claims().expiresAt
  }

  private claims(): DecodedClaims {
    this.decodedClaims ??= decodeClaims(this.row.claims ?? '')
    return this.decodedClaims
  }
}

const NOTHING: Ending = {}

export function encodeEnding(
  reservation: KnownReservation | undefined,
  order: OrderState | null,
  told: ToldByRow,
): string | null {
  const ending: Ending = { ...endingOfReservation(reservation, told), ...endingOfOrder(order, told) }
  return Object.keys(ending).length === 0 ? null : JSON.stringify(ending)
}

function endingOfReservation(state: KnownReservation | undefined, told: ToldByRow): Ending {
  if (state === undefined || state.status === 'held' || state.status === 'deferred') return {}
  const endedAt = state.endedAt === told.endedAt ? {} : { endedAt: state.endedAt }
  switch (state.status) {
    case 'confirmed':
      return { ...endedAt, payment: state.payment, ...(state.late && { late: true }) }
    case 'expired':
      return endedAt
    case 'released': {
      const { cause, reason, payment } = state
      return { ...endedAt, cause, ...(reason !== null && { reason }), ...(payment !== null && { payment }) }
    }
    case 'refund-required':
      return { ...endedAt, payment: state.payment, why: state.why }
    case 'tombstoned': {
      const { cause, reason, home } = state
      return { ...endedAt, cause, ...(reason !== null && { reason }), home }
    }
  }
}

function endingOfOrder(order: OrderState | null, told: ToldByRow): Ending {
  if (order === null || order.status === 'awaiting-payment') return {}
  return {
    ...(order.payBy !== told.payBy && { payBy: order.payBy }),
    ...(order.status === 'rejected' && { refusal: order.refusal }),
    ...(order.status === 'refunded' && { refunded: { payment: order.payment, refund: order.refund } }),
  }
}
