import { describe, expect, it } from 'vitest'
import { HoldfastError } from '../errors.js'
import { OrderDesk } from './order-desk.js'
import { HOUR, MINUTE, openShop, orderOf, START, watched } from './shop.test-support.js'

describe('the retry of an order', () => {
  it('of the call that took the last unit returns its success', async () => {
    const { desk, stock, another } = await openShop({
      limits: [{ id: 'one', per: 'user', scope: 'sku', max: 1 }],
      unpaidOrder: { per: 'user', scope: 'sku' },
    })
    await stock('PHONE', 1)
    const first = await desk.place(orderOf('o1', 'ada'))
    expect(await another().place(orderOf('o1', 'ada'))).toEqual({ ...first, replayed: true })
  })

  it('is known whatever the order of its lines, its phone, address and data', async () => {
    const { desk, stock } = await openShop()
    await stock('PHONE', 9)
    await stock('CASE', 9)
    const [phone, film] = [
      { sku: 'PHONE', quantity: 2 },
      { sku: 'CASE', quantity: 1 },
    ]
    await desk.place(orderOf('o1', 'ada', [phone, film]))
    const again = {
      id: 'o1',
      buyer: { user: 'ada', phone: '+49 30 1234567', region: 'north' },
      lines: [film, { sku: 'PHONE', quantity: 1 }, { sku: 'PHONE', quantity: 1 }],
      data: 'changed on the way',
    }
    expect(await desk.place(again)).toMatchObject({ ok: true, replayed: true })
    expect(await desk.availability({ sku: 'PHONE' })).toMatchObject({ reserved: 2 })
  })

  it('after the policy has chosen another pool is known all the same', async () => {
    const { desk, store, another } = await openShop({ pools: { default: 'eu' } })
    await desk.restock({ id: 'd1', sku: 'PHONE', quantity: 1 })
    await desk.place(orderOf('o1', 'ada'))
    const moved = another({ store, policy: { pools: { default: 'us' } } })
    expect(await moved.place(orderOf('o1', 'ada'))).toMatchObject({
      ok: true,
      replayed: true,
      order: { lines: [{ pool: 'eu' }] },
    })
    const closed = another({ store, policy: { pools: { byRegion: { north: 'us' } } } })
    expect(await closed.place(orderOf('o1', 'ada'))).toMatchObject({ ok: true, replayed: true })
  })

  it('answers the status as it is now', async () => {
    const { desk, stock, clock } = await openShop({ extendUpTo: { hours: 1 } })
    await stock('PHONE', 9)
    const place = () => desk.place(orderOf('o1', 'ada'))
    await place()
    await desk.extend({ orderId: 'o1', by: { hours: 1 } })
    expect(await place()).toMatchObject({ ok: true, order: { payBy: new Date(START + HOUR) } })
    await desk.recordPayment({ orderId: 'o1', paymentId: 'p1' })
    expect(await place()).toMatchObject({ ok: true, replayed: true, order: { status: 'paid' } })
    await desk.recordRefund({ orderId: 'o1', refundId: 'r1' })
    expect(await place()).toEqual({ ok: false, id: 'o1', reason: 'order-ended', status: 'refunded' })
    await desk.place(orderOf('o2', 'ada'))
    await desk.cancel({ orderId: 'o2', by: 'buyer' })
    expect(await desk.place(orderOf('o2', 'ada'))).toMatchObject({ status: 'cancelled' })
    await desk.place(orderOf('o3', 'ada'))
    clock.pass(15 * MINUTE)
    // Nobody swept it: the deadline decides.
    expect(await desk.place(orderOf('o3', 'ada'))).toMatchObject({ status: 'expired' })
  })
})

describe('where nobody keeps orders, the retry', () => {
  it('of an order that awaits its payment returns it, of one that expired says so', async () => {
    const { desk, store, stock, clock } = await openShop()
    await stock('PHONE', 1)
    const first = await desk.place(orderOf('o1', 'ada'))
    const alone = new OrderDesk({ store: withoutOrders(store), policy: {} })
    expect(await alone.place(orderOf('o1', 'ada'))).toEqual({ ...first, replayed: true })
    clock.pass(15 * MINUTE)
    expect(await alone.place(orderOf('o1', 'ada'))).toEqual({
      ...{ ok: false, id: 'o1', reason: 'order-ended', status: 'expired' },
    })
  })
})

/** A store of reservations alone. */
function withoutOrders<Store extends object>(store: Store): Store {
  return new Proxy(store, {
    get: (target, key) => {
      const value: unknown = key === 'applyToOrders' ? undefined : Reflect.get(target, key)
      return typeof value === 'function' ? value.bind(target) : value
    },
    has: (target, key) => key !== 'applyToOrders' && key in target,
  })
}

describe('an id that the desk minted', () => {
  it('is told in the result, and in a refusal', async () => {
    const { desk, stock } = await openShop()
    await stock('PHONE', 1)
    const order = { buyer: { user: 'ada' }, lines: [{ sku: 'PHONE', quantity: 1 }] }
    const placed = await desk.place(order)
    const refused = await desk.place(order)
    const previewed = await desk.preview(order)
    const submitted = await desk.submit(order)
    const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
    for (const id of [placed.id, refused.id, previewed.id]) expect(id).toMatch(uuid)
    expect(new Set([placed.id, refused.id, previewed.id]).size).toBe(3)
    expect(submitted).toEqual({ ok: true, ticket: expect.stringMatching(uuid), replayed: false })
    expect(await desk.place({ ...order, id: placed.id })).toMatchObject({ ok: true, replayed: true })
  })

  it.each(['apply', 'read', 'applyToOrders'])(
    'is told in the error, where the store fails at %s',
    async (broken) => {
      const cause = new Error('the connection was lost')
      let fails = true
      const { desk } = await openShop(
        {},
        {
          newId: () => 'minted-1',
          around: (store) =>
            watched(store, (method) => {
              if (fails && method === broken) throw cause
            }),
        },
      )
      const order = { buyer: { user: 'ada' }, lines: [{ sku: 'PHONE', quantity: 1 }] }
      const call = broken === 'applyToOrders' ? desk.submit(order) : desk.place(order)
      await expect(call).rejects.toMatchObject({
        name: 'HoldfastError',
        code: 'unknown',
        id: 'minted-1',
        cause,
      })
      fails = false
    },
  )

  it('is the one to ask with, after an error that is Holdfast’s', async () => {
    const { desk } = await openShop(
      {},
      {
        newId: () => 'minted-2',
        around: (store) =>
          watched(store, (method) => {
            if (method === 'applyToOrders') throw new HoldfastError('overloaded', 'full', { retryAfterMs: 7 })
          }),
      },
    )
    const submitted = desk.submit({ buyer: { user: 'ada' }, lines: [{ sku: 'PHONE', quantity: 1 }] })
    await expect(submitted).rejects.toMatchObject({ code: 'overloaded', id: 'minted-2', retryAfterMs: 7 })
  })

  it.each(['', 'x'.repeat(129), 7, 'A\ud83d'])('must be an id: %j is not', async (minted) => {
    const { desk } = await openShop({}, { newId: () => minted as string })
    const placed = desk.place({ buyer: { user: 'ada' }, lines: [{ sku: 'PHONE', quantity: 1 }] })
    await expect(placed).rejects.toMatchObject({ code: 'invalid-argument', path: 'newId' })
  })
})
