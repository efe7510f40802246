import type { DeskWorker } from '../desk/desk-worker.js'
import type { OrderDesk } from '../desk/order-desk.js'
import { orderOf, type VirtualClock } from '../desk/shop.test-support.js'
import type { Policy } from '../policy/types.js'

// A sale in which nearly everything happens that a store tells of.

const MINUTE = 60_000
export const policy: Policy = {
  holdFor: { minutes: 15 },
  limits: [{ id: 'two-each', per: 'user', scope: 'sku', max: 2 }],
  unpaidOrder: { per: 'user', scope: 'sku' },
  risk: { strikesFor: { days: 30 }, deferFrom: 1 },
  backorder: true,
}

export async function sell(
  desk: OrderDesk,
  clock: VirtualClock,
  worker: DeskWorker,
  owes = true,
): Promise<void> {
  for (const sku of ['A', 'B']) await desk.restock({ id: `in ${sku}`, sku, quantity: 40 })
  await desk.restock({ id: 'outlet', sku: 'A', pool: 'outlet', quantity: 0 })
  if (owes) await desk.configure({ sku: 'B', backorderLimit: 30 })
  for (let n = 0; n < 60; n++) {
    const lines = [{ sku: n % 3 === 0 ? 'A' : 'B', quantity: 1 + (n % 2) }]
    if (n % 5 === 0) lines.push({ sku: n % 3 === 0 ? 'B' : 'A', quantity: 1 })
    const placed = await desk.place(orderOf(`order ${n}`, `buyer ${n % 25}`, lines))
    if (!placed.ok) continue
    const of = { orderId: placed.id, home: placed.order.home }
    if (n % 4 === 0) await desk.recordPayment({ ...of, paymentId: `payment ${n}` })
    if (n % 4 === 1) await desk.cancel({ ...of, by: n % 8 === 1 ? 'buyer' : 'seller' })
    if (n % 4 === 2) await desk.extend({ ...of, by: { minutes: 5 } })
    if (n % 12 === 0) await desk.returnUnits({ ...of, id: `back ${n}`, lines: [{ sku: 'A', quantity: 1 }] })
    if (n % 7 === 0) clock.pass(MINUTE)
  }
  await desk.transfer({ id: 'moved', sku: 'A', from: 'default', to: 'outlet', quantity: 3 })
  await desk.tag({ buyer: { user: 'buyer 3' }, effect: 'refuse' })
  clock.pass(20 * MINUTE)
  await worker.runOnce().catch(() => worker.runOnce())
  await desk.adjust({ id: 'found', sku: 'B', delta: 15, cause: 'found' })
  await desk.recordPayment({ orderId: 'order 3', paymentId: 'late' })
}
