import { DeskWorker, OrderDesk, type Policy } from '@holdfast/core'
import { SqlStore } from '@holdfast/sql-adapter'
import type { Knex } from 'knex'

const policy: Policy = {
  holdFor: { minutes: 15 },
  extendUpTo: { minutes: 30 },
  limits: [{ id: 'two-each', per: 'user', scope: 'sku', max: 2 }],
  unpaidOrder: { per: 'user', scope: 'sku' },
}

/** What is in stock when the shop opens for the first time. */
const DELIVERIES = [
  { id: 'opening-phone', sku: 'PHONE', quantity: 3 },
  { id: 'opening-case', sku: 'CASE', quantity: 100 },
  { id: 'opening-badge', sku: 'BADGE', quantity: 50 },
]

/** The desk on the shop's own database, and the worker that expires what nobody paid. */
export async function openDesk(db: Knex): Promise<{ desk: OrderDesk; worker: DeskWorker }> {
  const store = new SqlStore(db, { tablePrefix: 'holdfast_' })
  await store.migrate()
  const desk = new OrderDesk({ store, policy })
  // Under the same ids after every start: what was delivered is not delivered again.
  for (const delivery of DELIVERIES) await desk.restock(delivery)
  const worker = new DeskWorker(desk, {
    notify: ({ order, reason }) => console.log(`tell the buyer of ${order.id}: rolled back, ${reason}`),
  })
  worker.on('parked', ({ orderId, lastError }) =>
    console.error(`${orderId} waits for an operator: ${lastError}`),
  )
  worker.on('error', (error) => console.error(error))
  return { desk, worker }
}
