import type { OrderState } from '../machines/order/types.js'
import type { OrderStore } from '../port/order-store.js'
import { SharedReads } from '../shared-reads.js'

/**
 * The same orders: those that are asked for one by one at the same time are read together. A buyer who tries again is told his
 * order as it is now, and in a sale many do in one batch.
 */
export function ordersReadTogether(orders: OrderStore): OrderStore {
  const reads = new SharedReads<string, OrderState | null>((ids) => orders.readOrders(ids))
  return {
    applyToOrders: (commands) => orders.applyToOrders(commands),
    readOrders: (ids) => Promise.all(ids.map((id) => reads.read(id, id))),
    listOrders: (query) => orders.listOrders(query),
    takeQueued: (limit, leaseMs) => orders.takeQueued(limit, leaseMs),
  }
}
