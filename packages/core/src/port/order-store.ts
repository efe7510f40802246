import type { OrderCommand, OrderOutcome, OrderState } from '../machines/order/types.js'

export interface OrderQuery {
  readonly status?: OrderState['status']
  readonly cursor: string | null
  /** Most orders in the page. */
  readonly limit: number
}

export interface OrderPage {
  readonly orders: readonly OrderState[]
  readonly cursor: string | null
}

/**
 * Orders and their queue. What a reservation does to its order is projected by the store that keeps both, in the same
 * transaction; the commands here are those that touch no unit: queue, reject, refund.
 */
export interface OrderStore {
  /** One outcome per command, in order; each atomic, all at one instant of the store's clock. */
  applyToOrders(
    commands: readonly OrderCommand[],
  ): Promise<{ readonly now: number; readonly outcomes: readonly OrderOutcome[] }>
  readOrders(ids: readonly string[]): Promise<readonly (OrderState | null)[]>
  listOrders(query: OrderQuery): Promise<OrderPage>
  /** The oldest queued orders, leased for `leaseMs` so that no other worker takes them meanwhile. */
  takeQueued(limit: number, leaseMs: number): Promise<readonly Extract<OrderState, { status: 'queued' }>[]>
}
