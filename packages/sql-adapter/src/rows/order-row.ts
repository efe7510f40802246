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
    const reservedAt = row.reservedAt ?? 0
    // Spelled out, as every order is read so when it ends: V8 makes what is spread field by field.
    if (status === 'held' || status === 'deferred') {
      return {
        status,
        version,
        home,
        fingerprint,
        lines,
        uses,
        guards,
        strike,
        backorder,
        data,
        reservedAt,
        expiresAt: row.dueAt ?? 0,
        maxExpiresAt,
      }
    }
    const claims = { home, fingerprint, lines, uses, guards, strike, backorder, data }
    const common = { ...claims, version, reservedAt }
    switch (status) {
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
    if (status === 'awaiting-payment') {
      return {
        status,
        id,
        version,
        home,
        fingerprint,
        lines: orderLines(lines),
        data,
        createdAt,
        payBy: row.dueAt ?? 0,
        deferred: row.status === 'deferred',
      }
    }
    const payBy = ending.payBy === undefined ? this.grantedUntil() : ending.payBy
    const common = { id, version, home, fingerprint, lines: orderLines(lines), data, createdAt, payBy }
    const { payment = null, reason = null, cause = 'rollback' } = ending
    switch (status) {
      case 'queued':
        return { ...common, status, request: row.request ?? '' }
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
  const ending: Writable<Ending> = {}
  if (reservation !== undefined) addEndingOfReservation(reservation, told, ending)
  if (order !== null) addEndingOfOrder(order, told, ending)
  const text = JSON.stringify(ending)
  return text === '{}' ? null : text
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] }

function addEndingOfReservation(state: KnownReservation, told: ToldByRow, ending: Writable<Ending>): void {
  if (state.status === 'held' || state.status === 'deferred') return
  if (state.endedAt !== told.endedAt) ending.endedAt = state.endedAt
  switch (state.status) {
    case 'confirmed':
      ending.payment = state.payment
      if (state.late) ending.late = true
      return
    case 'expired':
      return
    case 'released':
      ending.cause = state.cause
      if (state.reason !== null) ending.reason = state.reason
      if (state.payment !== null) ending.payment = state.payment
      return
    case 'refund-required':
      ending.payment = state.payment
      ending.why = state.why
      return
    case 'tombstoned':
      ending.cause = state.cause
      if (state.reason !== null) ending.reason = state.reason
      ending.home = state.home
  }
}

function addEndingOfOrder(order: OrderState, told: ToldByRow, ending: Writable<Ending>): void {
  if (order.status === 'awaiting-payment') return
  if (order.payBy !== told.payBy) ending.payBy = order.payBy
  if (order.status === 'rejected') ending.refusal = order.refusal
  if (order.status === 'refunded') ending.refunded = { payment: order.payment, refund: order.refund }
}
