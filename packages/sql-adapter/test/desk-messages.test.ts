import { DeskWorker, EventConsumer, MemoryBroker, MemoryStore, OrderDesk } from '@holdfast/core'
import { expect, test } from 'vitest'
import { SqlInbox } from '../src/index.js'
import { openKnex, openStore } from './files.js'

const POLICY = { holdFor: { minutes: 15 } } as const

test('what happens to orders reaches another service and its database, once and in order', async () => {
  const store = await openStore()
  const desk = new OrderDesk({ store, policy: POLICY })
  const broker = new MemoryBroker()
  const worker = new DeskWorker(desk, { publisher: broker.publisher() })
  await desk.restock({ id: 'delivery', sku: 'PHONE', quantity: 5 })
  await desk.place({ id: 'order-1', buyer: { user: 'ada' }, lines: [{ sku: 'PHONE', quantity: 1 }] })
  await desk.recordPayment({ orderId: 'order-1', paymentId: 'pi_1' })
  await worker.runOnce()
  expect(await store.outbox.metrics()).toEqual({ depth: 0, oldestMs: null, parked: 0, blockedKeys: 0 })

  const shipping = openKnex()
  const inbox = new SqlInbox(shipping)
  await inbox.migrate()
  await shipping.schema.createTable('shipments', (table) => {
    table.string('order_id').primary()
    table.string('payment')
  })
  const events = new EventConsumer({ source: broker.source({ groupId: 'shipping' }), inbox })
  const seen: string[] = []
  events.on('order.placed', ({ type }) => seen.push(type))
  events.on('order.paid', async (event, { trx }) => {
    seen.push(event.type)
    const { payment } = event.data as { payment: string }
    await trx('shipments').insert({ order_id: event.subject, payment })
  })
  await events.start()
  await expect
    .poll(() => shipping('shipments').select(), { timeout: 10_000, interval: 20 })
    .toEqual([{ order_id: 'order-1', payment: 'pi_1' }])
  expect(seen).toEqual(['order.placed', 'order.paid'])
  await events.close()
  await desk.close()
})

test('a worker is not given a publisher where nothing waits to be sent', () => {
  const desk = new OrderDesk({ store: new MemoryStore(), policy: POLICY })
  const publisher = new MemoryBroker().publisher()
  expect(() => new DeskWorker(desk, { publisher })).toThrow(
    expect.objectContaining({ code: 'invalid-argument', path: 'publisher' }),
  )
})
