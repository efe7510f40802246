import { OrderDesk } from '@holdfast/core'
import type { Command } from '@holdfast/core/adapter'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { NO_KEYS } from '../../core/test/memory.js'
import { type CarriedShop, MARKER, openCarriedShop, PHONES } from './carried-shop.js'
import { newKeys, type TestKeys } from './redis-servers.js'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const PHONE = { sku: 'PHONE', pool: 'default' }

const keys = await newKeys('redis')
describe.skipIf(keys === null)('of orders that were sold, and that the ledger has', () => {
  if (keys !== null) testOn(keys)
})

function testOn(keys: TestKeys): void {
  afterAll(() => keys.drop())
  let shop: CarriedShop

  beforeEach(async () => {
    shop = await openCarriedShop(keys)
  })

  const returned = (orderId: string, id: string, quantity = 1, more: object = {}) =>
    shop.desk.returnUnits({ orderId, id, lines: [{ sku: 'PHONE', quantity }], ...more })

  async function marked(id: string, quantity = 1): Promise<void> {
    await shop.paid(id, id, quantity)
    await shop.carryAll()
    expect(await shop.bytesOf(id)).toBe(MARKER)
  }

  it('a marker is left: it answers retries, payments and all else as before', async () => {
    const { desk } = shop
    await marked('o')
    const again = { id: 'o', buyer: { user: 'o' }, lines: PHONES }
    expect(await desk.place(again)).toMatchObject({ ok: true, replayed: true, order: { status: 'paid' } })
    expect(await desk.place({ ...again, buyer: { user: 'eve' } })).toMatchObject({
      ...{ reason: 'id-reused', differs: ['buyer'] },
    })
    const payment = { orderId: 'o', paymentId: 'of o' }
    expect(await desk.recordPayment(payment)).toMatchObject({ ok: true, status: 'paid', replayed: true })
    expect(await desk.recordPayment({ ...payment, paymentId: 'another' })).toMatchObject({
      ...{ reason: 'refund-required', why: { reason: 'duplicate-payment', paymentId: 'of o' } },
    })
    const already = { ok: false, reason: 'already', status: 'paid' }
    expect(await desk.cancel({ orderId: 'o', by: 'buyer' })).toMatchObject(already)
    expect(await desk.extend({ orderId: 'o', by: { minutes: 5 } })).toMatchObject(already)
    expect(await desk.shrink({ orderId: 'o', keep: PHONES })).toMatchObject(already)
    expect(await desk.limits({ buyer: { user: 'o' }, skus: ['PHONE'] })).toMatchObject([{ used: 1 }])
    expect(await shop.bytesOf('o')).toBe(MARKER)
    // His counter is written anew.
    await shop.placed('another', 'o')
    await shop.expectAudit()
  })

  it('none is left by a carrier of before a rebuild, while that loads', async () => {
    const { store, ledger, clock } = shop
    await shop.placed('o')
    await shop.apply({ kind: 'confirm', id: 'o', home: 'o', payment: 'p', retake: null })
    // The last entry is never done with.
    await shop.apply({ kind: 'supply', movement: 'more', account: PHONE, delta: 1, cause: 'restock' })
    const lease = await store.feed.lease('main', 'of before', MINUTE)
    const entries = (await lease?.read(null, 1_000)) ?? []
    const position = await ledger.carry('main', [...entries])
    const epoch = position.epoch + 1
    await ledger.raiseEpoch('main', position.epoch, epoch)
    await store.rebuilding.begin('main', epoch)
    await ledger.contents((part) => store.rebuilding.load('main', epoch, part))
    await expect(lease?.acknowledge(position)).rejects.toMatchObject({ code: 'fenced' })
    await store.rebuilding.open('main', epoch, clock.now())
    expect(await shop.bytesOf('o')).toBeGreaterThan(MARKER)
    await shop.expectAudit()
  })

  it('its units come back, and it is marked again', async () => {
    await marked('o', 3)
    expect(await returned('o', 'one')).toEqual({ ok: true, id: 'o', replayed: false })
    expect(await shop.phones()).toMatchObject({ available: 8, sold: 2 })
    expect(await shop.bytesOf('o')).toBeGreaterThan(MARKER)
    await shop.expectAudit()
    await shop.carryAll()
    expect(await shop.bytesOf('o')).toBe(MARKER)
    expect(await returned('o', 'one')).toMatchObject({ ok: true, replayed: true })
    expect(await returned('o', 'one', 2)).toMatchObject({ reason: 'id-reused' })
    expect(await returned('o', 'two', 3)).toMatchObject({ reason: 'exceeds', held: 2 })
    expect(await shop.bytesOf('o')).toBe(MARKER)
    expect(await returned('o', 'two', 2, { restock: false, giveBackUses: true })).toMatchObject({ ok: true })
    await shop.carryAll()
    expect(await shop.phones()).toMatchObject({ available: 8, sold: 0 })
    expect(await shop.desk.limits({ buyer: { user: 'o' }, skus: ['PHONE'] })).toMatchObject([{ used: 1 }])
    await shop.expectAudit()
  })

  it('it is rolled back', async () => {
    await marked('o', 2)
    expect(await shop.desk.rollBack({ orderId: 'o', reason: 'fire' })).toMatchObject({ ok: true })
    expect(await shop.desk.order('o')).toMatchObject({ status: 'rolled-back' })
    expect(await shop.phones()).toMatchObject({ available: 10, sold: 0 })
    await shop.carryAll()
    expect(await shop.bytesOf('o')).toBe(MARKER)
    expect(await returned('o', 'late')).toMatchObject({ reason: 'already', status: 'rolled-back' })
    await shop.expectAudit()
  })

  it('of several processes that return the same units, as many come through as there are units', async () => {
    await marked('o', 3)
    const desks = Array.from({ length: 6 }, () => shop.openDesk())
    const back = { orderId: 'o', lines: PHONES }
    const results = await Promise.all(desks.map((desk, n) => desk.returnUnits({ ...back, id: `back ${n}` })))
    expect(results.filter(({ ok }) => ok)).toHaveLength(3)
    expect(results.filter(({ ok }) => !ok)).toMatchObject(
      [1, 2, 3].map(() => ({ reason: 'exceeds', held: 0 })),
    )
    await shop.carryAll()
    expect(await shop.phones()).toMatchObject({ available: 10, sold: 0 })
    await shop.expectAudit()
  })

  it('who brings it as it was before is told to ask the ledger again', async () => {
    await marked('o', 2)
    const page = await shop.ledger.read('main', { ...NO_KEYS, reservations: ['o'] })
    const state = page.reservations[0]?.state
    if (state?.status !== 'confirmed') throw new Error('it was not sold')
    const whole = { state, lapsesAt: Number.MAX_SAFE_INTEGER }
    const back = (movement: string, more: object): Command => ({
      ...{ kind: 'return', id: 'o', home: state.home, movement, units: [{ account: PHONE, quantity: 1 }] },
      ...{ restock: true, giveBackUses: false, ...more },
    })
    expect(await shop.apply(back('one', {}))).toEqual([{ kind: 'marked' }])
    const other = { ...state, fingerprint: { ...state.fingerprint, lines: 'others' } }
    expect(await shop.apply(back('one', { whole: { ...whole, state: other } }))).toEqual([{ kind: 'marked' }])
    expect(await shop.apply(back('one', { whole }))).toEqual([{ kind: 'returned' }])
    await shop.carryAll()
    expect(await shop.bytesOf('o')).toBe(MARKER)
    expect(await shop.apply(back('two', { whole }))).toEqual([{ kind: 'marked' }])
    const undone: Command = { kind: 'release', id: 'o', home: 'x', cause: 'rollback', reason: null, whole }
    expect(await shop.apply(undone)).toEqual([{ kind: 'marked' }])
    expect(await shop.phones()).toMatchObject({ available: 9, sold: 1 })
  })

  it('none is marked before its payment was carried, nor while more has happened to it', async () => {
    await shop.placed('o', 'o', 2)
    await shop.carryAll()
    const at = { id: 'o', home: 'x' }
    const back = {
      movement: 'back',
      units: [{ account: PHONE, quantity: 1 }],
      restock: true,
      giveBackUses: false,
    }
    await shop.apply({ kind: 'confirm', ...at, payment: 'pi', retake: null })
    await shop.apply({ kind: 'supply', movement: 'more', account: PHONE, delta: 0, cause: 'restock' })
    await shop.apply({ kind: 'return', ...at, ...back })
    const whole = await shop.bytesOf('o')
    const lease = await shop.store.feed.lease('main', 'test', MINUTE)
    const [carried = null] = await shop.ledger.carried(['main'])
    const [confirmed, next] = (await lease?.read(carried, 1_000)) ?? []
    if (confirmed === undefined || next === undefined) throw new Error('nothing to carry')
    await lease?.acknowledge(await shop.ledger.carry('main', [confirmed]))
    await lease?.acknowledge(await shop.ledger.carry('main', [next]))
    expect(await shop.bytesOf('o')).toBe(whole)
    await lease?.release()
    await shop.carryAll()
    expect(await shop.bytesOf('o')).toBe(MARKER)
    expect(await returned('o', 'other')).toMatchObject({ ok: true })
    await shop.carryAll()
    expect(await shop.bytesOf('o')).toBe(MARKER)
    expect(await shop.phones()).toMatchObject({ available: 10, sold: 0 })
    await shop.expectAudit()
  })

  it('one that is owed units is whole until it is filled', async () => {
    await shop.desk.configure({ sku: 'PHONE', backorderLimit: 5 })
    for (const id of ['a', 'b', 'c']) await shop.paid(id, id, 3)
    await shop.paid('owed', 'owed', 3)
    await shop.carryAll()
    expect(await shop.bytesOf('owed')).toBeGreaterThan(MARKER)
    await shop.expectAudit()
    await shop.desk.restock({ id: 'late', sku: 'PHONE', quantity: 5 })
    await shop.carryAll()
    expect(await shop.bytesOf('owed')).toBe(MARKER)
    await shop.expectAudit()
  })

  it('a payment that came late leaves a marker as any other', async () => {
    await shop.placed('late')
    shop.clock.pass(16 * MINUTE)
    await shop.carryAll()
    expect(await shop.bytesOf('late')).toBe(MARKER)
    const payment = { orderId: 'late', paymentId: 'pi' }
    expect(await shop.desk.recordPayment(payment)).toMatchObject({ ok: true, late: true, replayed: false })
    await shop.carryAll()
    expect(await shop.bytesOf('late')).toBe(MARKER)
    expect(await shop.desk.recordPayment(payment)).toMatchObject({ ok: true, late: true, replayed: true })
    expect(await returned('late', 'back')).toMatchObject({ ok: true })
    expect(await shop.phones()).toMatchObject({ available: 10, sold: 0 })
    await shop.expectAudit()
  })

  describe('and that were forgotten since,', () => {
    beforeEach(async () => {
      await marked('o', 3)
      await shop.forget(30 * DAY)
      expect(await shop.bytesOf('o')).toBe(MARKER)
      await shop.forget(DAY)
      expect(await shop.bytesOf('o')).toBe(0)
      await shop.expectAudit()
    })

    it('units come back, and are told apart from then on', async () => {
      expect(await returned('o', 'back')).toMatchObject({ ok: true, replayed: false })
      await shop.carryAll()
      await shop.forget(DAY)
      expect(await shop.bytesOf('o')).toBe(MARKER)
      expect(await returned('o', 'back')).toMatchObject({ ok: true, replayed: true })
      expect(await returned('o', 'more', 3)).toMatchObject({ reason: 'exceeds', held: 2 })
      expect(await shop.phones()).toMatchObject({ available: 8, sold: 2 })
      await shop.expectAudit()
    })

    it('they are rolled back', async () => {
      expect(await shop.desk.rollBack({ orderId: 'o', reason: 'fire' })).toMatchObject({ ok: true })
      expect(await shop.desk.order('o')).toMatchObject({ status: 'rolled-back' })
      expect(await shop.phones()).toMatchObject({ available: 10, sold: 0 })
      await shop.carryAll()
      await shop.expectAudit()
    })

    it('nobody cancels them, and who has tried it can still roll them back', async () => {
      const cancelled = await shop.desk.cancel({ orderId: 'o', by: 'seller' })
      expect(cancelled).toMatchObject({ ok: false, reason: 'already', status: 'paid' })
      expect(await shop.desk.rollBack({ orderId: 'o', reason: 'fire' })).toMatchObject({ ok: true })
      expect(await shop.phones()).toMatchObject({ available: 10, sold: 0 })
      await shop.expectAudit()
    })

    it('a payment that is delivered again sells nothing', async () => {
      const payment = { orderId: 'o', paymentId: 'of o' }
      expect(await shop.desk.recordPayment(payment)).toMatchObject({ ok: true, replayed: true })
      expect(await shop.phones()).toMatchObject({ available: 7, sold: 3 })
    })

    it('their ids are free, and what was sold under them stays counted', async () => {
      await shop.desk.place({ id: 'o', buyer: { user: 'another' }, lines: PHONES })
      await shop.desk.recordPayment({ orderId: 'o', paymentId: 'again' })
      await shop.carryAll()
      expect(await shop.phones()).toMatchObject({ available: 6, sold: 4 })
      await shop.expectAudit()
    })
  })

  it('what lies whole for long is marked, but for what no ledger follows', async () => {
    const alone = new OrderDesk({ store: shop.store, policy: { backorder: true } })
    await alone.configure({ sku: 'PHONE', backorderLimit: 5 })
    for (const id of ['sold', 'other', 'cancelled']) {
      const lines = [{ sku: 'PHONE', quantity: 5 }]
      expect(await alone.place({ id, buyer: { user: id }, lines })).toMatchObject({ ok: true })
    }
    for (const orderId of ['sold', 'other']) await alone.recordPayment({ orderId, paymentId: 'pi' })
    await alone.cancel({ orderId: 'cancelled', by: 'seller' })
    expect(await alone.place({ id: 'short', buyer: { user: 'x' }, lines: PHONES })).toMatchObject({
      ok: true,
    })
    await alone.recordPayment({ orderId: 'short', paymentId: 'pi' })
    await shop.forget(2 * 60 * MINUTE)
    expect(await shop.bytesOf('sold')).toBeGreaterThan(MARKER)
    await shop.redis.hset(`${shop.keyPrefix}{main}:meta`, 'followed', '1')
    await shop.forget(MINUTE)
    expect([await shop.bytesOf('sold'), await shop.bytesOf('cancelled')]).toEqual([MARKER, MARKER])
    expect(await shop.bytesOf('short')).toBeGreaterThan(MARKER)
    expect(await returned('sold', 'back')).toMatchObject({ ok: true, replayed: false })
    expect(await shop.desk.recordPayment({ orderId: 'cancelled', paymentId: 'pi' })).toMatchObject({
      reason: 'refund-required',
    })
    await shop.carryAll()
    await shop.expectAudit()
    await shop.forget(30 * DAY)
    expect([await shop.bytesOf('sold'), await shop.bytesOf('other')]).toEqual([MARKER, MARKER])
  })

  it('one that the store has lost, and could not have forgotten, is not returned', async () => {
    await marked('o')
    await shop.redis.hdel(`${shop.keyPrefix}{main}:reservations`, 'o')
    expect(await returned('o', 'back')).toMatchObject({ ok: false, reason: 'unknown-order' })
    expect(await shop.phones()).toMatchObject({ available: 9, sold: 1 })
  })

  it('in a store of several partitions they are found by their id alone', async () => {
    shop = await openCarriedShop(keys, { partitions: 4 })
    await marked('o', 2)
    await marked('p', 2)
    const refused = { ok: false, reason: 'already', status: 'paid' }
    for (const orderId of ['o', 'p'])
      expect(await shop.desk.cancel({ orderId, by: 'seller' })).toMatchObject(refused)
    expect(await returned('o', 'back')).toMatchObject({ ok: true, replayed: false })
    expect(await shop.desk.rollBack({ orderId: 'p', reason: 'fire' })).toMatchObject({ ok: true })
    expect(await shop.phones()).toMatchObject({ available: 9, sold: 1 })
    await shop.carryAll()
    const kept = (await shop.store.partitions()).map((name) =>
      shop.redis.hlen(`${shop.keyPrefix}{${name}}:reservations`),
    )
    expect((await Promise.all(kept)).reduce((sum, one) => sum + one, 0)).toBe(2)
    expect([await shop.bytesOf('o'), await shop.bytesOf('p')]).toEqual([MARKER, MARKER])
    await shop.expectAudit()
  })

  it('a store that was made anew has them, and their units come back', async () => {
    await marked('o', 2)
    expect(await returned('o', 'before')).toMatchObject({ ok: true })
    await shop.carryAll()
    const plan = await shop.desk.planRebuild({ evenIfFollowed: true })
    expect(await shop.desk.rebuild(plan)).toMatchObject({ ok: true })
    await expect(returned('o', 'before')).rejects.toMatchObject({ code: 'fenced' })
    await shop.expectAudit()
    expect(await shop.bytesOf('o')).toBeGreaterThan(MARKER)
    await shop.forget(30 * MINUTE)
    expect(await shop.bytesOf('o')).toBeGreaterThan(MARKER)
    await shop.forget(30 * MINUTE)
    expect(await shop.bytesOf('o')).toBe(MARKER)
    await shop.expectAudit()
    expect(await returned('o', 'before')).toMatchObject({ ok: true, replayed: true })
    expect(await returned('o', 'after')).toMatchObject({ ok: true, replayed: false })
    await shop.carryAll()
    expect(await shop.bytesOf('o')).toBe(MARKER)
    expect(await shop.phones()).toMatchObject({ available: 10, sold: 0 })
    await shop.expectAudit()
  })
}
