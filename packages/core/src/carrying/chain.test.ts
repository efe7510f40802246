import { expect, it } from 'vitest'
import { DeskWorker } from '../desk/desk-worker.js'
import { OrderDesk } from '../desk/order-desk.js'
import { DAY, MINUTE, orderOf, VirtualClock } from '../desk/shop.test-support.js'
import { HoldfastError } from '../errors.js'
import { MemoryStore } from '../memory/store.js'
import type { Policy } from '../policy/types.js'
import type { FeedEntry } from '../port/feed.js'
import { policy, sell } from './sale.test-support.js'

/** A desk on a store in memory, and a ledger in memory that follows it. */
function openChain(partitions?: number, around: (ledger: MemoryStore) => MemoryStore = (ledger) => ledger) {
  const clock = new VirtualClock()
  const store = new MemoryStore({ clock, ...(partitions === undefined ? {} : { partitions }) })
  const ledger = new MemoryStore({ clock })
  const desk = new OrderDesk({ store, ledger: around(ledger), policy, clock: () => clock.now() })
  return { clock, store, ledger, desk, worker: new DeskWorker(desk) }
}

type Call = () => Promise<unknown>

/** The ledger, each of whose calls goes through `around`. */
function withTrouble(
  ledger: MemoryStore,
  around: (method: string, call: Call, args: readonly unknown[]) => Promise<unknown>,
): MemoryStore {
  return new Proxy(ledger, {
    get(target, name) {
      const value = Reflect.get(target, name, target) as unknown
      if (typeof value !== 'function') return value
      return (...args: unknown[]) =>
        around(String(name), async () => (value as (...args: unknown[]) => unknown).apply(target, args), args)
    },
  })
}

it.each([undefined, 4])('a ledger becomes what the store is, of %s partitions', async (partitions) => {
  const { desk, clock, worker, ledger } = openChain(partitions)
  await sell(desk, clock, worker)
  await worker.runOnce()
  expect(await desk.audit()).toMatchObject({ ok: true, differences: [], comparedWithLedger: true })
  const audited = await new OrderDesk({ store: ledger, policy: {} }).audit()
  expect(audited).toMatchObject({ ok: true, differences: [] })
  expect(audited.reservationsChecked).toBeGreaterThan(20)
})

it('tells in its own history what the store told, under the same ids', async () => {
  const { desk, clock, worker, store, ledger } = openChain()
  await sell(desk, clock, worker)
  await worker.runOnce()
  const query = { kind: 'list', of: 'events', cursor: null, limit: 10_000 } as const
  const [told, carried] = [await store.read('main', query), await ledger.read('main', query)]
  expect(carried.events).toEqual(told.events)
  expect(carried.events.length).toBeGreaterThan(100)
})

it('answers a payment, right after its reserve, once it is in the ledger, with no worker running', async () => {
  const { desk, ledger } = openChain()
  await desk.restock({ id: 'in', sku: 'PHONE', quantity: 1 })
  await desk.place(orderOf('o', 'ada'))
  expect(await ledger.readOrders(['o'])).toEqual([null])
  await desk.recordPayment({ orderId: 'o', paymentId: 'pi' })
  expect(await ledger.readOrders(['o'])).toMatchObject([{ status: 'paid', payment: 'pi' }])
})

it('finds an order that is on its way', async () => {
  const { desk } = openChain()
  await desk.restock({ id: 'in', sku: 'PHONE', quantity: 1 })
  await desk.place(orderOf('o', 'ada'))
  expect(await desk.order('o')).toMatchObject({ status: 'awaiting-payment' })
})

it('replays an order as it is now, though the ledger is behind', async () => {
  const { desk, store, ledger } = openChain()
  await desk.restock({ id: 'in', sku: 'PHONE', quantity: 1 })
  await desk.place(orderOf('o', 'ada'))
  await desk.order('o')
  await store.apply('main', null, [{ kind: 'confirm', id: 'o', home: 'o', payment: 'pi', retake: null }])
  expect(await ledger.readOrders(['o'])).toMatchObject([{ status: 'awaiting-payment' }])
  expect(await desk.place(orderOf('o', 'ada'))).toMatchObject({
    ok: true,
    replayed: true,
    order: { status: 'paid' },
  })
})

it('decides tickets, and refunds what was paid', async () => {
  const { desk, worker } = openChain()
  await desk.restock({ id: 'in', sku: 'PHONE', quantity: 1 })
  for (const user of ['ada', 'bob']) await desk.submit(orderOf(user, user))
  await worker.runOnce()
  expect(await desk.order('ada')).toMatchObject({ status: 'awaiting-payment' })
  expect(await desk.order('bob')).toMatchObject({ status: 'rejected', rejected: 'insufficient-stock' })
  await desk.recordPayment({ orderId: 'ada', paymentId: 'pi' })
  await desk.rollBack({ orderId: 'ada', reason: 'lost' })
  expect(await desk.order('ada')).toMatchObject({ status: 'rolled-back' })
})

it.each(['before', 'after'])('carries each entry once where its worker dies %s a commit', async (when) => {
  let calls = 0
  const { desk, clock, worker, ledger } = openChain(undefined, (inner) =>
    withTrouble(inner, async (method, call) => {
      const dies = method === 'carry' && calls++ % 2 === 0
      if (dies && when === 'before') throw new HoldfastError('unknown', 'died')
      const done = await call()
      if (dies) throw new HoldfastError('unknown', 'died')
      return done
    }),
  )
  await sell(desk, clock, worker)
  while (!(await desk.audit()).comparedWithLedger) await worker.runOnce().catch(() => {})
  expect(await desk.audit()).toMatchObject({ ok: true, differences: [] })
  expect(await new OrderDesk({ store: ledger, policy: {} }).audit()).toMatchObject({ ok: true })
  expect(calls).toBeGreaterThan(20)
})

it('is `unknown` to who waits past the deadline for a ledger that is away, and found by its id when it is back', async () => {
  let isAway = false
  const { desk } = openChain(undefined, (ledger) =>
    withTrouble(ledger, async (method, call) => {
      if (isAway && method === 'carry') throw new HoldfastError('store-failed', 'the database is away')
      return call()
    }),
  )
  await desk.restock({ id: 'in', sku: 'PHONE', quantity: 2 })
  await desk.place(orderOf('o', 'ada'))
  isAway = true
  const payment = { orderId: 'o', paymentId: 'pi' }
  await expect(desk.recordPayment(payment, { deadline: { milliseconds: 50 } })).rejects.toMatchObject({
    code: 'unknown',
    cause: { code: 'store-failed' },
  })
  expect(await desk.place(orderOf('other', 'bob'))).toMatchObject({ ok: true })
  isAway = false
  expect(await desk.recordPayment(payment)).toMatchObject({ ok: true, replayed: true, status: 'paid' })
})

it('halts where an entry is missing, and says so', async () => {
  const entries: (readonly FeedEntry[])[] = []
  const { desk, worker, store } = openChain(undefined, (ledger) =>
    withTrouble(ledger, (method, call, args) => {
      if (method === 'carry') entries.push(args[1] as readonly FeedEntry[])
      return call()
    }),
  )
  await desk.restock({ id: 'in', sku: 'PHONE', quantity: 5 })
  await desk.place(orderOf('o', 'ada'))
  await desk.place(orderOf('p', 'bob'))
  const { history } = Reflect.get(store, 'partition') as { history: { batches: unknown[] } }
  history.batches.splice(1, 1)
  const halted: unknown[] = []
  worker.on('halted', ({ error }) => halted.push(error))
  await worker.start()
  await expect.poll(() => halted.length).toBeGreaterThan(0)
  await worker.close()
  expect(halted[0]).toMatchObject({ code: 'stream-gap' })
  await expect(desk.recordPayment({ orderId: 'o', paymentId: 'pi' })).rejects.toMatchObject({
    code: 'stream-gap',
  })
  expect(entries.flat().map(({ sequence }) => sequence)).toEqual([1])
})

it('halts where the entry carried last is another one by now', async () => {
  const { desk, store, ledger } = openChain()
  await desk.restock({ id: 'in', sku: 'PHONE', quantity: 5 })
  const [last] = await ledger.carried(['main'])
  Reflect.get(ledger, 'positions').set('main', { ...last, digest: 'of what was lost' })
  await desk.place(orderOf('o', 'ada'))
  await expect(desk.recordPayment({ orderId: 'o', paymentId: 'pi' })).rejects.toMatchObject({
    code: 'stream-gap',
  })
  expect(store).toBeDefined()
})

it('names what differs', async () => {
  const { desk, ledger } = openChain()
  await desk.restock({ id: 'in', sku: 'PHONE', quantity: 5 })
  await ledger.apply('main', null, [
    {
      kind: 'supply',
      movement: 'by hand',
      account: { sku: 'PHONE', pool: 'default' },
      delta: 2,
      cause: 'found',
    },
  ])
  const { ok, differences } = await desk.audit()
  expect(ok).toBe(false)
  expect(differences).toContainEqual({
    ...{ of: 'account', name: '["PHONE","default"]', figure: "available in the ledger's database" },
    ...{ found: 7, expected: 5 },
  })
})

it('settles from the ledger a payment that the store knows nothing of', async () => {
  const { desk, clock, worker, store } = openChain()
  await desk.restock({ id: 'in', sku: 'PHONE', quantity: 5 })
  await desk.place({ ...orderOf('o', 'ada'), data: 'a gift' })
  clock.pass(16 * MINUTE)
  await worker.runOnce()
  Reflect.get(store, 'partition').reservations.delete('o')
  expect(await desk.recordPayment({ orderId: 'o', paymentId: 'pi' })).toMatchObject({ ok: true, late: true })
  expect(await desk.order('o')).toMatchObject({ status: 'paid', data: 'a gift' })
  expect(await desk.audit()).toMatchObject({ ok: true, comparedWithLedger: true })
})

it('lets several carry at once', async () => {
  const { desk, clock, worker, store, ledger } = openChain(4)
  const others = [1, 2, 3].map(
    () => new DeskWorker(new OrderDesk({ store, ledger, policy, clock: () => clock.now() })),
  )
  for (const other of others) await other.start()
  await sell(desk, clock, worker)
  expect(await desk.audit()).toMatchObject({ ok: true, comparedWithLedger: true })
  for (const other of others) await other.close()
})

it('settles what the store has forgotten for as long as the policy says', async () => {
  const clock = new VirtualClock()
  const store = new MemoryStore({ clock, retention: { hours: 1 } })
  const ledger = new MemoryStore({ clock })
  const kept: Policy = { holdFor: { minutes: 15 }, retention: { days: 2 } }
  const desk = new OrderDesk({ store, ledger, policy: kept, clock: () => clock.now() })
  const worker = new DeskWorker(desk)
  await desk.restock({ id: 'in', sku: 'PHONE', quantity: 2 })
  const pays = async (id: string, afterDays: number) => {
    await desk.place(orderOf(id, id))
    clock.pass(16 * MINUTE)
    await worker.runOnce()
    clock.pass(afterDays * DAY)
    await worker.runOnce()
    return desk.recordPayment({ orderId: id, paymentId: `of ${id}` })
  }
  expect(await pays('in-time', 1)).toMatchObject({ ok: true, late: true })
  expect(await pays('too-late', 3)).toMatchObject({ ok: false })
})
