import { describe, expect, it } from 'vitest'
import { HoldfastError } from '../errors.js'
import { MINUTE, openShop, orderOf, START, watched } from './shop.test-support.js'

const ada = { buyer: { user: 'ada' } }

describe('a submitted order', () => {
  it('waits in the queue, then is decided in turn', async () => {
    const { desk, stock, worker, clock } = await openShop()
    await stock('PHONE', 2)
    for (const user of ['ada', 'bob', 'eve']) {
      expect(await desk.submit({ ...orderOf(`o-${user}`, user), data: 'a note' })).toEqual({
        ok: true,
        ticket: `o-${user}`,
        replayed: false,
      })
    }
    expect(await desk.ticket('o-ada', ada)).toEqual({
      ok: true,
      order: {
        id: 'o-ada',
        status: 'queued',
        home: expect.any(String),
        lines: [{ sku: 'PHONE', pool: 'default', quantity: 1, owed: 0, returned: 0 }],
        data: 'a note',
        createdAt: new Date(START),
        payBy: null,
        deferred: false,
        paymentId: null,
        refundId: null,
        reason: null,
        cancelledBy: null,
        rejected: null,
        refundCause: null,
        version: 1,
      },
    })
    expect(await desk.availability({ sku: 'PHONE' })).toMatchObject({ available: 2, reserved: 0 })
    clock.pass(MINUTE)
    expect(await worker().runOnce()).toMatchObject({ tickets: 3 })
    expect(await desk.ticket('o-ada', ada)).toMatchObject({
      order: { status: 'awaiting-payment', createdAt: new Date(START), payBy: new Date(START + 16 * MINUTE) },
    })
    expect(await desk.ticket('o-bob', { buyer: { user: 'bob' } })).toMatchObject({
      order: { status: 'awaiting-payment' },
    })
    expect(await desk.ticket('o-eve', { buyer: { user: 'eve' } })).toMatchObject({
      order: { status: 'rejected', rejected: 'insufficient-stock', payBy: null },
    })
  })

  it('is told to its buyer alone', async () => {
    const { desk } = await openShop()
    await desk.submit(orderOf('o1', 'ada'))
    const unknown = { ok: false, reason: 'unknown-ticket' }
    expect(await desk.ticket('o1', { buyer: { user: 'bob' } })).toEqual(unknown)
    expect(await desk.ticket('o1', { buyer: { user: 'Ada' } })).toEqual(unknown)
    expect(await desk.ticket('o2', ada)).toEqual(unknown)
  })

  it('again is the same ticket; another order is none', async () => {
    const { desk, stock, worker } = await openShop()
    await stock('PHONE', 1)
    await desk.submit(orderOf('o1', 'ada'))
    const again = { ok: true, ticket: 'o1', replayed: true }
    expect(await desk.submit(orderOf('o1', 'ada'))).toEqual(again)
    expect(await desk.submit(orderOf('o1', 'ada', 'PHONE', 2))).toEqual({
      ok: false,
      id: 'o1',
      reason: 'id-reused',
      differs: ['lines'],
    })
    await worker().runOnce()
    expect(await desk.submit(orderOf('o1', 'ada'))).toEqual(again)
    expect(await desk.availability({ sku: 'PHONE' })).toMatchObject({ reserved: 1 })
  })

  it('that was placed meanwhile is not placed twice', async () => {
    const { desk, stock, worker } = await openShop()
    await stock('PHONE', 2)
    await desk.submit(orderOf('o1', 'ada'))
    expect(await desk.place(orderOf('o1', 'ada'))).toMatchObject({ ok: true, replayed: false })
    await worker().runOnce()
    expect(await desk.availability({ sku: 'PHONE' })).toMatchObject({ available: 1, reserved: 1 })
  })

  it('that was rejected leaves its id free', async () => {
    const { desk, stock, worker } = await openShop()
    await stock('PHONE', 0)
    await desk.submit(orderOf('o1', 'ada'))
    await worker().runOnce()
    await stock('PHONE', 2)
    expect(await desk.submit(orderOf('o1', 'ada'))).toEqual({ ok: true, ticket: 'o1', replayed: false })
    expect(await desk.ticket('o1', ada)).toMatchObject({ order: { status: 'queued', version: 3 } })
    await worker().runOnce()
    expect(await desk.ticket('o1', ada)).toMatchObject({ order: { status: 'awaiting-payment' } })
    // Placing it directly would have done as well.
    await desk.submit(orderOf('o2', 'bob', 'PHONE', 9))
    await worker().runOnce()
    expect(await desk.place(orderOf('o2', 'bob'))).toMatchObject({ ok: true, replayed: false })
  })

  it('can be cancelled while it waits', async () => {
    const { desk, stock, worker } = await openShop({ risk: { strikesFor: { days: 1 }, refuseFrom: 1 } })
    await stock('PHONE', 1)
    await desk.submit(orderOf('o1', 'ada'))
    const cancel = () => desk.cancel({ orderId: 'o1', by: 'buyer', reason: 'changed my mind' })
    expect(await cancel()).toEqual({ ok: true, id: 'o1', status: 'cancelled', replayed: false })
    expect(await cancel()).toEqual({ ok: true, id: 'o1', status: 'cancelled', replayed: true })
    expect(await worker().runOnce()).toMatchObject({ tickets: 0 })
    expect(await desk.ticket('o1', ada)).toMatchObject({
      order: { status: 'cancelled', cancelledBy: 'buyer', reason: 'changed my mind' },
    })
    // It never held a unit, so it is no strike.
    expect(await desk.standing(ada)).toMatchObject({ strikes: 0 })
  })

  it('with an id that was cancelled before it came is refused', async () => {
    const { desk } = await openShop()
    await desk.cancel({ orderId: 'o1', by: 'buyer' })
    expect(await desk.submit(orderOf('o1', 'ada'))).toEqual({ ok: false, id: 'o1', reason: 'tombstoned' })
    expect(await desk.ticket('o1', ada)).toEqual({ ok: false, reason: 'unknown-ticket' })
  })

  it('that was rejected and then cancelled is refused, as one that was cancelled before it came', async () => {
    const { desk, stock, worker } = await openShop()
    await stock('PHONE', 0)
    await desk.submit(orderOf('o1', 'ada'))
    await worker().runOnce()
    await desk.cancel({ orderId: 'o1', by: 'buyer' })
    await stock('PHONE', 2)
    expect(await desk.submit(orderOf('o1', 'ada'))).toEqual({ ok: false, id: 'o1', reason: 'tombstoned' })
    expect(await worker().runOnce()).toMatchObject({ tickets: 0 })
    expect(await desk.ticket('o1', ada)).toMatchObject({ order: { status: 'rejected' } })
  })

  it('whose window passes while it waits is counted in the one of its decision', async () => {
    const perDay = { calendar: 'day', timeZone: 'Europe/Berlin' } as const
    const limits = [{ id: 'daily', per: 'user', scope: 'shop', max: 1, window: perDay } as const]
    const { desk, stock, worker, clock } = await openShop({ limits })
    await stock('PHONE', 2)
    await desk.place(orderOf('o1', 'ada'))
    await desk.submit(orderOf('o2', 'ada'))
    clock.set(START + 12 * 60 * MINUTE)
    await worker().runOnce()
    expect(await desk.ticket('o2', ada)).toMatchObject({ order: { status: 'awaiting-payment' } })
  })
})

describe('workers that decide tickets', () => {
  it('take each one once, however many they are', async () => {
    const { desk, stock, worker, another } = await openShop()
    await stock('PHONE', 40)
    for (let n = 0; n < 50; n++) await desk.submit(orderOf(`o${n}`, `u${n}`))
    const others = [worker({ batchLimit: 7 }), worker({ batchLimit: 5 })]
    const third = another()
    const rounds = await Promise.all([...others.map((one) => one.runOnce()), third.tickets.decide(9)])
    const decided = rounds.map((round) => ('decided' in round ? round.decided : round.tickets))
    expect(decided.reduce((sum, count) => sum + count)).toBe(50)
    const { orders } = await desk.orders({ status: 'awaiting-payment', limit: 1_000 })
    // First come, first served.
    expect(orders.map(({ id }) => id).sort()).toEqual(Array.from({ length: 40 }, (_, n) => `o${n}`).sort())
    expect(await desk.availability({ sku: 'PHONE' })).toMatchObject({ available: 0, reserved: 40 })
  })

  it('leave one whose worker died between deciding and rejecting to the next, when its lease is over', async () => {
    let dies = true
    const { desk, stock, worker, clock } = await openShop(
      {},
      {
        around: (store) =>
          watched(store, (method, [commands]) => {
            const [command] = method === 'applyToOrders' ? (commands as { kind: string }[]) : []
            if (dies && command?.kind === 'reject') throw new HoldfastError('store-failed', 'it died')
          }),
      },
    )
    await stock('PHONE', 0)
    await desk.submit(orderOf('o1', 'ada'))
    await expect(worker().runOnce()).rejects.toMatchObject({ code: 'store-failed', id: 'o1' })
    dies = false
    expect(await worker().runOnce()).toMatchObject({ tickets: 0 })
    expect(await desk.ticket('o1', ada)).toMatchObject({ order: { status: 'queued' } })
    clock.pass(MINUTE)
    // A refusal is not remembered: units that came meanwhile are the buyer's.
    await stock('PHONE', 1)
    expect(await worker().runOnce()).toMatchObject({ tickets: 1 })
    expect(await desk.ticket('o1', ada)).toMatchObject({ order: { status: 'awaiting-payment' } })
  })

  it('keep nobody waiting for one that cannot be decided', async () => {
    const { desk, stock, another, store } = await openShop()
    await stock('PHONE', 3)
    await desk.submit(orderOf('o1', 'ada'))
    await desk.submit({ ...orderOf('o2', 'bob'), buyer: { user: 'bob', phone: '+49 30 1234567' } })
    // A policy of today counts phones, which a ticket of yesterday carries none of.
    const today = another({
      store,
      policy: { limits: [{ id: 'phone', per: 'phone', scope: 'shop', max: 1, skus: ['PHONE'] }] },
      hashKeys: [{ id: 'k', secret: 'a secret of at least 16 bytes' }],
    })
    await today.submit({ ...orderOf('o3', 'eve'), buyer: { user: 'eve', phone: '+49 30 7654321' } })
    const { decided, failures } = await today.tickets.decide(10)
    expect(decided).toBe(1)
    expect(failures.map(({ code, path, id }) => ({ code, path, id }))).toEqual([
      { code: 'invalid-argument', path: 'buyer.phone', id: 'o1' },
      { code: 'invalid-argument', path: 'buyer.phone', id: 'o2' },
    ])
    expect(await desk.order('o3')).toMatchObject({ status: 'awaiting-payment' })
  })
})
