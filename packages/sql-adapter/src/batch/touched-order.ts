import {
  type KnownReservation,
  type OrderEvent,
  type OrderState,
  order,
  type ReservationEvent,
} from '@holdfast/core/adapter'
import type { ChangedOrder } from '../dialects/work.js'
import { claimsOfOrder, claimsOfReservation, sameClaims } from '../rows/claims.js'
import { DecodedOrder, encodeEnding, type StoredOrderRow } from '../rows/order-row.js'

type Granted = Extract<ReservationEvent, { type: 'granted' }>

/** A reservation and its order under one id, as loaded and as changed since. */
export class TouchedOrder {
  reservation: KnownReservation | undefined
  isChanged = false
  /** The claims of `grant` as they were written into its event. */
  claimsOfGrant: string | null = null
  /** The id lapses: the row goes. */
  isForgotten = false
  /** The order, or the grant that it will be made of when it is looked at: most grants see nothing else. */
  private order: OrderState | Granted | null | undefined
  private queued: number | null
  private rejectedAt: number | null
  private hasNewClaims: boolean
  private readonly stored: DecodedOrder | null

  constructor(
    readonly id: string,
    readonly row: StoredOrderRow | null,
  ) {
    this.stored = row === null ? null : new DecodedOrder(row)
    this.reservation = this.stored?.reservation()
    this.order = row === null ? null : undefined
    this.queued = row?.queued ?? null
    this.rejectedAt = row?.endedAt ?? null
    this.hasNewClaims = row === null
  }

  /** The grant that a new row holds, if nothing has followed it. */
  get grant(): Granted | null {
    if (this.row !== null || !this.order || 'status' in this.order) return null
    return this.order
  }

  /**
   * Keeps what an event made of the reservation and carries it into the order. Returns the order's version, or `null`
   * where its buyer sees no change.
   */
  put(state: KnownReservation, event: ReservationEvent): number | null {
    if (event.type === 'granted' && this.order === null) {
      this.reservation = state
      this.order = event
      this.hasNewClaims = true
      return 1
    }
    const before = this.orderState()
    if (changesClaims(this.reservation, state)) this.hasNewClaims = true
    this.reservation = state
    const projected = order.project(event, state, before)
    if (projected === null) return null
    this.putOrder(projected, null)
    return projected.type === 'amended' ? null : projected.version
  }

  /** Keeps what an event made of a reservation that is no order. */
  putPiece(state: KnownReservation): void {
    if (changesClaims(this.reservation, state)) this.hasNewClaims = true
    this.reservation = state
  }

  /** `position`: the event's place in the outbox, which is a ticket's place in the queue. */
  putOrder(event: OrderEvent, position: number | null): void {
    const state = order.evolve(this.orderState(), event)
    this.order = state
    this.queued = state?.status === 'queued' ? position : null
    this.rejectedAt = event.type === 'rejected' ? event.at : null
    if (event.type === 'queued') this.hasNewClaims = true
  }

  orderState(): OrderState | null {
    if (this.order === undefined) this.order = this.stored?.order() ?? null
    if (this.order === null || 'status' in this.order) return this.order
    const granted = this.order
    // Nothing has happened since the grant, so that the reservation still is what the grant made.
    const placed = order.project(granted, this.reservation as KnownReservation, null) as OrderEvent
    this.order = order.evolve(null, placed)
    return this.order
  }

  changed(): ChangedOrder {
    const { id, reservation, row, hasNewClaims } = this
    const state = this.orderState()
    const endedAt = reservation === undefined ? this.rejectedAt : endedAtOf(reservation)
    const payBy = hasNewClaims ? null : (this.stored?.grantedUntil() ?? null)
    return {
      number: row?.number ?? null,
      hasNewClaims,
      row: {
        id,
        status: reservation?.status ?? null,
        version: reservation?.version ?? 0,
        orderStatus: state?.status ?? null,
        orderVersion: state?.version ?? 0,
        createdAt: state?.createdAt ?? null,
        reservedAt: reservation !== undefined && 'reservedAt' in reservation ? reservation.reservedAt : null,
        dueAt: reservation !== undefined && 'expiresAt' in reservation ? reservation.expiresAt : null,
        endedAt,
        queued: this.queued,
        claims: hasNewClaims ? claimsText(reservation, state) : (row?.claims ?? null),
        ending: encodeEnding(reservation, state, { endedAt, payBy }),
        request: state?.status === 'queued' ? state.request : null,
      },
    }
  }
}

/** When retention begins to count; `null` as long as the id is live or owed units. */
export function endedAtOf(state: KnownReservation): number | null {
  if (state.status === 'held' || state.status === 'deferred') return null
  const isOwed = state.status === 'confirmed' && state.lines.some((line) => line.owed > 0)
  return isOwed ? null : state.endedAt
}

function changesClaims(before: KnownReservation | undefined, after: KnownReservation): boolean {
  if (after.status === 'tombstoned') return false
  return before === undefined || before.status === 'tombstoned' || !sameClaims(before, after)
}

function claimsText(reservation: KnownReservation | undefined, state: OrderState | null): string | null {
  if (reservation !== undefined && reservation.status !== 'tombstoned')
    return claimsOfReservation(reservation)
  return state === null ? null : claimsOfOrder(state)
}
