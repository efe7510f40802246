import type { KnownReservation, ReservationEvent } from '@holdfast/core/adapter'
import type { ChangedOrder } from '../dialects/work.js'
import type { OrderRow, StoredOrderRow } from '../rows/order-row.js'
import { Deadlines, firstDue } from './deadlines.js'
import { TouchedOrder } from './touched-order.js'

/** Reservations and orders by id, as loaded and as changed since. */
export class TouchedOrders {
  private readonly entries = new Map<string, TouchedOrder>()
  private readonly touched: TouchedOrder[] = []
  /** Per event of a reservation, in their order: the version that it made of the order; `null` for no change. */
  readonly versions: (number | null)[] = []
  /** Those of loaded orders included. */
  readonly deadlines = new Deadlines()

  load(row: StoredOrderRow): void {
    if (this.entries.has(row.id)) return
    this.entries.set(row.id, new TouchedOrder(row.id, row))
  }

  get size(): number {
    return this.entries.size
  }

  has(id: string): boolean {
    return this.entries.has(id)
  }

  get(id: string): TouchedOrder | undefined {
    return this.entries.get(id)
  }

  reservation(id: string): KnownReservation | undefined {
    return this.entries.get(id)?.reservation
  }

  all(): Iterable<TouchedOrder> {
    return this.entries.values()
  }

  put(id: string, state: KnownReservation, event: ReservationEvent): void {
    this.versions.push(this.toChange(id).put(state, event))
  }

  /** A piece of an order, which is none itself. */
  putPiece(id: string, state: KnownReservation): void {
    this.toChange(id).putPiece(state)
    this.versions.push(null)
  }

  toChange(id: string): TouchedOrder {
    let entry = this.entries.get(id)
    if (entry === undefined) {
      entry = new TouchedOrder(id, null)
      this.entries.set(id, entry)
    }
    if (!entry.isChanged) {
      entry.isChanged = true
      this.touched.push(entry)
    }
    return entry
  }

  /** Live holds that are due, the longest due first: all that may be asked for were loaded before. */
  due(now: number, limit: number): readonly string[] {
    const due: [id: string, dueAt: number][] = []
    for (const { id, reservation } of this.entries.values()) {
      const expiresAt = deadlineOf(reservation)
      if (expiresAt !== null && expiresAt <= now) due.push([id, expiresAt])
    }
    return firstDue(due, limit)
  }

  /** Whether these are live holds that are due. */
  areDue(ids: readonly string[], now: number): boolean {
    return ids.every((id) => {
      const expiresAt = deadlineOf(this.reservation(id))
      return expiresAt !== null && expiresAt <= now
    })
  }

  nextDueAt(): number | null {
    let next = this.deadlines.next((id) => this.entries.has(id))
    for (const { reservation } of this.entries.values()) {
      const expiresAt = deadlineOf(reservation)
      if (expiresAt !== null && (next === null || expiresAt < next)) next = expiresAt
    }
    return next
  }

  /** The text of a grant's event is that of its claims. */
  grantWritten(id: string, claims: string): void {
    const entry = this.entries.get(id)
    if (entry !== undefined) entry.claimsOfGrant = claims
  }

  /** What is to be written: new rows that are nothing but a grant by themselves. */
  changed(): {
    readonly grants: readonly OrderRow[]
    readonly orders: readonly ChangedOrder[]
    readonly lapsed: readonly number[]
  } {
    const grants: OrderRow[] = []
    const orders: ChangedOrder[] = []
    const lapsed: number[] = []
    for (const entry of this.touched) {
      const { grant, row } = entry
      if (entry.isForgotten) {
        if (row !== null) lapsed.push(row.number)
      } else if (grant === null) orders.push(entry.changed())
      else {
        grants.push({
          id: grant.id,
          status: grant.stock === 'taken' ? 'held' : 'deferred',
          version: 1,
          orderStatus: 'awaiting-payment',
          orderVersion: 1,
          createdAt: grant.at,
          reservedAt: grant.at,
          dueAt: grant.expiresAt,
          endedAt: null,
          queued: null,
          claims: entry.claimsOfGrant,
          ending: null,
          request: null,
        })
      }
    }
    return { grants, orders, lapsed }
  }
}

function deadlineOf(state: KnownReservation | undefined): number | null {
  return state?.status === 'held' || state?.status === 'deferred' ? state.expiresAt : null
}
