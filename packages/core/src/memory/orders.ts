import * as order from '../machines/order/index.js'
import type {
  OrderCommand,
  OrderEvent,
  OrderOutcome,
  OrderState,
  QueuedOrder,
} from '../machines/order/types.js'
import * as reservation from '../machines/reservation/index.js'
import type { KnownReservation } from '../machines/reservation/types.js'
import type { Granted, ReservationEvent } from '../port/events.js'
import type { OrderPage, OrderQuery } from '../port/order-store.js'
import { pageOf } from './page.js'

/** Orders and their queue in maps. */
export class MemoryOrders {
  /** Each order, or the grant that it will be made of when somebody looks at it: most are never looked at. */
  private readonly orders = new Map<string, OrderState | Granted>()
  /** Queued ids, oldest first, with the end of their lease. */
  private readonly queue = new Map<string, number>()

  /** Carries a reservation's event into its order. */
  readonly project = (event: ReservationEvent, after: KnownReservation): void => {
    if (event.type === 'granted' && !this.orders.has(event.id)) {
      this.orders.set(event.id, event)
      return
    }
    const state = this.read(event.id)
    const projected = order.project(event, after, state)
    if (projected !== null) this.evolve(state, projected)
  }

  apply(commands: readonly OrderCommand[], now: number): readonly OrderOutcome[] {
    return commands.map((command) => {
      let state = this.read(command.id)
      const { events, outcome } = order.decide(command, state, now)
      for (const event of events) state = this.evolve(state, event)
      return outcome
    })
  }

  read(id: string): OrderState | null {
    const known = this.orders.get(id)
    if (known === undefined) return null
    if ('status' in known) return known
    const after = reservation.evolve(reservation.ABSENT, known)
    const placed = after.status === 'absent' ? null : order.project(known, after, null)
    return placed === null ? null : this.evolve(null, placed)
  }

  list(query: OrderQuery): OrderPage {
    const { entries, cursor } = pageOf(this.wanted(query.status), query)
    return { orders: entries, cursor }
  }

  take(limit: number, leaseMs: number, now: number): readonly QueuedOrder[] {
    const taken: QueuedOrder[] = []
    for (const [id, leasedUntil] of this.queue) {
      if (taken.length === limit) break
      const state = this.read(id)
      if (leasedUntil > now || state?.status !== 'queued') continue
      this.queue.set(id, now + leaseMs)
      taken.push(state)
    }
    return taken
  }

  private *wanted(status: OrderState['status'] | undefined): Iterable<OrderState> {
    for (const id of this.orders.keys()) {
      const state = this.read(id)
      if (state !== null && (status === undefined || state.status === status)) yield state
    }
  }

  forget(id: string): void {
    this.orders.delete(id)
  }

  private evolve(state: OrderState | null, event: OrderEvent): OrderState | null {
    const next = order.evolve(state, event)
    if (next !== null) this.orders.set(next.id, next)
    if (next?.status === 'queued') this.queue.set(next.id, 0)
    else if (state?.status === 'queued') this.queue.delete(state.id)
    return next
  }
}
