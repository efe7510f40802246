import { describe, expect, it } from 'vitest'
import { HoldfastError } from '../errors.js'
import type { Compensation, Notify } from './compensations.js'
import { MINUTE, openShop, orderOf, watched } from './shop.test-support.js'

const UNDONE = ['order-rolled-back', 'units-restored']
const limits = [{ id: 'one', per: 'user', scope: 'sku', max: 1 } as const]
const rollBack = { orderId: 'o1', reason: 'the label printer is out' }

async function paidOrder(options: Parameters<typeof openShop>[1] = {}) {
  const shop = await openShop({ limits, risk: { strikesFor: { days: 1 }, refuseFrom: 1 } }, options)
  await shop.stock('PHONE', 1)
  await shop.desk.place(orderOf('o1', 'ada'))
  await shop.desk.recordPayment({ orderId: 'o1', paymentId: 'p1' })
  return shop
}

/** Tells as long as it is told to, and keeps what it told. */
function notifier(fails: () => boolean = () => false) {
  const told: string[] = []
  const notify: Notify = async ({ order, reason }) => {
    if (fails()) throw new Error('the mail server is away')
    told.push(`${order.id} ${order.status}: ${reason}`)
  }
  return { told, notify }
}

describe('rolling an order back', () => {
  it('gives units and limits back at once, and has people told by the worker', async () => {
    const { desk, worker } = await paidOrder()
    const { told, notify } = notifier()
    const teller = worker({ notify })
    expect(await desk.rollBack(rollBack)).toEqual({
      ok: true,
      id: 'o1',
      replayed: false,
      compensation: {
        orderId: 'o1',
        status: 'required',
        reason: 'the label printer is out',
        done: UNDONE,
        attempts: 0,
        lastError: null,
      },
    })
    expect(told).toEqual([])
    expect(await desk.order('o1')).toMatchObject({
      status: 'rolled-back',
      reason: rollBack.reason,
      paymentId: 'p1',
    })
    expect(await desk.availability({ sku: 'PHONE' })).toMatchObject({ available: 1, sold: 0 })
    expect(await desk.standing({ buyer: { user: 'ada' } })).toMatchObject({ strikes: 0 })
    expect(await desk.place(orderOf('o2', 'ada'))).toMatchObject({ ok: true })
    expect(await teller.runOnce()).toMatchObject({ compensations: 1 })
    expect(told).toEqual(['o1 rolled-back: the label printer is out'])
    expect(await desk.compensation('o1')).toMatchObject({ status: 'done', done: [...UNDONE, 'notified'] })
    expect(await teller.runOnce()).toMatchObject({ compensations: 0 })
  })

  it('again is the same one, and tells nobody twice', async () => {
    const { desk, worker } = await paidOrder()
    const { told, notify } = notifier()
    await desk.rollBack(rollBack)
    expect(await desk.rollBack(rollBack)).toMatchObject({
      replayed: true,
      compensation: { status: 'required' },
    })
    await worker({ notify }).runOnce()
    expect(await desk.rollBack(rollBack)).toMatchObject({ replayed: true, compensation: { status: 'done' } })
    await worker({ notify }).runOnce()
    expect(told).toHaveLength(1)
  })

  it.each(['unpaid', 'queued', 'cancelled', 'refunded'])(
    'undoes what is left of an order that is %s',
    async (state) => {
      const { desk, stock, worker } = await openShop()
      await stock('PHONE', 1)
      if (state === 'queued') await desk.submit(orderOf('o1', 'ada'))
      else await desk.place(orderOf('o1', 'ada'))
      if (state === 'cancelled') await desk.cancel({ orderId: 'o1', by: 'buyer' })
      if (state === 'refunded') {
        await desk.recordPayment({ orderId: 'o1', paymentId: 'p1' })
        await desk.recordRefund({ orderId: 'o1', refundId: 'r1' })
      }
      expect(await desk.rollBack(rollBack)).toMatchObject({ ok: true, compensation: { done: UNDONE } })
      await worker().runOnce()
      expect(await desk.compensation('o1')).toMatchObject({ status: 'done' })
      expect(await desk.availability({ sku: 'PHONE' })).toMatchObject({ available: 1, reserved: 0, sold: 0 })
      const after = {
        unpaid: 'rolled-back',
        queued: 'cancelled',
        cancelled: 'cancelled',
        refunded: 'refunded',
      }
      expect(await desk.order('o1')).toMatchObject({ status: after[state as keyof typeof after] })
    },
  )

  it('of a paid order asks for a refund when its payment comes again, and takes the refund', async () => {
    const { desk } = await paidOrder()
    await desk.rollBack(rollBack)
    expect(await desk.recordPayment({ orderId: 'o1', paymentId: 'p1' })).toMatchObject({
      reason: 'refund-required',
    })
    expect(await desk.recordRefund({ orderId: 'o1', refundId: 'r1' })).toMatchObject({ ok: true })
    expect(await desk.order('o1')).toMatchObject({ status: 'refunded', paymentId: 'p1' })
  })

  it('is of an order that stands', async () => {
    const { desk } = await openShop()
    expect(await desk.rollBack(rollBack)).toEqual({ ok: false, id: 'o1', reason: 'unknown-order' })
    expect(await desk.compensation('o1')).toBeNull()
  })

  it('is on record before anything is undone: what fails is tried again by the worker', async () => {
    let fails = true
    const { desk, clock, worker } = await paidOrder({
      around: (store) =>
        watched(store, (method, args) => {
          const [command] = method === 'apply' ? (args[2] as { kind: string }[]) : []
          if (fails && command?.kind === 'release')
            throw new HoldfastError('store-failed', 'the disk is full')
        }),
    })
    expect(await desk.rollBack(rollBack)).toMatchObject({
      ok: true,
      compensation: { status: 'required', done: [], attempts: 1, lastError: 'the disk is full' },
    })
    fails = false
    expect(await worker().runOnce()).toMatchObject({ compensations: 0 })
    clock.pass(1_000)
    expect(await worker().runOnce()).toMatchObject({ compensations: 1 })
    expect(await desk.compensation('o1')).toMatchObject({ status: 'done', attempts: 0, lastError: null })
  })

  it('heeds its own deadline and signal', async () => {
    const { desk } = await paidOrder()
    const aborted = await desk.rollBack(rollBack, { signal: AbortSignal.abort() })
    expect(aborted).toMatchObject({ ok: true, compensation: { done: [], attempts: 1 } })
    expect(await desk.order('o1')).toMatchObject({ status: 'paid' })
  })
})

describe('a notifier that fails', () => {
  it('is tried again, each time later, until its budget is spent: then an operator is waited for', async () => {
    let fails = true
    const { desk, clock, worker } = await paidOrder()
    const { told, notify } = notifier(() => fails)
    const teller = worker({ notify, attempts: 3, retryAfter: { seconds: 10 } })
    const parked: Compensation[] = []
    teller.on('parked', (compensation) => parked.push(compensation))
    await desk.rollBack(rollBack)
    const attempts: unknown[] = []
    for (const seconds of [0, 9, 1, 19, 1, 3_600]) {
      clock.pass(seconds * 1_000)
      const { compensations } = await teller.runOnce()
      attempts.push([seconds, compensations, (await desk.compensation('o1'))?.status])
    }
    expect(attempts).toEqual([
      [0, 1, 'required'],
      [9, 0, 'required'],
      [1, 1, 'required'],
      [19, 0, 'required'],
      [1, 1, 'parked'],
      [3_600, 0, 'parked'],
    ])
    const compensation = {
      orderId: 'o1',
      status: 'parked',
      reason: rollBack.reason,
      done: UNDONE,
      attempts: 3,
      lastError: 'the mail server is away',
    }
    expect(parked).toEqual([compensation])
    expect(await desk.parked()).toEqual({ compensations: [compensation], cursor: null })

    fails = false
    expect(await desk.resume('o1')).toEqual({ ok: true, id: 'o1' })
    expect(await desk.resume('o1')).toEqual({ ok: false, id: 'o1', reason: 'not-parked' })
    expect(await desk.resume('o2')).toEqual({ ok: false, id: 'o2', reason: 'unknown-order' })
    expect(await teller.runOnce()).toMatchObject({ compensations: 1 })
    expect(told).toHaveLength(1)
    expect(await desk.parked()).toEqual({ compensations: [], cursor: null })
  })

  it('keeps nobody else from being told', async () => {
    const { desk, stock, worker } = await openShop()
    await stock('PHONE', 9)
    for (const id of ['o1', 'o2', 'o3']) {
      await desk.place(orderOf(id, 'ada'))
      await desk.rollBack({ orderId: id, reason: 'fire' })
    }
    const told: string[] = []
    const notify: Notify = ({ order }) => {
      if (order.id === 'o2') throw new Error('no such address')
      told.push(order.id)
    }
    await worker({ notify }).runOnce()
    expect(told).toEqual(['o1', 'o3'])
  })
})

describe('parked compensations', () => {
  it('are listed page by page', async () => {
    const { desk, stock, worker } = await openShop()
    await stock('PHONE', 9)
    for (const id of ['o1', 'o2', 'o3']) {
      await desk.place(orderOf(id, 'ada'))
      await desk.rollBack({ orderId: id, reason: 'fire' })
    }
    const notify = () => Promise.reject(new Error('away'))
    await worker({ notify, attempts: 1 }).runOnce()
    const first = await desk.parked({ limit: 2 })
    const second = await desk.parked({ limit: 2, cursor: first.cursor ?? undefined })
    const ids = [first, second].map(({ compensations }) => compensations.map(({ orderId }) => orderId))
    expect(ids).toEqual([['o1', 'o2'], ['o3']])
  })
})

describe('workers in several processes', () => {
  it('tell people once, unless one dies with the telling', async () => {
    const { desk, another, clock, worker } = await paidOrder()
    const { told, notify } = notifier()
    await desk.rollBack(rollBack)
    // The first takes it and is never heard of again.
    const dead = new Promise<void>(() => {})
    void another().compensations.goOn(10, {
      notify: () => dead,
      budget: { attempts: 5, retryAfterMs: 1_000 },
    })
    await new Promise(setImmediate)
    expect(await worker({ notify }).runOnce()).toMatchObject({ compensations: 0 })
    clock.pass(MINUTE)
    expect(await worker({ notify }).runOnce()).toMatchObject({ compensations: 1 })
    expect(told).toHaveLength(1)
  })

  it('that have nobody to tell do not tell somebody’s worker to be silent', async () => {
    const { desk, worker } = await paidOrder()
    const { told, notify } = notifier()
    const teller = worker({ notify })
    worker()
    await desk.rollBack(rollBack)
    await teller.runOnce()
    expect(told).toHaveLength(1)
  })
})
