import type { Call } from '../coalescer/coalescer.js'
import type { OrderCommand } from '../machines/order/types.js'
import type { OrderStore } from '../port/order-store.js'
import type { Chain } from './chain.js'

/** Orders as the ledger has them; one that it does not know may be on its way. */
export class ChainOrders implements OrderStore {
  constructor(
    private readonly chain: Chain,
    /** The ledger's. */
    private readonly orders: OrderStore,
    private readonly call: () => Call,
  ) {}

  async applyToOrders(commands: readonly OrderCommand[]) {
    // What is refunded was paid, in the fast store.
    if (commands.some(({ kind }) => kind === 'refund')) await this.chain.catchingUp.now(this.call())
    return this.orders.applyToOrders(commands)
  }

  async readOrders(ids: readonly string[]) {
    const found = await this.orders.readOrders(ids)
    if (!found.includes(null)) return found
    await this.chain.catchingUp.now(this.call())
    return this.orders.readOrders(ids)
  }

  listOrders(query: Parameters<OrderStore['listOrders']>[0]) {
    return this.orders.listOrders(query)
  }

  takeQueued(limit: number, leaseMs: number) {
    return this.orders.takeQueued(limit, leaseMs)
  }
}
