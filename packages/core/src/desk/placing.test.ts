import { describe, expect, it } from 'vitest'
import { DAY, HOUR, MINUTE, openShop, orderOf, START } from './shop.test-support.js'

describe('placing an order', () => {
  it('reserves its units and tells by when it is to be paid', async () => {
    const { desk, stock } = await openShop({ holdFor: { minutes: 20 } })
    await stock('PHONE', 3)
    const placed = await desk.place({
      id: 'o1',
      buyer: { user: 'ada' },
      lines: [
        { sku: 'PHONE', quantity: 1 },
        { sku: 'PHONE', quantity: 1, pool: 'default' },
      ],
      data: '{"total":598}',
    })
    expect(placed).toEqual({
      ok: true,
      id: 'o1',
      replayed: false,
      admission: 'atomic',
      order: {
        id: 'o1',
        status: 'awaiting-payment',
        home: expect.any(String),
        // Lines of one account are summed.
        lines: [{ sku: 'PHONE', pool: 'default', quantity: 2, owed: 0, returned: 0 }],
        payBy: new Date(START + 20 * MINUTE),
        deferred: false,
      },
    })
    expect(await desk.availability({ sku: 'PHONE' })).toMatchObject({ available: 1, reserved: 2, sold: 0 })
    expect(await desk.order('o1')).toMatchObject({ status: 'awaiting-payment', data: '{"total":598}' })
  })

  it('takes what of its lines can be had, or nothing', async () => {
    const { desk, stock } = await openShop()
    await stock('PHONE', 5)
    await stock('CASE', 1)
    const lines = [
      { sku: 'PHONE', quantity: 2 },
      { sku: 'CASE', quantity: 2 },
    ]
    expect(await desk.place(orderOf('o1', 'ada', lines))).toMatchObject({ reason: 'insufficient-stock' })
    expect(await desk.availability({ sku: 'PHONE' })).toMatchObject({ available: 5, reserved: 0 })
    expect(await desk.order('o1')).toBeNull()
  })

  it('with an order that takes its units at payment, keeps limits and no units', async () => {
    const { desk, stock } = await openShop({
      limits: [{ id: 'one', per: 'user', scope: 'sku', max: 1 }],
    })
    await stock('PHONE', 1)
    const placed = await desk.place({ ...orderOf('o1', 'ada'), stock: 'defer' })
    expect(placed).toMatchObject({ ok: true, order: { deferred: true } })
    expect(await desk.availability({ sku: 'PHONE' })).toMatchObject({ available: 1, reserved: 0 })
    expect(await desk.place(orderOf('o2', 'ada'))).toMatchObject({ reason: 'purchase-limit' })
    expect(await desk.recordPayment({ orderId: 'o1', paymentId: 'p1' })).toMatchObject({ status: 'paid' })
    expect(await desk.availability({ sku: 'PHONE' })).toMatchObject({ available: 0, sold: 1 })
  })
})

describe('a refusal tells', () => {
  it('which part of an id in use differs', async () => {
    const { desk, stock } = await openShop()
    await stock('PHONE', 9)
    await desk.place(orderOf('o1', 'ada'))
    const differing = [
      [orderOf('o1', 'bob'), ['buyer']],
      [orderOf('o1', 'ada', 'PHONE', 2), ['lines']],
      [orderOf('o1', 'bob', 'CASE'), ['buyer', 'lines']],
    ] as const
    for (const [order, differs] of differing) {
      expect(await desk.place(order)).toEqual({ ok: false, id: 'o1', reason: 'id-reused', differs })
    }
  })

  it('that an order was cancelled before it came', async () => {
    const { desk, stock } = await openShop()
    await stock('PHONE', 1)
    expect(await desk.cancel({ orderId: 'o1', by: 'buyer' })).toEqual({
      ok: false,
      id: 'o1',
      reason: 'unknown-order',
    })
    expect(await desk.place(orderOf('o1', 'ada'))).toEqual({ ok: false, id: 'o1', reason: 'tombstoned' })
  })

  it('which pools are served, for a region that is not', async () => {
    const { desk } = await openShop({ pools: { byRegion: { south: 'us', north: 'eu' } } })
    const lines = [{ sku: 'PHONE', quantity: 1 }]
    const served = ['eu', 'us']
    expect(await desk.place({ id: 'o1', buyer: { user: 'ada', region: 'moon' }, lines })).toEqual({
      ok: false,
      id: 'o1',
      reason: 'pool-not-served',
      region: 'moon',
      served,
    })
    expect(await desk.place({ id: 'o1', buyer: { user: 'ada' }, lines })).toMatchObject({
      region: null,
      served,
    })
  })

  it('which accounts nobody ever restocked', async () => {
    const { desk, stock } = await openShop()
    await stock('PHONE', 1)
    const lines = ['PHONE', 'TABLET', 'CASE'].map((sku) => ({ sku, quantity: 1 }))
    expect(await desk.place(orderOf('o1', 'ada', lines))).toEqual({
      ok: false,
      id: 'o1',
      reason: 'account-unknown',
      accounts: [
        { sku: 'CASE', pool: 'default' },
        { sku: 'TABLET', pool: 'default' },
      ],
    })
  })

  it('when a sale opens, and when it closed', async () => {
    const { desk, stock, clock } = await openShop()
    await stock('PHONE', 1)
    const opensAt = new Date(START + HOUR)
    const closesAt = new Date(START + 2 * HOUR)
    await desk.configure({ sku: 'PHONE', opensAt, closesAt })
    const account = { sku: 'PHONE', pool: 'default' }
    expect(await desk.place(orderOf('o1', 'ada'))).toEqual({
      ok: false,
      id: 'o1',
      reason: 'sale-not-open',
      ...account,
      opensAt,
    })
    clock.set(START + 2 * HOUR)
    expect(await desk.place(orderOf('o1', 'ada'))).toEqual({
      ok: false,
      id: 'o1',
      reason: 'sale-closed',
      ...account,
      closedAt: closesAt,
    })
    clock.set(START + 2 * HOUR - 1)
    expect(await desk.place(orderOf('o1', 'ada'))).toMatchObject({ ok: true })
  })

  it('how many orders the buyer left unpaid', async () => {
    const { desk, stock } = await openShop({ risk: { strikesFor: { days: 1 }, refuseFrom: 1 } })
    await stock('PHONE', 1)
    await desk.place(orderOf('o1', 'ada'))
    await desk.cancel({ orderId: 'o1', by: 'buyer' })
    expect(await desk.place(orderOf('o2', 'ada'))).toEqual({
      ok: false,
      id: 'o2',
      reason: 'buyer-refused',
      strikes: 1,
      until: new Date(START + DAY),
    })
  })

  it.each([
    ['sku', 'PHONE'],
    ['shop', null],
  ] as const)('which order is to be paid first, in the %s', async (scope, sku) => {
    const { desk, stock } = await openShop({ unpaidOrder: { per: 'user', scope } })
    await stock('PHONE', 2)
    await desk.place(orderOf('o1', 'ada'))
    expect(await desk.place(orderOf('o2', 'ada'))).toEqual({
      ok: false,
      id: 'o2',
      reason: 'unpaid-order',
      orderId: 'o1',
      payBy: new Date(START + 15 * MINUTE),
      scope,
      sku,
    })
  })

  it('which limit is reached', async () => {
    const { desk, stock } = await openShop({
      limits: [{ id: 'two-each', per: 'user', scope: 'sku', max: 2 }],
    })
    await stock('PHONE', 9)
    await desk.place(orderOf('o1', 'ada', 'PHONE', 1))
    expect(await desk.place(orderOf('o2', 'ada', 'PHONE', 2))).toEqual({
      ok: false,
      id: 'o2',
      reason: 'purchase-limit',
      limit: 'two-each',
      per: 'user',
      scope: 'sku',
      sku: 'PHONE',
      max: 2,
      used: 1,
      requested: 2,
    })
  })

  it('every line that is short, and how many are left', async () => {
    const { desk, stock } = await openShop()
    await stock('PHONE', 1)
    await stock('CASE', 4)
    await stock('FILM', 0)
    const lines = ['PHONE', 'CASE', 'FILM'].map((sku) => ({ sku, quantity: 3 }))
    expect(await desk.place(orderOf('o1', 'ada', lines))).toEqual({
      ok: false,
      id: 'o1',
      reason: 'insufficient-stock',
      lines: [
        { sku: 'FILM', pool: 'default', requested: 3, available: 0 },
        { sku: 'PHONE', pool: 'default', requested: 3, available: 1 },
      ],
      exact: true,
    })
  })

  it('the first that applies, in their order of precedence', async () => {
    const { desk, stock, clock } = await openShop({
      limits: [{ id: 'one', per: 'user', scope: 'sku', max: 1 }],
      unpaidOrder: { per: 'user', scope: 'sku' },
      risk: { strikesFor: { days: 1 }, refuseFrom: 1 },
    })
    await stock('PHONE', 1)
    await desk.place(orderOf('o1', 'ada'))
    const next = async () => {
      const { ok, ...refused } = await desk.place(orderOf('o2', 'ada', 'PHONE', 2))
      return ok || !('reason' in refused) ? 'placed' : refused.reason
    }
    await desk.tag({ buyer: { user: 'ada' }, effect: 'refuse' })
    await desk.configure({ sku: 'PHONE', opensAt: new Date(START + HOUR) })
    expect(await next()).toBe('sale-not-open')
    await desk.configure({ sku: 'PHONE', opensAt: null })
    expect(await next()).toBe('buyer-refused')
    await desk.tag({ buyer: { user: 'ada' }, effect: 'none' })
    expect(await next()).toBe('unpaid-order')
    // Due, the unpaid order keeps nobody out, swept or not; its unit and its use come back with it.
    clock.pass(15 * MINUTE)
    expect(await next()).toBe('purchase-limit')
    expect(await desk.place(orderOf('o3', 'bob', 'CASE'))).toMatchObject({ reason: 'account-unknown' })
    expect(await desk.place(orderOf('o4', 'ada'))).toMatchObject({ ok: true })
    expect(await desk.place(orderOf('o5', 'bob'))).toMatchObject({ reason: 'insufficient-stock' })
  })
})

describe('an id that was refused', () => {
  it('is free: asked again, it is decided anew', async () => {
    const { desk, stock } = await openShop()
    await stock('PHONE', 0)
    expect(await desk.place(orderOf('o1', 'ada'))).toMatchObject({ ok: false })
    await stock('PHONE', 1)
    expect(await desk.place(orderOf('o1', 'bob'))).toMatchObject({ ok: true, replayed: false })
  })
})
