import { v4 as randomId } from 'uuid'
import type { Contender, Engine } from '../contender.js'
import { deskContender } from '../desk/desk-contender.js'
import { expireContender, settleContender } from '../desk/settle-contender.js'
import type { IdKind } from './ids.js'
import type { KeptOrders } from './kept-orders.js'
import type { Load } from './loaded-orders.js'

const MILLION = 1_000_000

/** A million orders, some of them due to be expired. */
export function millionOf(ids: IdKind, scale: number): Load {
  return { due: 0.3 * MILLION * scale, held: 0.7 * MILLION * scale, ids }
}

/** On two places with a million orders, which stay from turn to turn and are looked at row by row after the last one. */
export function millionContenders(
  engine: Engine,
  { minted, random }: { readonly minted: KeptOrders; readonly random: KeptOrders },
): readonly Contender[] {
  const on = (orders: KeptOrders) => ({
    engine,
    open: async () => {
      // Both are filled at the same time, when the first of them is needed.
      await Promise.all([minted.loaded(), random.loaded()])
      return orders.open()
    },
  })
  const audited = (orders: KeptOrders, contender: Contender, turns: Partial<Contender>): Contender => ({
    ...contender,
    ...turns,
    checkAtEnd: () => orders.audit(),
  })
  const sale = { mix: { skus: 1, linesPerOrder: 1 }, audits: false }
  return [
    audited(minted, deskContender({ ...on(minted), ...sale, name: 'coalesced (million)' }), {}),
    audited(
      random,
      deskContender({
        ...on(random),
        ...sale,
        name: 'coalesced (million, random ids)',
        newId: () => randomId(),
      }),
      HALF,
    ),
    ...[
      settleContender({
        ...on(minted),
        ...{ name: 'confirm (million)', becomes: 'sold', taker: () => minted.taker('first') },
        settle: (desk, orderId) => desk.recordPayment({ orderId, paymentId: `payment-of-${orderId}` }),
      }),
      settleContender({
        ...on(minted),
        ...{ name: 'release (million)', becomes: 'available', taker: () => minted.taker('last') },
        settle: (desk, orderId) => desk.cancel({ orderId, by: 'buyer' }),
      }),
      expireContender({ ...on(minted), name: 'expire (million)' }),
    ].map((contender) => audited(minted, contender, THRICE)),
  ]
}

/** Of a figure beside the main ones. */
const HALF = { timeShare: 0.5, mostRounds: 3 }
/** What is settled is used up: a million orders do for so many turns. */
const THRICE = { mostRounds: 3 }
