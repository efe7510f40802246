import { describe, expect, it } from 'vitest'
import { HOUR, MINUTE, openShop, orderOf, START } from './shop.test-support.js'

const unknown = { ok: false, id: 'o1', reason: 'unknown-order' }
const already = (status: string) => ({ ok: false, id: 'o1', reason: 'already', status })

describe('cancelling', () => {
  it('gives everything back, once', async () => {
    const { desk, stock } = await openShop({
      limits: [{ id: 'one', per: 'user', scope: 'sku', max: 1 }],
      unpaidOrder: { per: 'user', scope: 'sku' },
    })
    await stock('PHONE', 1)
    await desk.place(orderOf('o1', 'ada'))
    const cancel = () => desk.cancel({ orderId: 'o1', by: 'seller', reason: 'out of print' })
    const cancelled = { ok: true, id: 'o1', status: 'cancelled' }
    expect(await cancel()).toEqual({ ...cancelled, replayed: false })
    expect(await cancel()).toEqual({ ...cancelled, replayed: true })
    expect(await desk.order('o1')).toMatchObject({ cancelledBy: 'seller', reason: 'out of print' })
    expect(await desk.availability({ sku: 'PHONE' })).toMatchObject({ available: 1, reserved: 0 })
    expect(await desk.place(orderOf('o2', 'ada'))).toMatchObject({ ok: true })
  })

  it('is a strike by the buyer alone', async () => {
    const { desk, stock } = await openShop({ risk: { strikesFor: { days: 1 }, refuseFrom: 2 } })
    await stock('PHONE', 9)
    for (const [id, by] of [
      ['o1', 'buyer'],
      ['o2', 'seller'],
    ] as const) {
      await desk.place(orderOf(id, 'ada'))
      await desk.cancel({ orderId: id, by })
    }
    expect(await desk.standing({ buyer: { user: 'ada' } })).toMatchObject({ strikes: 1 })
  })

  it('does not reach an order that was paid or has ended', async () => {
    const { desk, stock, clock } = await openShop()
    await stock('PHONE', 9)
    await desk.place(orderOf('o1', 'ada'))
    await desk.recordPayment({ orderId: 'o1', paymentId: 'p1' })
    expect(await desk.cancel({ orderId: 'o1', by: 'buyer' })).toEqual(already('paid'))
    await desk.place(orderOf('o2', 'ada'))
    clock.pass(15 * MINUTE)
    expect(await desk.cancel({ orderId: 'o2', by: 'buyer' })).toEqual({ ...already('expired'), id: 'o2' })
  })
})

describe('extending', () => {
  it('moves the deadline of order and guard, as far as the policy goes', async () => {
    const { desk, stock, clock } = await openShop({
      extendUpTo: { minutes: 40 },
      unpaidOrder: { per: 'user', scope: 'sku' },
    })
    await stock('PHONE', 2)
    await desk.place(orderOf('o1', 'ada'))
    const extend = (minutes: number) => desk.extend({ orderId: 'o1', by: { minutes } })
    const payBy = (minutes: number) => ({ ok: true, id: 'o1', payBy: new Date(START + minutes * MINUTE) })
    expect(await extend(5)).toEqual(payBy(15))
    expect(await extend(30)).toEqual(payBy(30))
    clock.pass(20 * MINUTE)
    expect(await extend(30)).toEqual(payBy(40))
    expect(await desk.place(orderOf('o2', 'ada'))).toMatchObject(payByOf(40))
    clock.pass(20 * MINUTE)
    expect(await extend(1)).toEqual(already('expired'))
    expect(await desk.place(orderOf('o2', 'ada'))).toMatchObject({ ok: true })
  })

  it('reaches no order that is unknown or has ended', async () => {
    const { desk, stock } = await openShop({ extendUpTo: { hours: 1 } })
    await stock('PHONE', 1)
    expect(await desk.extend({ orderId: 'o1', by: { hours: 1 } })).toEqual(unknown)
    // Nothing was written of it: the id is free.
    await desk.place(orderOf('o1', 'ada'))
    await desk.cancel({ orderId: 'o1', by: 'seller' })
    expect(await desk.extend({ orderId: 'o1', by: { hours: 1 } })).toEqual(already('cancelled'))
  })
})

const payByOf = (minutes: number) => ({ reason: 'unpaid-order', payBy: new Date(START + minutes * MINUTE) })

describe('shrinking', () => {
  it('keeps the lines named, in absolute quantities, and their uses', async () => {
    const { desk, stock } = await openShop({
      limits: [{ id: 'four', per: 'user', scope: 'sku', max: 4 }],
    })
    await stock('PHONE', 9)
    await stock('CASE', 9)
    await desk.place(
      orderOf('o1', 'ada', [
        { sku: 'PHONE', quantity: 4 },
        { sku: 'CASE', quantity: 2 },
      ]),
    )
    const shrink = () => desk.shrink({ orderId: 'o1', keep: [{ sku: 'PHONE', quantity: 1 }] })
    expect(await shrink()).toEqual({ ok: true, id: 'o1' })
    expect(await shrink()).toEqual({ ok: true, id: 'o1' })
    expect(await desk.order('o1')).toMatchObject({ lines: [{ sku: 'PHONE', quantity: 1 }] })
    expect(await desk.availability({ sku: 'PHONE' })).toMatchObject({ available: 8, reserved: 1 })
    expect(await desk.availability({ sku: 'CASE' })).toMatchObject({ available: 9, reserved: 0 })
    expect(await desk.limits({ buyer: { user: 'ada' }, skus: ['PHONE', 'CASE'] })).toMatchObject([
      { used: 1, left: 3 },
      { used: 0, left: 4 },
    ])
  })

  it('never asks for more than the order holds', async () => {
    const { desk } = await openShop({ pools: { byRegion: { north: 'eu' } } })
    await desk.restock({ id: 'd', sku: 'PHONE', pool: 'eu', quantity: 9 })
    await desk.place({ ...orderOf('o1', 'ada', 'PHONE', 2), buyer: { user: 'ada', region: 'north' } })
    const exceeds = { ok: false, id: 'o1', reason: 'exceeds' }
    expect(await desk.shrink({ orderId: 'o1', keep: [{ sku: 'PHONE', quantity: 3 }] })).toEqual({
      ...exceeds,
      sku: 'PHONE',
      pool: 'eu',
      held: 2,
    })
    // A pool left out is the order's own, whatever pools the policy names; of another SKU it has none.
    expect(await desk.shrink({ orderId: 'o1', keep: [{ sku: 'CASE', quantity: 1 }] })).toMatchObject({
      ...exceeds,
      sku: 'CASE',
      held: 0,
    })
    expect(await desk.shrink({ orderId: 'o2', keep: [{ sku: 'CASE', quantity: 1 }] })).toEqual({
      ...unknown,
      id: 'o2',
    })
    expect(await desk.shrink({ orderId: 'o2', keep: [{ sku: 'CASE', pool: 'eu', quantity: 1 }] })).toEqual({
      ...unknown,
      id: 'o2',
    })
    await desk.recordPayment({ orderId: 'o1', paymentId: 'p1' })
    expect(await desk.shrink({ orderId: 'o1', keep: [{ sku: 'PHONE', quantity: 1 }] })).toEqual(
      already('paid'),
    )
  })

  it('asks which pool is meant, where an order has a SKU from several', async () => {
    const { desk } = await openShop()
    for (const pool of ['eu', 'us']) await desk.restock({ id: 'd', sku: 'PHONE', pool, quantity: 5 })
    const lines = ['eu', 'us'].map((pool) => ({ sku: 'PHONE', pool, quantity: 2 }))
    await desk.place(orderOf('o1', 'ada', lines))
    const keep = [
      { sku: 'PHONE', pool: 'eu', quantity: 1 },
      { sku: 'PHONE', quantity: 1 },
    ]
    await expect(desk.shrink({ orderId: 'o1', keep })).rejects.toMatchObject({
      code: 'invalid-argument',
      path: 'keep[1].pool',
    })
  })
})

describe('returning units', () => {
  async function sold() {
    const shop = await openShop({ limits: [{ id: 'nine', per: 'user', scope: 'shop', max: 9 }] })
    const { desk, stock } = shop
    await stock('PHONE', 9)
    await stock('CASE', 9)
    const lines = [
      { sku: 'PHONE', quantity: 3 },
      { sku: 'CASE', quantity: 2 },
    ]
    await desk.place(orderOf('o1', 'ada', lines))
    await desk.recordPayment({ orderId: 'o1', paymentId: 'p1' })
    return shop
  }

  it('puts them back into stock, or writes them off', async () => {
    const { desk } = await sold()
    const one = [{ sku: 'PHONE', quantity: 1 }]
    const returned = { ok: true, id: 'o1', replayed: false }
    expect(await desk.returnUnits({ orderId: 'o1', id: 'm1', lines: one })).toEqual(returned)
    expect(await desk.availability({ sku: 'PHONE' })).toMatchObject({ available: 7, sold: 2, supplied: 9 })
    expect(await desk.returnUnits({ orderId: 'o1', id: 'm2', lines: one, restock: false })).toEqual(returned)
    expect(await desk.availability({ sku: 'PHONE' })).toMatchObject({ available: 7, sold: 1, supplied: 8 })
    expect(await desk.order('o1')).toMatchObject({
      status: 'paid',
      lines: [
        { sku: 'CASE', returned: 0 },
        { sku: 'PHONE', quantity: 3, returned: 2 },
      ],
    })
  })

  it('again under its id is the same return, in whatever order its lines come', async () => {
    const { desk } = await sold()
    const [phone, film] = [
      { sku: 'PHONE', quantity: 2 },
      { sku: 'CASE', quantity: 1 },
    ]
    await desk.returnUnits({ orderId: 'o1', id: 'm1', lines: [phone, film] })
    const again = { ok: true, id: 'o1', replayed: true }
    expect(await desk.returnUnits({ orderId: 'o1', id: 'm1', lines: [phone, film] })).toEqual(again)
    expect(await desk.returnUnits({ orderId: 'o1', id: 'm1', lines: [film, phone] })).toEqual(again)
    const split = [{ sku: 'PHONE', quantity: 1 }, film, { sku: 'PHONE', pool: 'default', quantity: 1 }]
    expect(await desk.returnUnits({ orderId: 'o1', id: 'm1', lines: split })).toEqual(again)
    expect(await desk.availability({ sku: 'PHONE' })).toMatchObject({ available: 8, sold: 1 })
    expect(await desk.returnUnits({ orderId: 'o1', id: 'm1', lines: [film] })).toEqual({
      ok: false,
      id: 'o1',
      reason: 'id-reused',
    })
  })

  it('eases limits if asked to, or if the policy says so', async () => {
    const { desk, store, another } = await sold()
    const used = async () => (await desk.limits({ buyer: { user: 'ada' } }))[0]?.used
    const one = [{ sku: 'PHONE', quantity: 1 }]
    await desk.returnUnits({ orderId: 'o1', id: 'm1', lines: one })
    expect(await used()).toBe(5)
    await desk.returnUnits({ orderId: 'o1', id: 'm2', lines: one, giveBackUses: true })
    expect(await used()).toBe(4)
    const generous = another({ store, policy: { returns: { giveBackUses: true } } })
    await generous.returnUnits({ orderId: 'o1', id: 'm3', lines: one })
    expect(await used()).toBe(3)
  })

  it('never takes back more than was sold and is still out', async () => {
    const { desk } = await sold()
    const lines = [{ sku: 'PHONE', quantity: 2 }]
    await desk.returnUnits({ orderId: 'o1', id: 'm1', lines })
    expect(await desk.returnUnits({ orderId: 'o1', id: 'm2', lines })).toEqual({
      ok: false,
      id: 'o1',
      reason: 'exceeds',
      sku: 'PHONE',
      pool: 'default',
      held: 1,
    })
  })

  it('is of paid orders alone', async () => {
    const { desk } = await sold()
    const lines = [{ sku: 'PHONE', pool: 'default', quantity: 1 }]
    await desk.place(orderOf('o2', 'bob'))
    expect(await desk.returnUnits({ orderId: 'o2', id: 'm1', lines })).toEqual({
      ...already('awaiting-payment'),
      id: 'o2',
    })
    expect(await desk.returnUnits({ orderId: 'o3', id: 'm1', lines })).toEqual({ ...unknown, id: 'o3' })
  })

  it('gives what came back to those who are owed some', async () => {
    const { desk, stock, clock } = await openShop({ backorder: true })
    await stock('PHONE', 1)
    await desk.configure({ sku: 'PHONE', backorderLimit: 5 })
    await desk.place(orderOf('o1', 'ada'))
    await desk.recordPayment({ orderId: 'o1', paymentId: 'p1' })
    clock.pass(HOUR)
    await desk.place(orderOf('o2', 'bob'))
    await desk.returnUnits({ orderId: 'o1', id: 'm1', lines: [{ sku: 'PHONE', quantity: 1 }] })
    expect(await desk.order('o2')).toMatchObject({ lines: [{ owed: 0 }] })
    expect(await desk.availability({ sku: 'PHONE' })).toMatchObject({ available: 0, backordered: 0 })
  })
})
