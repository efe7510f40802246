import { describe, expect, it } from 'vitest'
import { HOUR, MINUTE, openShop, orderOf, sellFrom } from '../src/desk/shop.test-support.js'
import { MemoryStore, type Policy } from '../src/index.js'

// What a shop sees of orders that lie in several partitions: the same as of any other, and that they are in pieces.

sellFrom((options) => new MemoryStore({ ...options, partitions: 7 }))

/** PHONE, CASE and FILM lie in three partitions. */
const both = ['PHONE', 'CASE'].map((sku) => ({ sku, quantity: 1 }))
const hashKeys = [{ id: 'k1', secret: 'a secret of thirty-two bytes or so' }]
const oneUnpaid: Policy = { unpaidOrder: { per: 'user', scope: 'shop' } }

async function stocked(policy: Policy = {}, options: Parameters<typeof openShop>[1] = {}) {
  const shop = await openShop(policy, options)
  for (const sku of ['PHONE', 'CASE', 'FILM']) await shop.stock(sku, 5)
  return shop
}

describe('an order of several partitions', () => {
  it('is told to be in pieces; one of a single partition is atomic', async () => {
    const { desk } = await stocked()
    const placed = await desk.place(orderOf('o1', 'ada', both))
    expect(placed).toMatchObject({ ok: true, admission: 'pieced', replayed: false })
    expect(await desk.place(orderOf('o1', 'ada', both))).toMatchObject({
      ok: true,
      admission: 'pieced',
      replayed: true,
    })
    expect(await desk.place(orderOf('o2', 'ada', 'PHONE'))).toMatchObject({ ok: true, admission: 'atomic' })
    expect(await desk.order('o1')).toMatchObject({
      status: 'awaiting-payment',
      lines: [
        { sku: 'CASE', quantity: 1, owed: 0 },
        { sku: 'PHONE', quantity: 1, owed: 0 },
      ],
    })
    expect((await desk.orders()).orders.map(({ id }) => id).sort()).toEqual(['o1', 'o2'])
    expect(await desk.audit()).toMatchObject({ ok: true, accountsChecked: 3 })
  })

  it('leaves everything as it was when it is refused, and says that figures may be of different moments', async () => {
    const { desk } = await stocked()
    const order = orderOf('o1', 'ada', [...both, { sku: 'FILM', quantity: 6 }])
    expect(await desk.preview(order)).toMatchObject({ ok: false, reason: 'insufficient-stock', exact: false })
    expect(await desk.place(order)).toMatchObject({
      ok: false,
      reason: 'insufficient-stock',
      exact: false,
      lines: [{ sku: 'FILM', requested: 6, available: 5 }],
    })
    for (const sku of ['PHONE', 'CASE', 'FILM'])
      expect(await desk.availability({ sku })).toMatchObject({ available: 5, reserved: 0 })
    // Refusals are not remembered.
    expect(await desk.place(orderOf('o1', 'ada', both))).toMatchObject({ ok: true })
  })

  it.each(['with its home', 'by its id alone'])('is paid, returned and rolled back %s', async (how) => {
    const { desk } = await stocked()
    const placed = await desk.place(
      orderOf(
        'o1',
        'ada',
        both.map((line) => ({ ...line, quantity: 2 })),
      ),
    )
    if (!placed.ok) throw new Error(placed.reason)
    const of = { orderId: 'o1', ...(how === 'with its home' && { home: placed.order.home }) }
    expect(await desk.shrink({ ...of, keep: both })).toMatchObject({ ok: true })
    expect(await desk.recordPayment({ ...of, paymentId: 'pi' })).toMatchObject({ ok: true, replayed: false })
    expect(await desk.recordPayment({ ...of, paymentId: 'pi' })).toMatchObject({ ok: true, replayed: true })
    expect(await desk.recordPayment({ ...of, paymentId: 'pi-2' })).toMatchObject({
      reason: 'refund-required',
      why: { reason: 'duplicate-payment', paymentId: 'pi' },
    })
    expect(await desk.availability({ sku: 'PHONE' })).toMatchObject({ available: 4, sold: 1 })
    const back = { ...of, id: 'back', lines: [{ sku: 'CASE', quantity: 1 }] }
    expect(await desk.returnUnits(back)).toEqual({ ok: true, id: 'o1', replayed: false })
    expect(await desk.returnUnits(back)).toEqual({ ok: true, id: 'o1', replayed: true })
    expect(await desk.availability({ sku: 'CASE' })).toMatchObject({ available: 5, sold: 0 })
    expect(await desk.rollBack({ ...of, reason: 'no van' })).toMatchObject({ ok: true })
    expect(await desk.order('o1')).toMatchObject({ status: 'rolled-back' })
    expect(await desk.availability({ sku: 'PHONE' })).toMatchObject({ available: 5, sold: 0 })
    expect(await desk.audit()).toMatchObject({ ok: true })
  })

  it('may be paid late, as long as all of it is there', async () => {
    const { desk, clock, worker } = await stocked()
    await desk.place(orderOf('o1', 'ada', both))
    await desk.place(orderOf('o2', 'bob', both))
    clock.pass(HOUR)
    expect(await worker().runOnce()).toMatchObject({ expired: 2 })
    expect(await desk.recordPayment({ orderId: 'o1', paymentId: 'pi' })).toMatchObject({
      ok: true,
      late: true,
    })
    await desk.place(orderOf('o3', 'cyd', 'CASE', 4))
    expect(await desk.recordPayment({ orderId: 'o2', paymentId: 'pi-2' })).toMatchObject({
      ok: false,
      reason: 'refund-required',
      why: { reason: 'insufficient-stock' },
    })
    expect(await desk.availability({ sku: 'PHONE' })).toMatchObject({ available: 4, reserved: 0, sold: 1 })
    expect(await desk.audit()).toMatchObject({ ok: true })
  })

  it('is refused when its cancelling came first', async () => {
    const { desk } = await stocked()
    await desk.cancel({ orderId: 'o1', by: 'buyer' })
    expect(await desk.place(orderOf('o1', 'ada', both))).toMatchObject({ ok: false, reason: 'tombstoned' })
    expect(await desk.place(orderOf('o1', 'ada', 'FILM'))).toMatchObject({ ok: false, reason: 'tombstoned' })
  })

  it('is decided in turn where it was submitted', async () => {
    const { desk, worker } = await stocked()
    await desk.submit(orderOf('o1', 'ada', both))
    expect(await worker().runOnce()).toMatchObject({ tickets: 1 })
    const told = await desk.ticket('o1', { buyer: { user: 'ada' } })
    expect(told).toMatchObject({ ok: true, order: { status: 'awaiting-payment' } })
  })

  it('gives units past stock that are owed to it, and its order says so', async () => {
    const { desk, stock } = await stocked({ backorder: true })
    await desk.configure({ sku: 'CASE', backorderLimit: 10 })
    const lines = [both[0], { sku: 'CASE', quantity: 7 }].filter((line) => line !== undefined)
    expect(await desk.place(orderOf('o1', 'ada', lines))).toMatchObject({
      ok: true,
      order: {
        lines: [
          { sku: 'CASE', owed: 2 },
          { sku: 'PHONE', owed: 0 },
        ],
      },
    })
    await stock('CASE', 3)
    expect(await desk.order('o1')).toMatchObject({
      lines: [
        { sku: 'CASE', owed: 0 },
        { sku: 'PHONE', owed: 0 },
      ],
    })
    expect(await desk.availability({ sku: 'CASE' })).toMatchObject({
      available: 1,
      reserved: 7,
      backordered: 0,
    })
    expect(await desk.audit()).toMatchObject({ ok: true })
  })
})

describe('rules that reach over partitions', () => {
  it('count a phone with whatever account it buys', async () => {
    const { desk } = await stocked(
      { limits: [{ id: 'phones', per: 'phone', scope: 'shop', max: 2 }] },
      { hashKeys },
    )
    const by = (id: string, user: string, lines: Parameters<typeof orderOf>[2], quantity = 1) => ({
      ...orderOf(id, user, lines, quantity),
      buyer: { user, phone: '+49 30 123456' },
    })
    expect(await desk.place(by('o1', 'ada', both))).toMatchObject({ ok: true, admission: 'pieced' })
    expect(await desk.place(by('o2', 'bob', 'FILM'))).toMatchObject({
      ok: false,
      reason: 'purchase-limit',
      limit: 'phones',
      used: 2,
    })
    await desk.shrink({ orderId: 'o1', keep: [{ sku: 'CASE', quantity: 1 }] })
    expect(await desk.place(by('o2', 'bob', 'FILM'))).toMatchObject({ ok: true })
    await desk.cancel({ orderId: 'o1', by: 'seller' })
    const limits = await desk.limits({ buyer: { user: 'ada', phone: '+49 30 123456' } })
    expect(limits).toMatchObject([{ id: 'phones', used: 1, left: 1 }])
    expect(await desk.audit()).toMatchObject({ ok: true })
  })

  it('hold a buyer to one unpaid order, and name it', async () => {
    const { desk, clock } = await stocked(oneUnpaid)
    const first = await desk.place(orderOf('o1', 'ada', both))
    if (!first.ok) throw new Error(first.reason)
    const refused = await desk.place(orderOf('o2', 'ada', 'FILM'))
    expect(refused).toMatchObject({
      ok: false,
      reason: 'unpaid-order',
      orderId: 'o1',
      payBy: first.order.payBy,
    })
    expect(await desk.preview(orderOf('o2', 'ada', 'FILM'))).toMatchObject({
      ok: false,
      reason: 'unpaid-order',
      orderId: 'o1',
    })
    // The deadline decides, not the sweeper.
    clock.set(first.order.payBy.getTime() - 1)
    expect(await desk.place(orderOf('o2', 'ada', 'FILM'))).toMatchObject({ ok: false })
    clock.pass(1)
    expect(await desk.preview(orderOf('o2', 'ada', 'FILM'))).toMatchObject({ ok: true })
    expect(await desk.place(orderOf('o2', 'ada', 'FILM'))).toMatchObject({ ok: true })
    expect(await desk.order('o1')).toMatchObject({ status: 'expired' })
    expect(await desk.audit()).toMatchObject({ ok: true })
  })

  it('strike once for an order that was left unpaid, however many its pieces', async () => {
    const { desk, clock, worker } = await stocked({ risk: { strikesFor: { days: 30 }, deferFrom: 2 } })
    await desk.place(orderOf('o1', 'ada', both))
    clock.pass(HOUR)
    await worker().runOnce()
    expect(await desk.standing({ buyer: { user: 'ada' } })).toMatchObject({ strikes: 1 })
    await desk.place(orderOf('o2', 'ada', both))
    await desk.cancel({ orderId: 'o2', by: 'seller' })
    expect(await desk.standing({ buyer: { user: 'ada' } })).toMatchObject({ strikes: 1 })
    await desk.place(orderOf('o3', 'ada', both))
    await desk.cancel({ orderId: 'o3', by: 'buyer' })
    expect(await desk.standing({ buyer: { user: 'ada' } })).toMatchObject({
      strikes: 2,
      effect: 'defer-stock',
    })
    const deferred = { ok: true, admission: 'pieced', order: { deferred: true } }
    expect(await desk.place(orderOf('o4', 'ada', both))).toMatchObject(deferred)
    expect(await desk.availability({ sku: 'PHONE' })).toMatchObject({ available: 5, reserved: 0 })
    expect(await desk.audit()).toMatchObject({ ok: true })
  })

  it('defer a buyer, whose payment takes the units', async () => {
    const { desk, clock } = await stocked()
    expect(await desk.place({ ...orderOf('o1', 'ada', both), stock: 'defer' })).toMatchObject({
      ok: true,
      order: { deferred: true },
    })
    expect(await desk.availability({ sku: 'PHONE' })).toMatchObject({ available: 5, reserved: 0 })
    clock.pass(MINUTE)
    expect(await desk.recordPayment({ orderId: 'o1', paymentId: 'pi' })).toMatchObject({
      ok: true,
      late: false,
    })
    expect(await desk.availability({ sku: 'PHONE' })).toMatchObject({ available: 4, sold: 1 })
  })

  it('extend the hold of all pieces', async () => {
    const { desk, clock, worker } = await stocked({ extendUpTo: { hours: 2 } })
    await desk.place(orderOf('o1', 'ada', both))
    expect(await desk.extend({ orderId: 'o1', by: { hours: 1 } })).toMatchObject({ ok: true })
    clock.pass(50 * MINUTE)
    await worker().runOnce()
    expect(await desk.recordPayment({ orderId: 'o1', paymentId: 'pi' })).toMatchObject({
      ok: true,
      late: false,
    })
    expect(await desk.audit()).toMatchObject({ ok: true })
  })
})
