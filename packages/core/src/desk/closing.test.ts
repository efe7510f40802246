import { describe, expect, it } from 'vitest'
import { promisesSettle } from '../coalescer/hand-driven.js'
import { openShop, orderOf, watched } from './shop.test-support.js'

/** A shop whose store is held at `method` until let go. */
async function heldShop(method: string) {
  let release: () => void = () => {}
  let isHeld = false
  let closes = 0
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const shop = await openShop(
    {},
    {
      around: (store) =>
        watched(store, (called) => {
          if (called === 'close') closes += 1
          if (called !== method || !isHeld) return undefined
          return held
        }),
    },
  )
  await shop.stock('PHONE', 1)
  isHeld = true
  return { ...shop, release, closes: () => closes }
}

describe('closing a desk', () => {
  it.each([
    ['apply', 'place'],
    ['readOrders', 'order'],
    ['applyToOrders', 'submit'],
    ['applyToCampaign', 'a campaign'],
    ['snapshot', 'audit'],
  ] as const)('waits for the call that %s of the store keeps waiting: %s', async (method, name) => {
    const { desk, release, closes } = await heldShop(method)
    const order = orderOf('o1', 'ada')
    const calls = {
      place: () => desk.place(order),
      order: () => desk.order('o1'),
      submit: () => desk.submit(order),
      'a campaign': () => desk.campaigns.schedule({ id: 'c', items: [{ sku: 'PHONE' }] }),
      audit: () => desk.audit(),
    }
    const told: string[] = []
    const call = calls[name]().then(() => told.push('answered'))
    await promisesSettle()
    const closing = desk.close().then(() => told.push('closed'))
    await promisesSettle()
    expect([told, closes()]).toEqual([[], 0])
    release()
    await Promise.all([call, closing])
    expect(told).toEqual(['answered', 'closed'])
    expect(closes()).toBe(1)
  })

  it('lets a call under way go through all its steps: here a sweep, and a second try', async () => {
    const { desk, stock, clock, store } = await openShop()
    await stock('PHONE', 1)
    await desk.place(orderOf('o1', 'ada'))
    clock.pass(3_600_000)
    const placing = desk.place(orderOf('o2', 'bob'))
    const closing = desk.close()
    expect(await placing).toMatchObject({ ok: true })
    await closing
    expect(store).toBeDefined()
  })

  it('takes nothing more, of no method', async () => {
    const { desk, worker } = await openShop()
    await desk.close()
    const ada = { buyer: { user: 'ada' } }
    const calls = [
      desk.place(orderOf('o1', 'ada')),
      desk.preview(orderOf('o1', 'ada')),
      desk.submit(orderOf('o1', 'ada')),
      desk.ticket('o1', ada),
      desk.recordPayment({ orderId: 'o1', paymentId: 'p1' }),
      desk.recordRefund({ orderId: 'o1', refundId: 'r1' }),
      desk.cancel({ orderId: 'o1', by: 'buyer' }),
      desk.rollBack({ orderId: 'o1', reason: 'fire' }),
      desk.restock({ id: 'd', sku: 'PHONE', quantity: 1 }),
      desk.configure({ sku: 'PHONE' }),
      desk.availability({ sku: 'PHONE' }),
      desk.orders(),
      desk.limits(ada),
      desk.campaigns.open({ id: 'c' }),
      desk.campaigns.list(),
      desk.audit(),
      worker().runOnce(),
    ]
    for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'closed' })
  })

  it('twice is the same as once', async () => {
    const { desk, closes } = await heldShop('nothing')
    await Promise.all([desk.close(), desk.close()])
    await desk.close()
    expect(closes()).toBe(1)
  })
})

describe('a desk within a transaction', () => {
  it.each([null, undefined, 5, 'trx'])('is of a transaction, not of %j', async (transaction) => {
    const { desk } = await openShop()
    expect(() => desk.within(transaction as never)).toThrow(
      expect.objectContaining({ code: 'invalid-argument', path: 'transaction' }),
    )
  })
})
