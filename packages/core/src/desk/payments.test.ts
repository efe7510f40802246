import { describe, expect, it } from 'vitest'
import { MINUTE, openShop, orderOf } from './shop.test-support.js'

const pay = (orderId: string, paymentId = 'p1') => ({ orderId, paymentId })
const paid = (id: string, rest: object = {}) => ({
  ok: true,
  id,
  status: 'paid',
  replayed: false,
  late: false,
  owed: [],
  ...rest,
})

describe('a payment', () => {
  it('sells what was reserved', async () => {
    const { desk, stock } = await openShop()
    await stock('PHONE', 3)
    await desk.place(orderOf('o1', 'ada', 'PHONE', 2))
    expect(await desk.recordPayment(pay('o1'))).toEqual(paid('o1'))
    expect(await desk.availability({ sku: 'PHONE' })).toMatchObject({ available: 1, reserved: 0, sold: 2 })
    expect(await desk.order('o1')).toMatchObject({ status: 'paid', paymentId: 'p1' })
  })

  it('delivered again changes nothing, whatever became of the order', async () => {
    const { desk, stock } = await openShop()
    await stock('PHONE', 3)
    await desk.place(orderOf('o1', 'ada'))
    await desk.recordPayment(pay('o1'))
    expect(await desk.recordPayment(pay('o1'))).toEqual(paid('o1', { replayed: true }))
    await desk.recordRefund({ orderId: 'o1', refundId: 'r1' })
    expect(await desk.recordPayment(pay('o1'))).toEqual(paid('o1', { status: 'refunded', replayed: true }))
    expect(await desk.availability({ sku: 'PHONE' })).toMatchObject({ available: 2, sold: 1 })
  })

  it('tells what it sold that is owed', async () => {
    const { desk, stock, worker } = await openShop({ backorder: true })
    await stock('PHONE', 1)
    await desk.configure({ sku: 'PHONE', backorderLimit: 5 })
    await desk.place(orderOf('o1', 'ada', 'PHONE', 3))
    const owed = [{ sku: 'PHONE', pool: 'default', quantity: 2 }]
    expect(await desk.recordPayment(pay('o1'))).toEqual(paid('o1', { owed }))
    expect(await desk.recordPayment(pay('o1'))).toEqual(paid('o1', { owed, replayed: true }))
    await stock('PHONE', 2)
    await worker().runOnce()
    expect(await desk.recordPayment(pay('o1'))).toEqual(paid('o1', { replayed: true }))
  })

  it('of an order that nobody knows is for no order', async () => {
    const { desk } = await openShop()
    expect(await desk.recordPayment(pay('o1'))).toEqual({ ok: false, id: 'o1', reason: 'unknown-order' })
  })

  it('of an order that is still queued waits for the order', async () => {
    const { desk, stock, worker } = await openShop()
    await stock('PHONE', 1)
    await desk.submit(orderOf('o1', 'ada'))
    expect(await desk.recordPayment(pay('o1'))).toEqual({ ok: false, id: 'o1', reason: 'unknown-order' })
    await worker().runOnce()
    expect(await desk.recordPayment(pay('o1'))).toEqual(paid('o1'))
  })
})

describe('a late payment', () => {
  it.each(['swept', 'not swept'])('takes units and limits again (%s)', async (swept) => {
    const { desk, stock, clock, worker } = await openShop({
      limits: [{ id: 'one', per: 'user', scope: 'sku', max: 1 }],
      unpaidOrder: { per: 'user', scope: 'sku' },
    })
    await stock('PHONE', 2)
    await desk.place(orderOf('o1', 'ada'))
    clock.pass(15 * MINUTE)
    if (swept === 'swept') await worker().runOnce()
    expect(await desk.recordPayment(pay('o1'))).toEqual(paid('o1', { late: true }))
    expect(await desk.recordPayment(pay('o1'))).toEqual(paid('o1', { late: true, replayed: true }))
    expect(await desk.availability({ sku: 'PHONE' })).toMatchObject({ available: 1, reserved: 0, sold: 1 })
    expect(await desk.place(orderOf('o2', 'ada'))).toMatchObject({ reason: 'purchase-limit', used: 1 })
  })

  it('does not need the guard, which another order may have by then', async () => {
    const { desk, stock, clock } = await openShop({ unpaidOrder: { per: 'user', scope: 'shop' } })
    await stock('PHONE', 2)
    await desk.place(orderOf('o1', 'ada'))
    clock.pass(15 * MINUTE)
    await desk.place(orderOf('o2', 'ada'))
    expect(await desk.recordPayment(pay('o1'))).toEqual(paid('o1', { late: true }))
    expect(await desk.place(orderOf('o3', 'ada'))).toMatchObject({ reason: 'unpaid-order', orderId: 'o2' })
  })

  it('is to be given back where the units are gone, and never takes again', async () => {
    const { desk, stock, clock } = await openShop()
    await stock('PHONE', 2)
    await desk.place(orderOf('o1', 'ada', 'PHONE', 2))
    clock.pass(15 * MINUTE)
    await desk.place(orderOf('o2', 'bob'))
    const refund = {
      ok: false,
      id: 'o1',
      reason: 'refund-required',
      why: {
        reason: 'insufficient-stock',
        lines: [{ sku: 'PHONE', pool: 'default', requested: 2, available: 1 }],
      },
    }
    expect(await desk.recordPayment(pay('o1'))).toEqual(refund)
    await stock('PHONE', 5)
    expect(await desk.recordPayment(pay('o1'))).toEqual(refund)
    expect(await desk.order('o1')).toMatchObject({
      status: 'refund-required',
      paymentId: 'p1',
      refundCause: 'insufficient-stock',
    })
    expect(await desk.availability({ sku: 'PHONE' })).toMatchObject({ available: 6, reserved: 1, sold: 0 })
  })

  it('is to be given back where the limit is used, which is told by its rule', async () => {
    const { desk, stock, clock } = await openShop({
      limits: [{ id: 'two/each', per: 'user', scope: 'shop', max: 2 }],
    })
    await stock('PHONE', 9)
    await desk.place(orderOf('o1', 'ada', 'PHONE', 2))
    clock.pass(15 * MINUTE)
    await desk.place(orderOf('o2', 'ada'))
    expect(await desk.recordPayment(pay('o1'))).toEqual({
      ok: false,
      id: 'o1',
      reason: 'refund-required',
      why: { reason: 'purchase-limit', limit: 'two/each', max: 2, used: 1, requested: 2 },
    })
  })
})

describe('a payment that must be given back', () => {
  it('is one that comes after a cancel, though units are there', async () => {
    const { desk, stock } = await openShop()
    await stock('PHONE', 9)
    await desk.place(orderOf('o1', 'ada'))
    await desk.cancel({ orderId: 'o1', by: 'seller' })
    const refund = { ok: false, id: 'o1', reason: 'refund-required', why: { reason: 'released' } }
    expect(await desk.recordPayment(pay('o1'))).toEqual(refund)
    expect(await desk.recordPayment(pay('o1'))).toEqual(refund)
    expect(await desk.recordPayment(pay('o1', 'p2'))).toEqual(refund)
    expect(await desk.availability({ sku: 'PHONE' })).toMatchObject({ available: 9, sold: 0 })
  })

  it('is one for an order that was cancelled before it came', async () => {
    const { desk } = await openShop()
    await desk.cancel({ orderId: 'o1', by: 'buyer' })
    expect(await desk.recordPayment(pay('o1'))).toEqual({
      ok: false,
      id: 'o1',
      reason: 'refund-required',
      why: { reason: 'released' },
    })
  })

  it('is a second, different one, for that payment alone', async () => {
    const { desk, stock } = await openShop()
    await stock('PHONE', 9)
    await desk.place(orderOf('o1', 'ada'))
    await desk.recordPayment(pay('o1'))
    expect(await desk.recordPayment(pay('o1', 'p2'))).toEqual({
      ok: false,
      id: 'o1',
      reason: 'refund-required',
      why: { reason: 'duplicate-payment', paymentId: 'p1' },
    })
    expect(await desk.order('o1')).toMatchObject({ status: 'paid', paymentId: 'p1' })
    expect(await desk.availability({ sku: 'PHONE' })).toMatchObject({ sold: 1 })
  })

  it('is one for an order whose units were to be taken at payment, and are short', async () => {
    const { desk, stock } = await openShop()
    await stock('PHONE', 1)
    await desk.place({ ...orderOf('o1', 'ada'), stock: 'defer' })
    await desk.place(orderOf('o2', 'bob'))
    expect(await desk.recordPayment(pay('o1'))).toMatchObject({
      reason: 'refund-required',
      why: { reason: 'insufficient-stock' },
    })
  })
})

describe('a refund', () => {
  const refund = (orderId: string, refundId = 'r1') => ({ orderId, refundId })

  it('ends a paid order, once', async () => {
    const { desk, stock } = await openShop()
    await stock('PHONE', 1)
    await desk.place(orderOf('o1', 'ada'))
    await desk.recordPayment(pay('o1'))
    const refunded = { ok: true, id: 'o1', status: 'refunded' }
    expect(await desk.recordRefund(refund('o1'))).toEqual({ ...refunded, replayed: false })
    expect(await desk.recordRefund(refund('o1'))).toEqual({ ...refunded, replayed: true })
    expect(await desk.recordRefund(refund('o1', 'r2'))).toEqual({
      ok: false,
      id: 'o1',
      reason: 'refund-differs',
      refundId: 'r1',
    })
    expect(await desk.order('o1')).toMatchObject({ status: 'refunded', paymentId: 'p1', refundId: 'r1' })
    // Money and goods go their own ways: the units come back when they are returned.
    expect(await desk.availability({ sku: 'PHONE' })).toMatchObject({ available: 0, sold: 1 })
  })

  it('is the end of a payment that had to be given back', async () => {
    const { desk, stock } = await openShop()
    await stock('PHONE', 1)
    await desk.place(orderOf('o1', 'ada'))
    await desk.cancel({ orderId: 'o1', by: 'buyer' })
    await desk.recordPayment(pay('o1'))
    expect(await desk.recordRefund(refund('o1'))).toMatchObject({ ok: true, replayed: false })
  })

  it('is of no order that nobody paid', async () => {
    const { desk, stock } = await openShop()
    await stock('PHONE', 2)
    expect(await desk.recordRefund(refund('o1'))).toEqual({ ok: false, id: 'o1', reason: 'unknown-order' })
    await desk.place(orderOf('o1', 'ada'))
    const notPaid = { ok: false, id: 'o1', reason: 'not-paid' }
    expect(await desk.recordRefund(refund('o1'))).toEqual({ ...notPaid, status: 'awaiting-payment' })
    await desk.cancel({ orderId: 'o1', by: 'buyer' })
    expect(await desk.recordRefund(refund('o1'))).toEqual({ ...notPaid, status: 'cancelled' })
  })
})
