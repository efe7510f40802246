import { DeskWorker, MemoryStore, OrderDesk } from '@holdfast/core'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { VirtualClock } from '../../core/src/desk/shop.test-support.js'
import { RedisStore } from '../src/index.js'
import { newKeys, type TestKeys } from './redis-servers.js'

const MINUTE = 60_000
/** Bytes of a marker. */
const MARKER = 14
const LINES = [{ sku: 'PHONE', quantity: 1 }]
const POLICY = {
  holdFor: { minutes: 15 },
  limits: [{ id: 'one-each', per: 'user', scope: 'sku', max: 1 }],
  unpaidOrder: { per: 'user', scope: 'sku' },
} as const

const keys = await newKeys('redis')
describe.skipIf(keys === null)('of orders that ended unsold, and that the ledger has', () => {
  if (keys !== null) testOn(keys)
})

function testOn(keys: TestKeys): void {
  afterAll(() => keys.drop())
  const redis = keys.connect()
  let stores = 0
  let prefix: string
  let clock: VirtualClock
  let store: RedisStore
  let ledger: MemoryStore
  let desk: OrderDesk
  let worker: DeskWorker

  beforeEach(async () => {
    clock = new VirtualClock()
    prefix = `${keys.prefix}${stores++}:`
    store = new RedisStore(redis as never, {
      keyPrefix: prefix,
      clock: { kind: 'virtual', now: () => clock.now() },
    })
    await store.create()
    ledger = new MemoryStore({ clock })
    desk = new OrderDesk({ store, ledger, policy: POLICY, clock: () => clock.now() })
    worker = new DeskWorker(desk)
    await desk.restock({ id: 'delivery', sku: 'PHONE', quantity: 2 })
  })

  /** Carries all, and an entry more: the one carried last stays in the stream. */
  async function carryAll(): Promise<void> {
    await worker.runOnce()
    await desk.restock({ id: `more at ${clock.now()}`, sku: 'OTHER', quantity: 1 })
    await worker.runOnce()
  }

  async function placed(id: string, user = id): Promise<void> {
    expect(await desk.place({ id, buyer: { user }, lines: LINES })).toMatchObject({ ok: true })
  }

  /** Bytes that are kept under the id. */
  async function bytesOf(id: string): Promise<number> {
    return redis.hstrlen(`${prefix}{main}:reservations`, id)
  }

  async function expectAudit(): Promise<void> {
    expect(await desk.audit()).toMatchObject({ ok: true, differences: [], comparedWithLedger: true })
  }

  it('a marker is left: it knows a retry from another order', async () => {
    await placed('cancelled', 'ada')
    await desk.cancel({ orderId: 'cancelled', by: 'buyer' })
    await carryAll()
    expect(await bytesOf('cancelled')).toBe(MARKER)
    const retried = { id: 'cancelled', buyer: { user: 'ada' }, lines: LINES }
    expect(await desk.place(retried)).toMatchObject({ ok: false, reason: 'order-ended', status: 'cancelled' })
    expect(await desk.place({ ...retried, buyer: { user: 'eve' } })).toMatchObject({
      ...{ ok: false, reason: 'id-reused' },
      differs: ['buyer'],
    })
    const others = [{ sku: 'PHONE', quantity: 2 }]
    expect(await desk.place({ ...retried, lines: others })).toMatchObject({
      reason: 'id-reused',
      differs: ['lines'],
    })
    expect(await desk.order('cancelled')).toMatchObject({ status: 'cancelled', lines: [{ sku: 'PHONE' }] })
    await expectAudit()
  })

  it('none is marked before its ending was carried', async () => {
    await placed('cancelled')
    await worker.runOnce()
    const id = { id: 'cancelled', home: 'x' }
    await store.apply('main', null, [{ kind: 'release', ...id, cause: 'seller', reason: null }])
    const whole = await bytesOf('cancelled')
    const lease = await store.feed.lease('main', 'test', MINUTE)
    const [carried = null] = await ledger.carried(['main'])
    const [ending] = (await lease?.read(carried, 1_000)) ?? []
    if (lease === null || ending === undefined) throw new Error('nothing to carry')
    await lease.acknowledge(ending)
    expect(await bytesOf('cancelled')).toBe(whole)
    const account = { sku: 'OTHER', pool: 'default' }
    await store.apply('main', null, [{ kind: 'supply', movement: 'm', account, delta: 1, cause: 'restock' }])
    const [next] = await lease.read(ending, 1_000)
    if (next === undefined) throw new Error('nothing to carry')
    await lease.acknowledge(next)
    expect(await bytesOf('cancelled')).toBe(MARKER)
    // Its deadline was not looked at before.
    expect(await store.apply('main', null, [{ kind: 'sweep', limit: 10 }])).toMatchObject({
      outcomes: [{ kind: 'swept', expired: [] }],
    })
  })

  it('a late payment of one that expired takes its units again', async () => {
    await placed('late')
    clock.pass(16 * MINUTE)
    await carryAll()
    expect(await bytesOf('late')).toBe(MARKER)
    expect(await desk.recordPayment({ orderId: 'late', paymentId: 'pi' })).toMatchObject({ ok: true })
    expect(await desk.order('late')).toMatchObject({ status: 'paid', paymentId: 'pi' })
    expect(await desk.recordPayment({ orderId: 'late', paymentId: 'pi' })).toMatchObject({ ok: true })
    await expectAudit()
    expect(await desk.availability({ sku: 'PHONE' })).toMatchObject({ available: 1, sold: 1 })
  })

  it('a payment of one that was cancelled is to be refunded, and stays so', async () => {
    await placed('cancelled')
    await desk.cancel({ orderId: 'cancelled', by: 'seller' })
    await carryAll()
    for (let delivered = 0; delivered < 2; delivered++) {
      expect(await desk.recordPayment({ orderId: 'cancelled', paymentId: 'pi' })).toMatchObject({
        reason: 'refund-required',
      })
      expect(await desk.order('cancelled')).toMatchObject({ status: 'refund-required', paymentId: 'pi' })
    }
    await expectAudit()
  })

  it('a cancelled one is never sold, whatever claims a payment brings', async () => {
    await placed('cancelled')
    await desk.cancel({ orderId: 'cancelled', by: 'seller' })
    await carryAll()
    const claims = {
      fingerprint: { buyer: 'x', lines: 'y' },
      units: [{ account: { sku: 'PHONE', pool: 'default' }, quantity: 1 }],
      ...{ uses: [], backorder: false, until: clock.now() + MINUTE },
    }
    const command = { kind: 'confirm', id: 'cancelled', home: 'x', payment: 'pi', retake: claims } as const
    expect(await store.apply('main', null, [command])).toMatchObject({ outcomes: [{ kind: 'unknown-id' }] })
    expect(await desk.availability({ sku: 'PHONE' })).toMatchObject({ available: 2 })
  })

  it('whatever else is asked of one is answered by its status', async () => {
    await placed('cancelled')
    await desk.cancel({ orderId: 'cancelled', by: 'seller' })
    await carryAll()
    const id = { id: 'cancelled', home: 'x' }
    const account = { sku: 'PHONE', pool: 'default' }
    const applied = await store.apply('main', null, [
      { kind: 'extend', ...id, holdMs: MINUTE },
      { kind: 'shrink', ...id, keep: [{ account, quantity: 1 }] },
      { kind: 'release', ...id, cause: 'rollback', reason: null },
      ...[{ kind: 'return' as const, ...id, movement: 'back', units: [{ account, quantity: 1 }] }].map(
        (command) => ({ ...command, restock: true, giveBackUses: true }),
      ),
    ])
    expect(applied).toMatchObject({
      outcomes: Array.from({ length: 4 }, () => ({ kind: 'already', status: 'released' })),
    })
    const asked = { kind: 'keys', reservations: ['cancelled'] } as const
    const { reservations } = await store.read('main', {
      ...{ ...asked, accounts: [], counters: [], guards: [], strikes: [] },
    })
    expect(reservations).toEqual([])
  })

  it('what lies in pieces is kept whole', async () => {
    const setting = { kind: 'virtual', now: () => clock.now() } as const
    const keyPrefix = `${prefix}many:`
    const many = new RedisStore(redis as never, { keyPrefix, partitions: 4, clock: setting })
    await many.create()
    const shop = new OrderDesk({ store: many, ledger, policy: POLICY, clock: () => clock.now() })
    const skus = ['MUG', 'SHIRT', 'SOCKS', 'HAT']
    for (const sku of skus) await shop.restock({ id: 'delivery', sku, quantity: 1 })
    const lines = skus.map((sku) => ({ sku, quantity: 1 }))
    expect(await shop.place({ id: 'pieced', buyer: { user: 'ada' }, lines })).toMatchObject({
      admission: 'pieced',
    })
    await shop.cancel({ orderId: 'pieced', by: 'seller' })
    const carrying = new DeskWorker(shop)
    await carrying.runOnce()
    for (const sku of skus) await shop.restock({ id: 'more', sku, quantity: 1 })
    await carrying.runOnce()
    const kept = await Promise.all(
      (await many.partitions()).map((name) => redis.hvals(`${keyPrefix}{${name}}:reservations`)),
    )
    expect(kept.flat().length).toBeGreaterThan(1)
    expect(kept.flat().filter((record) => record.length <= MARKER)).toEqual([])
    const paid = await shop.recordPayment({ orderId: 'pieced', paymentId: 'pi' })
    expect(paid).toMatchObject({ reason: 'refund-required' })
  })

  it('what was sold is kept whole', async () => {
    await placed('paid')
    await desk.recordPayment({ orderId: 'paid', paymentId: 'pi' })
    await placed('paid late')
    clock.pass(16 * MINUTE)
    // Its expiry is carried when it is sold already.
    await store.apply('main', null, [
      { kind: 'sweep', limit: 10 },
      { kind: 'confirm', id: 'paid late', home: 'x', payment: 'pi', retake: null },
    ])
    await carryAll()
    expect(await bytesOf('paid')).toBeGreaterThan(MARKER)
    expect(await bytesOf('paid late')).toBeGreaterThan(MARKER)
    await expectAudit()
  })
}
