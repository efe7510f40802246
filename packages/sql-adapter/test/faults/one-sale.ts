import { DeskWorker, OrderDesk } from '@holdfast/core'
import type { SqlStore } from '@holdfast/sql-adapter'

const HOUR = 3_600_000

/** Its SKU, of which ten units were put in. */
export const skuOf = (name: string) => `PHONE ${name}`
export const UNITS = 10

/** A clock that the sale moves: holds of an hour are due when it says so. */
export class SaleClock {
  readonly kind = 'virtual'
  private time = 1_000_000

  now(): number {
    return this.time
  }

  pass(ms: number): void {
    this.time += ms
  }
}

export const policy = {
  holdFor: { milliseconds: HOUR },
  limits: [{ id: 'lots', per: 'user', scope: 'sku', max: 9 }],
  unpaidOrder: { per: 'user', scope: 'shop' },
} as const

/**
 * Everything that a shop does once: an order is placed and paid, one cancelled, one left to expire, and the books are
 * reconciled. All of it under ids of the sale's own, so that it may be done again from its beginning.
 */
export async function sellOnce(store: SqlStore, clock: SaleClock, name: string): Promise<void> {
  const desk = new OrderDesk({ store, policy, deadline: { minutes: 5 } })
  const place = (what: string) =>
    desk.place({
      id: `${what} ${name}`,
      buyer: { user: `${what} ${name}` },
      lines: [{ sku: skuOf(name), quantity: 1 }],
    })
  await place('paid')
  await desk.recordPayment({ orderId: `paid ${name}`, paymentId: `payment of ${name}` })
  await place('cancelled')
  await desk.cancel({ orderId: `cancelled ${name}`, by: 'buyer' })
  await place('expired')
  clock.pass(2 * HOUR)
  await new DeskWorker(desk).runOnce()
  // A snapshot that loses its connection is gone; whoever reviews a plan asks for another.
  const { repairs, ...plan } = await desk.planReconciliation().catch(() => desk.planReconciliation())
  const own = repairs.filter(
    ({ correction }) => 'account' in correction && correction.account.sku === skuOf(name),
  )
  await desk.reconcile({ ...plan, repairs: own })
}
