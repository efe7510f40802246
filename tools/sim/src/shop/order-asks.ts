import type { Buyer, OrderRequest, RequestedLine } from '@holdfast/core'
import { law } from '../laws/law-broken.js'
import type { Chance } from '../world/chance.js'
import { type Ask, ask } from './ask.js'
import type { AskedOrder, OrdersAskedFor } from './orders-asked-for.js'
import { MINUTE } from './shop-rules.js'

export const SKUS = ['SHIRT', 'MUG', 'RARE'] as const
const BUYERS = 7
/** Orders from which the next buyers come: limits of a lifetime would else end every sale. */
const GENERATION = 15

/** What buyers ask for, and what is done with their orders. */
export class OrderAsks {
  private asked = 0

  constructor(
    private readonly chance: Chance,
    private readonly orders: OrdersAskedFor,
    private readonly hasPools: boolean,
  ) {}

  place(): Ask {
    const { order, request } = this.fresh()
    return ask(
      'place',
      request,
      (desk) => desk.place(request, { deadline: { seconds: 10 } }),
      (result) => {
        if (result.ok) {
          const placed = result.order.lines.reduce((sum, line) => sum + line.quantity, 0)
          const isWhole =
            result.replayed || placed === request.lines.reduce((sum, line) => sum + line.quantity, 0)
          law('an order is granted as it was asked for', isWhole, () => ({ request, result }))
          order.toldPlaced(result)
        } else if (result.reason === 'tombstoned') order.toldTombstoned()
      },
    )
  }

  submit(): Ask {
    const { request } = this.fresh()
    return ask('submit', request, (desk) => desk.submit(request))
  }

  /** The same id again, with other lines or another buyer. */
  reuse(order: AskedOrder): Ask {
    const request = { ...this.request(), id: order.id }
    return ask(
      'reuse an id',
      request,
      (desk) => desk.place(request),
      (result) => {
        const isOther = JSON.stringify(request) !== JSON.stringify(order.request)
        if (!isOther && result.ok) order.toldPlaced(result)
      },
    )
  }

  preview(): Ask {
    const request = this.request()
    return ask('preview', request, (desk) => desk.preview(request))
  }

  pay(order: AskedOrder): Ask {
    const { payments, id } = order
    if (payments.length === 0 || this.chance.perMille(80)) payments.push(`${id}-p${payments.length}`)
    const paymentId = this.chance.oneOf(payments)
    return ask(
      'pay',
      { id, paymentId },
      (desk) => desk.recordPayment({ ...order.named, paymentId }),
      (result) => {
        if (result.ok) order.toldPaid(paymentId)
        else if (result.reason === 'refund-required') order.toldToGiveBack(paymentId)
      },
    )
  }

  refund({ id, named }: AskedOrder): Ask {
    const refundId = `${id}-r${this.chance.perMille(100) ? 1 : 0}`
    return ask('refund', { id, refundId }, (desk) => desk.recordRefund({ ...named, refundId }))
  }

  cancel(order: AskedOrder): Ask {
    const by = this.chance.oneOf(['buyer', 'seller'] as const)
    const { id } = order
    order.mayBeCancelled = true
    return ask('cancel', { id, by }, (desk) => desk.cancel({ ...order.named, by }))
  }

  /** Undone before it was done: the order that comes later is refused. */
  cancelBefore(): Ask {
    const { order } = this.fresh()
    return this.cancel(order)
  }

  extend({ id, named }: AskedOrder): Ask {
    const by = { milliseconds: this.chance.between(1, 40 * MINUTE) }
    return ask(
      'extend',
      { id, by },
      (desk) => desk.extend({ ...named, by }),
      (result) => {
        law('an extended order has a deadline', !result.ok || result.payBy.getTime() > 0, () => ({
          id,
          result,
        }))
      },
    )
  }

  shrink({ id, named, request }: AskedOrder): Ask {
    const keep = request.lines
      .filter((_, index) => index === 0 || this.chance.perMille(500))
      .map((line) => ({ ...line, quantity: this.chance.between(1, line.quantity) }))
    return ask('shrink', { id, keep }, (desk) => desk.shrink({ ...named, keep }))
  }

  returnUnits({ id, named, request, returns }: AskedOrder): Ask {
    const returned =
      returns.length > 0 && this.chance.perMille(300)
        ? this.chance.oneOf(returns)
        : `${id}-b${returns.length}`
    if (!returns.includes(returned)) returns.push(returned)
    const [{ sku, quantity, ...where }] = request.lines as [RequestedLine]
    const lines = [{ sku, quantity: this.chance.between(1, quantity), ...where }]
    const restock = this.chance.perMille(600)
    return ask('return', { id, returned, lines, restock }, (desk) =>
      desk.returnUnits({ ...named, id: returned, lines, restock }),
    )
  }

  rollBack(order: AskedOrder): Ask {
    order.mayBeRolledBack = true
    const { id } = order
    return ask('roll back', { id }, (desk) => desk.rollBack({ ...order.named, reason: 'not to be had' }))
  }

  resume({ id }: AskedOrder): Ask {
    return ask('resume', { id }, (desk) => desk.resume(id))
  }

  look({ id, request }: AskedOrder): Ask {
    const { buyer } = request
    switch (this.chance.between(0, 4)) {
      case 0:
        return ask('look at a ticket', { id }, (desk) => desk.ticket(id, { buyer }))
      case 1:
        return ask('look at an order', { id }, (desk) => desk.order(id))
      case 2:
        return ask('look at limits', { buyer }, (desk) => desk.limits({ buyer, skus: [...SKUS] }))
      case 3:
        return ask('look at a compensation', { id }, (desk) => desk.compensation(id))
      default:
        return ask('list orders', null, (desk) => desk.orders({ limit: 5 }))
    }
  }

  private fresh() {
    const request = { ...this.request(), id: this.orders.nextId() }
    return { order: this.orders.add(request), request }
  }

  private request(): OrderRequest {
    const { chance } = this
    const lines: RequestedLine[] = []
    // All of them or none: what is to be returned names no pool either.
    const pool = this.hasPools && chance.perMille(60) ? { pool: 'us' } : {}
    for (let count = chance.oneOf([1, 1, 1, 2, 3]); count > 0; count--) {
      lines.push({ sku: chance.oneOf(SKUS), quantity: chance.oneOf([1, 1, 1, 2, 3]), ...pool })
    }
    return {
      buyer: this.buyer(),
      lines,
      ...(chance.perMille(150) ? { campaign: chance.oneOf(['spring', 'summer']) } : {}),
      ...(chance.perMille(60) ? { stock: 'defer' as const } : {}),
      ...(chance.perMille(30) ? { data: 'a card with it' } : {}),
    }
  }

  buyer(): Buyer {
    const { chance } = this
    const number = Math.floor(this.asked++ / GENERATION) + chance.between(0, BUYERS - 1)
    const region = this.hasPools ? chance.oneOf([undefined, 'eu', 'us', 'us', 'mars']) : undefined
    return {
      user: `u${number}`,
      // Two spellings of one number, and neighbours who share one.
      phone: chance.perMille(500) ? `+4930${1_000_000 + (number >> 1)}` : `030 ${1_000_000 + (number >> 1)}`,
      ...(region === undefined ? {} : { region }),
    }
  }
}
