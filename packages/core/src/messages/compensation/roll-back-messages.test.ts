import { beforeEach, expect, test } from 'vitest'
import { DeskWorker } from '../../desk/desk-worker.js'
import { OrderDesk } from '../../desk/order-desk.js'
import { MemoryBroker } from '../../memory/messages/broker.js'
import { MemoryInbox } from '../../memory/messages/inbox.js'
import { MemoryOutbox } from '../../memory/messages/outbox.js'
import type { MemoryTransaction } from '../../memory/messages/transaction.js'
import { MemoryStore } from '../../memory/store.js'
import { EventConsumer } from '../consumer/event-consumer.js'
import { recordOf } from '../envelope.js'
import { Relay } from '../relay/relay.js'
import { type Deduction, deductOn, rollBackOn } from './roll-back-messages.js'

/** A shop's order service and another's stock service, each with its own inbox and outbox, a broker between them. */
function setUp(deduct: () => Deduction) {
  const policy = {
    holdFor: { minutes: 15 },
    limits: [{ id: 'two-each', per: 'user', scope: 'sku', max: 2 }],
    unpaidOrder: { per: 'user', scope: 'sku' },
  } as const
  const broker = new MemoryBroker({ partitions: 1 })
  const desk = new OrderDesk({ store: new MemoryStore(), policy })
  const outbox = new MemoryOutbox()
  const consumer = (groupId: string, inbox: MemoryInbox) =>
    new EventConsumer<MemoryTransaction>({
      source: broker.source({ groupId }),
      inbox,
      attempts: 2,
      retryAfter: { milliseconds: 1 },
      deadLetters: broker.publisher(),
    })
  const stock = consumer('stock', new MemoryInbox({ outbox }))
  deductOn(stock, 'order.paid', deduct)
  const orders = consumer('orders', new MemoryInbox())
  rollBackOn(orders, desk)
  const relay = new Relay({ outbox, publisher: broker.publisher(), source: 'stock' })
  const notices: string[] = []
  const worker = new DeskWorker(desk, {
    notify: ({ order, reason }) => {
      notices.push(`${order.id}: ${reason}`)
    },
  })
  const paid = async (orderId: string, id = `paid-${orderId}`) => {
    const message = {
      id,
      aggregate: 'order',
      key: orderId,
      type: 'order.paid',
      payload: '{}',
      at: 0,
      headers: {},
    }
    await broker.publisher().publishBatch([recordOf(message, 'shop', () => 'holdfast.order')])
  }
  const state = async () => {
    const { available, sold } = (await desk.availability({ sku: 'PHONE' })) as {
      available: number
      sold: number
    }
    const order = await desk.order('order-1')
    return { available, sold, status: order?.status }
  }
  const asked = () => broker.records('holdfast.rollback').length
  return { broker, desk, stock, orders, relay, worker, notices, paid, state, asked }
}

let scene: ReturnType<typeof setUp>

async function sold(deduct: () => Deduction): Promise<void> {
  scene = setUp(deduct)
  const { desk } = scene
  await desk.restock({ id: 'delivery', sku: 'PHONE', quantity: 10 })
  await desk.place({ id: 'order-1', buyer: { user: 'ada' }, lines: [{ sku: 'PHONE', quantity: 2 }] })
  await desk.recordPayment({ orderId: 'order-1', paymentId: 'pi_1' })
}

async function until(what: () => Promise<unknown> | unknown, expected: unknown): Promise<void> {
  await expect.poll(what, { timeout: 10_000, interval: 10 }).toEqual(expected)
}

const SOLD = { available: 8, sold: 2, status: 'paid' }
const ROLLED_BACK = { available: 10, sold: 0, status: 'rolled-back' }
const run = async (work: () => Promise<void>) => {
  const { stock, orders, desk } = scene
  await Promise.all([stock.start(), orders.start()])
  try {
    await work()
  } finally {
    await Promise.all([stock.close(), orders.close()])
    await desk.close()
  }
}

beforeEach(() => {
  scene = setUp(() => ({ ok: true }))
})

test('a deduction that is done leaves the order as it is', async () => {
  await sold(() => ({ ok: true }))
  await run(async () => {
    await scene.paid('order-1')
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(await scene.relay.drain()).toBe(0)
    expect(await scene.state()).toEqual(SOLD)
  })
})

test.each([
  ['refused', (): Deduction => ({ ok: false, reason: 'not on the shelf' }), 'not on the shelf'],
  [
    'failing past its attempts',
    (): Deduction => {
      throw new Error('the shelf is on fire')
    },
    'the shelf is on fire',
  ],
])('one that is %s gives back units, limits and guard, and tells people once', async (_, deduct, reason) => {
  await sold(deduct)
  await run(async () => {
    const { relay, worker, notices, paid, state, desk } = scene
    await paid('order-1')
    await until(() => relay.drain(), 1)
    await until(state, ROLLED_BACK)
    await worker.runOnce()
    expect(notices).toEqual([`order-1: ${reason}`])
    expect(await desk.compensation('order-1')).toMatchObject({ status: 'done', reason })
    // The limit and the guard are free again.
    const again = { id: 'order-2', buyer: { user: 'ada' }, lines: [{ sku: 'PHONE', quantity: 2 }] }
    expect(await desk.place(again)).toMatchObject({ ok: true })
  })
})

test('repeated, by the broker or by another execution, it is done once', async () => {
  await sold(() => ({ ok: false, reason: 'not on the shelf' }))
  await run(async () => {
    const { relay, worker, notices, paid, state } = scene
    await paid('order-1')
    await paid('order-1')
    await paid('order-1', 'paid-by-another-execution')
    await until(async () => {
      await relay.drain()
      return scene.asked()
    }, 2)
    await until(state, ROLLED_BACK)
    await worker.runOnce()
    await worker.runOnce()
    expect(notices).toEqual(['order-1: not on the shelf'])
    expect(await state()).toEqual(ROLLED_BACK)
  })
})

test('a rollback that comes before its order blocks it', async () => {
  scene = setUp(() => ({ ok: false, reason: 'not on the shelf', home: 'ada' }))
  const { desk } = scene
  await desk.restock({ id: 'delivery', sku: 'PHONE', quantity: 10 })
  await run(async () => {
    const { relay, paid } = scene
    await paid('order-1')
    await until(() => relay.drain(), 1)
    await until(async () => (await desk.compensation('order-1'))?.done.length, 2)
    const late = { id: 'order-1', buyer: { user: 'ada' }, lines: [{ sku: 'PHONE', quantity: 2 }] }
    expect(await desk.place(late)).toMatchObject({ ok: false })
    expect((await desk.availability({ sku: 'PHONE' })) as object).toMatchObject({ available: 10 })
  })
})
