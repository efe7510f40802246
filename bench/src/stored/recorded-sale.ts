import type { OrderDesk } from '@holdfast/core'
import { CALLERS } from '../desk/desk-contender.js'
import { answerOf, requestOf } from '../desk/shop-desk.js'
import { LawBroken } from '../law-broken.js'
import { OrderMix } from '../load/order-mix.js'

/** About as many orders as one turn of the limit writes; they are kept on disk from turn to turn. */
export const RECORDED_ORDERS = 100_000

/** Sells to distinct buyers through the desk, a full house of callers, while somebody writes down what that makes. */
export async function sellToRecord(
  desk: OrderDesk,
  firstBuyer: number,
  orders = RECORDED_ORDERS,
): Promise<void> {
  const mix = new OrderMix({ skus: 1, linesPerOrder: 1, onlyFresh: true, firstBuyer })
  let asked = 0
  const caller = async () => {
    while (asked < orders) {
      asked += 1
      if (answerOf(await desk.place(requestOf(mix.next(), null))) !== 'granted')
        throw new LawBroken('an order to be recorded was refused')
    }
  }
  await Promise.all(Array.from({ length: CALLERS }, caller))
}
