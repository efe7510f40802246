import type { MemoryStore, OrderDesk } from '@holdfast/core'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import type { RedisStore } from '../src/index.js'
import { type CarriedShop, PHONES as LINES, MARKER, openCarriedShop } from './carried-shop.js'
import { newKeys, type TestKeys } from './redis-servers.js'

const MINUTE = 60_000

const keys = await newKeys('redis')
describe.skipIf(keys === null)('of orders that ended unsold, and that the ledger has', () => {
  if (keys !== null) testOn(keys)
})

function testOn(keys: TestKeys): void {
  afterAll(() => keys.drop())
  let shop: CarriedShop
  let store: RedisStore
  let ledger: MemoryStore
  let desk: OrderDesk

  beforeEach(async () => {
    shop = await openCarriedShop(keys)
    ;({ store, ledger, desk } = shop)
  })

  it('a marker is left: it knows a retry from another order', async () => {
    await shop.placed('cancelled', 'ada')
    await desk.cancel({ orderId: 'cancelled', by: 'buyer' })
    await shop.carryAll()
    expect(await shop.bytesOf('cancelled')).toBe(MARKER)
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
    await shop.expectAudit()
  })

  it('none is marked before its ending was carried', async () => {
    await shop.placed('cancelled')
    await shop.worker.runOnce()
    const id = { id: 'cancelled', home: 'x' }
    await store.apply('main', null, [{ kind: 'release', ...id, cause: 'seller', reason: null }])
    const whole = await shop.bytesOf('cancelled')
    const lease = await store.feed.lease('main', 'test', MINUTE)
    const [carried = null] = await ledger.carried(['main'])
    const [ending] = (await lease?.read(carried, 1_000)) ?? []
    if (lease === null || ending === undefined) throw new Error('nothing to carry')
    await lease.acknowledge(ending)
    expect(await shop.bytesOf('cancelled')).toBe(whole)
    const account = { sku: 'OTHER', pool: 'default' }
    await store.apply('main', null, [{ kind: 'supply', movement: 'm', account, delta: 1, cause: 'restock' }])
    const [next] = await lease.read(ending, 1_000)
    if (next === undefined) throw new Error('nothing to carry')
    await lease.acknowledge(next)
    expect(await shop.bytesOf('cancelled')).toBe(MARKER)
    // Its deadline was not looked at before.
    expect(await store.apply('main', null, [{ kind: 'sweep', limit: 10 }])).toMatchObject({
      outcomes: [{ kind: 'swept', expired: [] }],
    })
  })

  it('a late payment of one that expired takes its units again', async () => {
    await shop.placed('late')
    shop.clock.pass(16 * MINUTE)
    await shop.carryAll()
    expect(await shop.bytesOf('late')).toBe(MARKER)
    expect(await desk.recordPayment({ orderId: 'late', paymentId: 'pi' })).toMatchObject({ ok: true })
    expect(await desk.order('late')).toMatchObject({ status: 'paid', paymentId: 'pi' })
    expect(await desk.recordPayment({ orderId: 'late', paymentId: 'pi' })).toMatchObject({ ok: true })
    await shop.expectAudit()
    expect(await desk.availability({ sku: 'PHONE' })).toMatchObject({ available: 9, sold: 1 })
  })

  it('a payment of one that was cancelled is to be refunded, and stays so', async () => {
    await shop.placed('cancelled')
    await desk.cancel({ orderId: 'cancelled', by: 'seller' })
    await shop.carryAll()
    for (let delivered = 0; delivered < 2; delivered++) {
      expect(await desk.recordPayment({ orderId: 'cancelled', paymentId: 'pi' })).toMatchObject({
        reason: 'refund-required',
      })
      expect(await desk.order('cancelled')).toMatchObject({ status: 'refund-required', paymentId: 'pi' })
    }
    await shop.expectAudit()
  })

  it('a cancelled one is never sold, whatever claims a payment brings', async () => {
    await shop.placed('cancelled')
    await desk.cancel({ orderId: 'cancelled', by: 'seller' })
    await shop.carryAll()
    const claims = {
      fingerprint: { buyer: 'x', lines: 'y' },
      units: [{ account: { sku: 'PHONE', pool: 'default' }, quantity: 1 }],
      ...{ uses: [], backorder: false, until: shop.clock.now() + MINUTE },
    }
    const command = { kind: 'confirm', id: 'cancelled', home: 'x', payment: 'pi', retake: claims } as const
    expect(await store.apply('main', null, [command])).toMatchObject({ outcomes: [{ kind: 'unknown-id' }] })
    expect(await desk.availability({ sku: 'PHONE' })).toMatchObject({ available: 10 })
  })

  it('whatever else is asked of one is answered by its status', async () => {
    await shop.placed('cancelled')
    await desk.cancel({ orderId: 'cancelled', by: 'seller' })
    await shop.carryAll()
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

  it('what lies in pieces is kept whole, sold or not', async () => {
    const many = await openCarriedShop(keys, { partitions: 4 })
    const skus = ['MUG', 'SHIRT', 'SOCKS', 'HAT']
    for (const sku of skus) await many.desk.restock({ id: 'delivery', sku, quantity: 2 })
    const lines = skus.map((sku) => ({ sku, quantity: 1 }))
    for (const id of ['cancelled', 'sold'])
      expect(await many.desk.place({ id, buyer: { user: id }, lines })).toMatchObject({ admission: 'pieced' })
    await many.desk.cancel({ orderId: 'cancelled', by: 'seller' })
    await many.desk.recordPayment({ orderId: 'sold', paymentId: 'pi' })
    await many.carryAll()
    const kept = await Promise.all(
      (await many.store.partitions()).map((name) =>
        many.redis.hvals(`${many.keyPrefix}{${name}}:reservations`),
      ),
    )
    expect(kept.flat().length).toBeGreaterThan(2)
    expect(kept.flat().filter((record) => record.length <= MARKER)).toEqual([])
    const paid = await many.desk.recordPayment({ orderId: 'cancelled', paymentId: 'pi' })
    expect(paid).toMatchObject({ reason: 'refund-required' })
    const back = { orderId: 'sold', id: 'back', lines: [{ sku: 'MUG', quantity: 1 }] }
    expect(await many.desk.returnUnits(back)).toMatchObject({ ok: true })
    await many.carryAll()
    await many.expectAudit()
  })

  it('none is marked that was sold before its ending was carried', async () => {
    await shop.placed('paid late')
    shop.clock.pass(16 * MINUTE)
    await shop.apply({ kind: 'sweep', limit: 10 })
    const [carried = null] = await ledger.carried(['main'])
    const lease = await store.feed.lease('main', 'test', MINUTE)
    const entries = (await lease?.read(carried, 1_000)) ?? []
    await shop.apply({ kind: 'confirm', id: 'paid late', home: 'x', payment: 'pi', retake: null })
    const later = (await lease?.read(entries.at(-1) ?? null, 1_000)) ?? []
    await lease?.acknowledge(later.at(-1) as never)
    expect(await shop.bytesOf('paid late')).toBeGreaterThan(MARKER)
  })
}
