import {
  type KnownReservation,
  type OrderCommand,
  type OrderEvent,
  type OrderOutcome,
  type OrderState,
  order,
  type QueuedOrder,
  type ReservationEvent,
} from '@holdfast/core/adapter'
import type { ReferencePartition } from '../reference/reference-partition.js'

interface Ticket {
  readonly id: string
  leasedUntil: number
}

/** What an order store must answer and keep: core's rules over a map, beside the reservations that make orders. */
export class ReferenceOrders {
  readonly orders = new Map<string, OrderState>()
  /** Tickets, the oldest first. */
  private queue: Ticket[] = []

  constructor(private readonly reservations: ReferencePartition) {
    reservations.onEvent = (event, after) => this.project(event, after)
  }

  apply(commands: readonly OrderCommand[], now: number): readonly OrderOutcome[] {
    return commands.map((command) => {
      const state = this.orders.get(command.id) ?? null
      const isReserved = this.reservations.reservation(command.id) !== undefined
      const { events, outcome } = order.decide(command, state, now, isReserved)
      for (const event of events) this.evolve(event)
      return outcome
    })
  }

  take(limit: number, leaseMs: number, now: number): readonly QueuedOrder[] {
    const free = this.queue.filter((ticket) => ticket.leasedUntil <= now).slice(0, limit)
    return free.flatMap((ticket) => {
      ticket.leasedUntil = now + leaseMs
      const state = this.orders.get(ticket.id)
      return state?.status === 'queued' ? [state] : []
    })
  }

  private project(event: ReservationEvent, after: KnownReservation): void {
    const projected = order.project(event, after, this.orders.get(event.id) ?? null)
    if (projected !== null) this.evolve(projected)
  }

  private evolve(event: OrderEvent): void {
    const before = this.orders.get(event.id) ?? null
    const next = order.evolve(before, event)
    if (next === null) return
    this.orders.set(next.id, next)
    if (before?.status === 'queued') this.queue = this.queue.filter((ticket) => ticket.id !== next.id)
    if (next.status === 'queued') this.queue.push({ id: next.id, leasedUntil: 0 })
  }
}
