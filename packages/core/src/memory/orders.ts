import * as order from '../machines/order/index.js'
import type {
  OrderCommand,
  OrderEvent,
  OrderOutcome,
  OrderState,
  QueuedOrder,
} from '../machines/order/types.js'
import { fromGrant } from '../machines/reservation/evolve.js'
import { isPieceId } from '../partition/piece-names.js'
import type { Granted } from '../port/events.js'
import type { OrderPage, OrderQuery } from '../port/order-store.js'
import { pageOf } from './page.js'
import type { Project } from './partition.js'
import type { Reservations } from './reservations.js'

/** What orders need to see of their reservations. */
type SeenByOrders = Pick<Reservations, 'has' | 'grant' | 'ids'>

/**
 * Orders and their queue in maps. An order whose reservation was granted and has not changed since is not kept: it is
 * made of the reservation when somebody looks at it.
 */
export class MemoryOrders {
  private readonly orders = new Map<string, OrderState>()
  /** Queued ids, oldest first, with the end of their lease. */
  private readonly queue = new Map<string, number>()
  /** Rejected tickets in the order of their rejection, for retention. */
  private readonly rejected: { readonly id: string; readonly version: number; readonly at: number }[] = []

  constructor(private readonly reservations: SeenByOrders) {}

  readonly project: Project = (event, granted, after) => {
    // A piece is no order: the whole, at its home, is.
    if (isPieceId(event.id)) return
    const known = this.orders.get(event.id)
    if (event.type === 'granted' && known === undefined) return
    const state = known ?? (granted === undefined ? null : placed(granted))
    const projected = order.project(event, after, state)
    if (projected !== null) this.evolve(state, projected)
  }

  apply(commands: readonly OrderCommand[], now: number): readonly OrderOutcome[] {
    return commands.map((command) => {
      let state = this.read(command.id)
      const { events, outcome } = order.decide(command, state, now, this.reservations.has(command.id))
      for (const event of events) state = this.evolve(state, event)
      return outcome
    })
  }

  read(id: string): OrderState | null {
    const known = this.orders.get(id)
    if (known !== undefined) return known
    const granted = isPieceId(id) ? undefined : this.reservations.grant(id)
    return granted === undefined ? null : placed(granted)
  }

  list(query: OrderQuery): OrderPage {
    const { status } = query
    const isWanted = (state: OrderState) => status === undefined || state.status === status
    const { entries, cursor } = pageOf(this.all(), query, isWanted)
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

  private *all(): Iterable<OrderState> {
    for (const id of this.ids()) {
      const state = this.read(id)
      if (state !== null) yield state
    }
  }

  private *ids(): Iterable<string> {
    yield* this.reservations.ids()
    for (const id of this.orders.keys()) if (!this.reservations.has(id)) yield id
  }

  forget(id: string): void {
    this.orders.delete(id)
  }

  /** Forgets at most `most` tickets that were rejected at `before` or earlier: no reservation forgets them. */
  forgetRejected(before: number, most: number): void {
    let passed = 0
    for (; passed < Math.min(this.rejected.length, most); passed++) {
      const { id, version, at } = this.rejected[passed] as (typeof this.rejected)[number]
      if (at > before) break
      const state = this.orders.get(id)
      // It may have been submitted again since.
      if (state?.status === 'rejected' && state.version === version) this.orders.delete(id)
    }
    if (passed > 0) this.rejected.splice(0, passed)
  }

  private evolve(state: OrderState | null, event: OrderEvent): OrderState | null {
    const next = order.evolve(state, event)
    if (next !== null) this.orders.set(next.id, next)
    if (event.type === 'rejected') this.rejected.push({ id: event.id, version: event.version, at: event.at })
    if (next?.status === 'queued') this.queue.set(next.id, 0)
    else if (state?.status === 'queued') this.queue.delete(state.id)
    return next
  }
}

/** The order of a reservation that was granted and nothing more. */
function placed(granted: Granted): OrderState | null {
  const event = order.project(granted, fromGrant(granted), null)
  return event === null ? null : order.evolve(null, event)
}
