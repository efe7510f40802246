import { describe, expect, it } from 'vitest'
import { DeskWorker } from '../desk/desk-worker.js'
import { OrderDesk } from '../desk/order-desk.js'
import { MINUTE, orderOf, VirtualClock } from '../desk/shop.test-support.js'
import { HoldfastError } from '../errors.js'
import { MemoryStore } from '../memory/store.js'
import type { CarriesFeeds, KeepsFeed } from '../port/feed.js'
import { NO_KEYS } from '../port/reservation-store.js'
import { policy, sell } from './sale.test-support.js'

type DiesAt = (method: string) => void

/** Calls of these methods go through `dies`, before or after. */
function watched<Part extends object>(part: Part, dies: DiesAt, when: 'before' | 'after'): Part {
  return new Proxy(part, {
    get(target, name) {
      const value = Reflect.get(target, name, target) as unknown
      if (typeof value !== 'function') return value
      return async (...args: unknown[]) => {
        if (when === 'before') dies(String(name))
        const done = await (value as (...args: unknown[]) => unknown).apply(target, args)
        if (when === 'after') dies(String(name))
        return done
      }
    },
  })
}

interface Spread {
  readonly partitions?: number
  /** SKUs that lie in buckets. */
  readonly spread?: readonly string[]
  readonly lease?: { readonly chunk: number }
}

/** A sale that was carried to its end. */
async function sold({ lease, ...partitions }: Spread = {}) {
  const clock = new VirtualClock()
  const options = { clock, ...partitions }
  const ledger = new MemoryStore({ clock })
  const open = (store = new MemoryStore(options), followed = ledger) => {
    const desk = new OrderDesk({ store, ledger: followed, lease, policy, clock: () => clock.now() })
    return { store, desk, worker: new DeskWorker(desk) }
  }
  const before = open()
  const owes = lease === undefined && partitions.spread === undefined
  await sell(before.desk, clock, before.worker, owes)
  await before.worker.runOnce()
  return { clock, ledger, open, before, options }
}

async function expectTheSame(desk: OrderDesk, worker: DeskWorker): Promise<void> {
  await worker.runOnce()
  expect(await desk.audit()).toMatchObject({ ok: true, differences: [], comparedWithLedger: true })
}

it('makes an emptied store what its ledger has, and it goes on from there', async () => {
  const { open, clock, before } = await sold()
  const [known] = await before.store.feed.ends(['main'])
  const { desk, worker, store } = open()
  await expect(desk.restock({ id: 'in A', sku: 'A', quantity: 40 })).rejects.toMatchObject({
    code: 'stream-gap',
  })
  const plan = await desk.planRebuild()
  expect(plan.partitions).toMatchObject([
    { partition: 'main', found: 'gap', carried: known, end: { epoch: 1, sequence: 1 }, lost: null, epoch: 2 },
  ])
  expect(await desk.rebuild(JSON.parse(JSON.stringify(plan)))).toEqual({
    ...{ ok: true, outcomes: [{ partition: 'main', outcome: 'rebuilt' }] },
  })
  expect(await store.feed.ends(['main'])).toMatchObject([{ epoch: 2, sequence: 0 }])
  // Once it learns that the store is another, as all that ran meanwhile do.
  const again = () => desk.restock({ id: 'in A', sku: 'A', quantity: 40 })
  await expect(again()).rejects.toMatchObject({ code: 'fenced' })
  expect(await again()).toMatchObject({ replayed: true })
  await expectTheSame(desk, worker)
  expect(await desk.place(orderOf('order 0', 'buyer 0', [{ sku: 'A', quantity: 1 }]))).toMatchObject({
    reason: 'id-reused',
  })
  clock.pass(30 * MINUTE)
  await sell(desk, clock, worker)
  await desk.restock({ id: 'more', sku: 'B', quantity: 60 })
  await expectTheSame(desk, worker)
})

it.each<Spread>([
  { partitions: 7, spread: ['A'] },
  { partitions: 7, spread: ['A', 'B'] },
  { lease: { chunk: 8 } },
  { partitions: 7, lease: { chunk: 8 } },
  { partitions: 7, spread: ['A'], lease: { chunk: 8 } },
])('makes it anew where units lie in several places: %o', async (places) => {
  const { open, clock, before } = await sold(places)
  const pools = [{ sku: 'A' }, { sku: 'A', pool: 'outlet' }, { sku: 'B' }]
  const unitsOf = (desk: OrderDesk) => Promise.all(pools.map((pool) => desk.availability(pool)))
  const had = await unitsOf(before.desk)
  const { desk, worker, store } = open()
  const plan = await desk.planRebuild()
  expect(plan.partitions.length).toBeGreaterThan(0)
  expect(await desk.rebuild(plan)).toMatchObject({ ok: true })
  for (const partition of await store.partitions()) await store.read(partition, NO_KEYS)
  await worker.runOnce().catch(() => worker.runOnce())
  expect(await unitsOf(desk)).toEqual(had)
  await expectTheSame(desk, worker)
  expect(await desk.restock({ id: 'in A', sku: 'A', quantity: 40 })).toMatchObject({ replayed: true })
  clock.pass(30 * MINUTE)
  await sell(desk, clock, worker, false)
  await expectTheSame(desk, worker)
  // The last unit is found, wherever it lies.
  const { available = 0 } = (await desk.availability({ sku: 'A' })) ?? {}
  const lines = [{ sku: 'A', quantity: 1 }]
  for (let n = 0; n < available; n++)
    expect(await desk.place(orderOf(`last ${n}`, `late ${n}`, lines))).toMatchObject({ ok: true })
  expect(await desk.place(orderOf('none', 'nobody', lines))).toMatchObject({ reason: 'insufficient-stock' })
  await expectTheSame(desk, worker)
})

it('tells what would be lost, and leaves alone what is followed', async () => {
  const { before } = await sold()
  const { desk } = before
  expect(await desk.planRebuild()).toEqual({ partitions: [] })
  await desk.place(orderOf('tail', 'somebody', [{ sku: 'B', quantity: 1 }]))
  expect((await desk.planRebuild({ evenIfFollowed: true })).partitions).toMatchObject([
    { found: 'followed', lost: 1 },
  ])
})

it('gives the units of a lost order back, and tells its payment so', async () => {
  const { before, open } = await sold()
  const ask = { sku: 'A', pool: 'outlet' }
  const had = await before.desk.availability(ask)
  const lines = [{ ...ask, quantity: 1 }]
  expect(await before.desk.place(orderOf('lost', 'ada', lines))).toMatchObject({ ok: true })
  const { desk } = open()
  await desk.rebuild(await desk.planRebuild())
  expect(await desk.availability(ask)).toEqual(had)
  expect(await desk.recordPayment({ orderId: 'lost', paymentId: 'pi' })).toMatchObject({ ok: false })
  expect(await desk.availability(ask)).toEqual(had)
})

it.each([false, true])(
  'is never paid at what was the store before: its epoch is over (carried by another: %s)',
  async (isCarriedByAnother) => {
    const { before, open, ledger } = await sold()
    await before.desk.place(orderOf('old', 'ada', [{ sku: 'B', quantity: 1 }]))
    const { desk } = open()
    await desk.rebuild(await desk.planRebuild())
    if (isCarriedByAnother) await before.store.feed.lease('main', 'another', MINUTE)
    const paid = before.desk.recordPayment({ orderId: 'old', paymentId: 'pi' })
    await expect(paid).rejects.toMatchObject({ code: isCarriedByAnother ? 'fenced' : 'stream-gap' })
    expect(await ledger.readOrders(['old'])).toEqual([null])
  },
)

it('sells on in a process that ran meanwhile', async () => {
  const { before } = await sold()
  const { desk, worker } = before
  await desk.restock({ id: 'fresh', sku: 'C', quantity: 3 })
  const plan = await desk.planRebuild({ evenIfFollowed: true })
  await before.store.rebuilding.begin('main', 2)
  await expect(desk.place(orderOf('fenced', 'ada', [{ sku: 'C', quantity: 1 }]))).rejects.toMatchObject({
    code: 'fenced',
  })
  expect(await desk.rebuild(plan)).toMatchObject({ ok: false, outcomes: [{ outcome: 'outdated' }] })
  await desk.rebuild(await desk.planRebuild())
  expect(await desk.place(orderOf('on', 'ada', [{ sku: 'C', quantity: 1 }]))).toMatchObject({ ok: true })
  expect(await desk.recordPayment({ orderId: 'on', paymentId: 'pi' })).toMatchObject({ ok: true })
  await expectTheSame(desk, worker)
})

it('is done by one of those who do it at once', async () => {
  const { open } = await sold()
  const { desk, worker, store } = open()
  const other = open(store).desk
  const [one, two] = [await desk.planRebuild(), await other.planRebuild()]
  const done = await Promise.all([desk.rebuild(one), other.rebuild(two)])
  expect(done.map(({ ok }) => ok).sort()).toEqual([false, true])
  await expectTheSame(desk, worker)
})

it('is made of what the ledger has when nothing of the epoch before is carried any more', async () => {
  const { before, open, ledger, options } = await sold()
  await before.desk.place(orderOf('tail', 'ada', [{ sku: 'B', quantity: 1 }]))
  let asked = 0
  const carriedMeanwhile = new Proxy(ledger, {
    get(target, name) {
      const value = Reflect.get(target, name, target) as unknown
      if (typeof value !== 'function') return value
      if (name !== 'contents') return value.bind(target)
      return async (take: Parameters<CarriesFeeds['contents']>[0]) => {
        await ledger.contents(take)
        asked += 1
        const pays = before.desk.recordPayment({ orderId: 'tail', paymentId: 'pi' })
        await expect(pays).rejects.toMatchObject({ code: 'stream-gap' })
      }
    },
  })
  const { desk, worker } = open(new MemoryStore(options), carriedMeanwhile)
  expect(await desk.rebuild(await desk.planRebuild())).toMatchObject({ ok: true })
  expect(asked).toBe(1)
  await expectTheSame(desk, worker)
})

it('leaves the field to who began later', async () => {
  const { open, ledger, options } = await sold()
  const store = new MemoryStore(options)
  let later: Promise<unknown> | null = null
  const overtaken = new Proxy(ledger, {
    get(target, name) {
      const value = Reflect.get(target, name, target) as unknown
      if (typeof value !== 'function') return value
      if (name !== 'contents') return value.bind(target)
      return async (take: Parameters<CarriesFeeds['contents']>[0]) => {
        const { desk } = open(store)
        later ??= desk.rebuild(await desk.planRebuild())
        expect(await later).toMatchObject({ ok: true })
        return ledger.contents(take)
      }
    },
  })
  const { desk, worker } = open(store, overtaken)
  expect(await desk.rebuild(await desk.planRebuild())).toMatchObject({ ok: false })
  expect(await store.feed.ends(['main'])).toMatchObject([{ epoch: 3 }])
  await expectTheSame(desk, worker)
})

describe.each(['before', 'after'] as const)('a rebuild that dies %s', (when) => {
  it.each(['raiseEpoch', 'begin', 'load', 'contents', 'open'])(
    'its %s is done by another',
    async (method) => {
      const { open, ledger, options } = await sold()
      const store = new MemoryStore(options)
      let deaths = 0
      const dies: DiesAt = (called) => {
        if (called !== method || deaths++ > 0) return
        throw new HoldfastError('unknown', 'died')
      }
      const dying = Object.assign(Object.create(store) as MemoryStore & KeepsFeed, {
        rebuilding: watched(store.rebuilding, dies, when),
      })
      const one = open(dying, watched(ledger, dies, when)).desk
      await expect(one.rebuild(await one.planRebuild())).rejects.toThrow('died')
      expect(deaths).toBe(1)
      const { desk, worker } = open(store)
      const plan = await desk.planRebuild()
      expect(plan.partitions).toHaveLength(method === 'open' && when === 'after' ? 0 : 1)
      expect(await desk.rebuild(plan)).toMatchObject({ ok: true })
      await expectTheSame(desk, worker)
    },
  )
})

it('needs a ledger', async () => {
  const desk = new OrderDesk({ store: new MemoryStore(), policy })
  await expect(desk.planRebuild()).rejects.toMatchObject({ code: 'invalid-argument', path: 'ledger' })
})
