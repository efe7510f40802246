import type { HoldfastError } from '../errors.js'
import { type TicketQuery, ticketSchema } from '../input/buyer.js'
import { idSchema } from '../input/fields.js'
import { type OrdersQuery, ordersSchema } from '../input/listing.js'
import type { OrderRequest } from '../input/order.js'
import { parse } from '../input/parse.js'
import { checkedOrder } from '../input/plain-order.js'
import type { QueuedOrder } from '../machines/order/types.js'
import type { OrderToReserve } from '../policy/compiled-policy.js'
import { errorAsTold } from './calls-under-way.js'
import { type Order, orderAsTold } from './orders-as-told.js'
import { callOf, type DeskParts, ordersOf } from './parts.js'
import type { Placing } from './placing.js'

export type SubmitResult =
  | {
      readonly ok: true
      /** What to ask with: the order's id. */
      readonly ticket: string
      /** It was submitted before. */
      readonly replayed: boolean
    }
  | {
      readonly ok: false
      readonly id: string
      readonly reason: 'id-reused'
      readonly differs: readonly ('buyer' | 'lines')[]
    }
  /** It was cancelled before it came. */
  | { readonly ok: false; readonly id: string; readonly reason: 'tombstoned' }

export type TicketResult =
  | { readonly ok: true; readonly order: Order }
  /** No such ticket, or another buyer's. */
  | { readonly ok: false; readonly reason: 'unknown-ticket' }

/** How long a worker has a queued order to itself, ms. */
const LEASE_MS = 30_000

/** Orders submitted for later, and their decision in turn. */
export class Tickets {
  constructor(
    private readonly parts: DeskParts,
    private readonly placing: Placing,
  ) {}

  async submit(order: OrderRequest): Promise<SubmitResult> {
    const request = this.placing.request(checkedOrder(order), null)
    try {
      return await this.queue(request)
    } catch (error) {
      throw errorAsTold(error, request.id)
    }
  }

  private async queue(request: OrderToReserve): Promise<SubmitResult> {
    const { claims, home, id } = await this.placing.firstCommand(request, callOf(this.parts))
    const lines = claims.units.map(({ account, quantity }) => ({
      ...account,
      quantity,
      owed: 0,
      returned: 0,
    }))
    const { outcomes } = await ordersOf(this.parts).applyToOrders([
      {
        kind: 'submit',
        id,
        home,
        fingerprint: claims.fingerprint,
        lines,
        data: request.data,
        request: JSON.stringify(request),
      },
    ])
    const [outcome] = outcomes
    switch (outcome?.kind) {
      case 'queued':
        return { ok: true, ticket: id, replayed: false }
      case 'replayed':
        return { ok: true, ticket: id, replayed: true }
      case 'id-reused':
        return { ok: false, id, reason: 'id-reused', differs: outcome.differs }
      default:
        return { ok: false, id, reason: 'tombstoned' }
    }
  }

  async ticket(ticket: string, query: TicketQuery): Promise<TicketResult> {
    const id = parse(idSchema, ticket, 'ticket')
    const { buyer } = parse(ticketSchema, query, 'query')
    const [order] = await ordersOf(this.parts).readOrders([id])
    const asker = this.parts.policy.subjects(buyer).user
    if (!order || order.fingerprint.buyer !== asker) return { ok: false, reason: 'unknown-ticket' }
    return { ok: true, order: orderAsTold(order) }
  }

  async order(id: string): Promise<Order | null> {
    const [order] = await ordersOf(this.parts).readOrders([parse(idSchema, id, 'id')])
    return order ? orderAsTold(order) : null
  }

  async orders(query: OrdersQuery = {}) {
    const { status, cursor = null, limit = 100 } = parse(ordersSchema, query, 'query')
    const page = await ordersOf(this.parts).listOrders({
      cursor,
      limit,
      ...(status === undefined ? {} : { status }),
    })
    return { orders: page.orders.map(orderAsTold), cursor: page.cursor }
  }

  /**
   * Decides the oldest queued orders, at most `limit`. One that cannot be decided keeps nobody else waiting: it is
   * taken again when its lease is over. Returns how many were decided, and what the others failed with.
   */
  async decide(
    limit: number,
  ): Promise<{ readonly decided: number; readonly failures: readonly HoldfastError[] }> {
    const queued = await ordersOf(this.parts).takeQueued(limit, LEASE_MS)
    // Sent together and in their order: they share batches, and the coalescer keeps them in line.
    const failures: HoldfastError[] = []
    const decisions = queued.map((order) =>
      this.decideOne(order).catch((error: unknown) => failures.push(errorAsTold(error, order.id))),
    )
    await Promise.all(decisions)
    return { decided: queued.length - failures.length, failures }
  }

  private async decideOne(queued: QueuedOrder): Promise<void> {
    const request = JSON.parse(queued.request) as OrderToReserve
    const refusal = await this.placing.refusalOf(request, callOf(this.parts))
    if (refusal === null) return
    await ordersOf(this.parts).applyToOrders([{ kind: 'reject', id: queued.id, refusal }])
  }
}
