import { CANCELLED_AFTER, EXPIRES_AFTER, type Fate, PAID_AFTER, type PlannedOrder } from '../plan/plan.js'

/** What is still to happen to an order that was granted. */
export interface Step {
  /** Ms since the epoch. */
  readonly at: number
  readonly order: PlannedOrder
}

const AFTER: Readonly<Record<Fate, number>> = {
  paid: PAID_AFTER,
  cancelled: CANCELLED_AFTER,
  expired: EXPIRES_AFTER,
}

/**
 * The steps to come, earliest first, at one instant by the orders' positions. Every fate waits equally long, so that
 * each has its steps in time order by itself: the next one is at the head of one of three queues.
 */
export class Agenda {
  private readonly queues: Readonly<Record<Fate, Step[]>> = { paid: [], cancelled: [], expired: [] }
  private readonly heads: Record<Fate, number> = { paid: 0, cancelled: 0, expired: 0 }

  /** Orders are added in the order of placing. */
  add(order: PlannedOrder): void {
    this.queues[order.fate].push({ at: order.placedAt + AFTER[order.fate], order })
  }

  /** Takes the next step that is due at `now` or was before. */
  takeDue(now: number): Step | null {
    let next: Step | null = null
    for (const fate of ['paid', 'cancelled', 'expired'] as const) {
      const head = this.queues[fate][this.heads[fate]]
      if (head !== undefined && head.at <= now && (next === null || goesBefore(head, next))) next = head
    }
    if (next !== null) this.heads[next.order.fate] += 1
    return next
  }
}

function goesBefore(one: Step, other: Step): boolean {
  return one.at < other.at || (one.at === other.at && one.order.position < other.order.position)
}
