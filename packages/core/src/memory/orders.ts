import * as order from '../machines/order/index.js'
import type {
  OrderCommand,
  OrderEvent,
  OrderOutcome,
  OrderState,
  QueuedOrder,
} from '../machines/order/types.js'
import type { KnownReservation } from '../machines/reservation/types.js'
import type { ReservationEvent } from '../port/events.js'
import type { OrderPage, OrderQuery } from '../port/order-store.js'
import { pageOf } from './page.js'

/** Orders and their queue in maps. */
export class MemoryOrders {
  private readonly orders = new Map<string, OrderState>()
  /** Queued ids, oldest first, with the end of their lease. */
  private readonly queue = new Map<string, number>()

  /** Carries a reservation's event into its order. */
  readonly project = (event: ReservationEvent, after: KnownReservation): void => {
    const state = this.orders.get(event.id) ?? null
    const projected = order.project(event, after, state)
    if (projected !== null) this.evolve(state, projected)
  }

  apply(commands: readonly OrderCommand[], now: number): readonly OrderOutcome[] {
    return commands.map((command) => {
      let state = this.orders.get(command.id) ?? null
      const { events, outcome } = order.decide(command, state, now)
      for (const event of events) state = this.evolve(state, event)
      return outcome
    })
  }

  read(id: string): OrderState | null {
    return this.orders.get(id) ?? null
  }

  list(query: OrderQuery): OrderPage {
    const wanted = function* (orders: Iterable<OrderState>) {
      for (const one of orders) if (query.status === undefined || one.status === query.status) yield one
    }
    const { entries, cursor } = pageOf(wanted(this.orders.values()), query)
    return { orders: entries, cursor }
  }

  take(limit: number, leaseMs: number, now: number): readonly QueuedOrder[] {
    const taken: QueuedOrder[] = []
    for (const [id, leasedUntil] of this.queue) {
      if (taken.length === limit) break
      const state = this.orders.get(id)
      if (leasedUntil > now || state?.status !== 'queued') continue
      this.queue.set(id, now + leaseMs)
      taken.push(state)
    }
    return taken
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
