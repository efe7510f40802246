import { describe, expect, it } from 'vitest'
import { DeskWorker } from '../desk/desk-worker.js'
import { OrderDesk } from '../desk/order-desk.js'
import { DAY, MINUTE, orderOf, VirtualClock } from '../desk/shop.test-support.js'
import { MemoryStore } from '../memory/store.js'
import { bucketIn, bucketNamed, isTransit, VAULT } from '../partition/bucket-names.js'
import type { Policy } from '../policy/types.js'
import type { ReservationStore } from '../port/reservation-store.js'
import { policy, sell } from './sale.test-support.js'

// A ledger that lets its store have units in chunks, and keeps the others itself.

const plain: Policy = { holdFor: { minutes: 15 } }
const settings = [
  ['of one partition', {}],
  ['of five partitions', { partitions: 5 }],
  ['that spreads the SKU', { partitions: 5, spread: ['A'] }],
] as const

function openChain(options: (typeof settings)[number][1], chunk: number, rules = plain) {
  const clock = new VirtualClock()
  const store = new MemoryStore({ clock, retention: { hours: 1 }, ...options })
  const ledger = new MemoryStore({ clock })
  const desk = new OrderDesk({ store, ledger, lease: { chunk }, policy: rules, clock: () => clock.now() })
  return { clock, store, ledger, desk, worker: new DeskWorker(desk) }
}

type Chain = ReturnType<typeof openChain>

async function accountsOf(store: ReservationStore, sku = 'A') {
  const query = { kind: 'list', of: 'accounts', cursor: null, limit: 1_000, account: { sku } } as const
  const partitions = await store.partitions()
  const pages = await Promise.all(partitions.map((partition) => store.read(partition, query)))
  return pages.flatMap(({ accounts }) => accounts)
}

/** Units available in the ledger's vault, in the store, and on their way. */
async function unitsOf({ store, ledger }: Pick<Chain, 'store' | 'ledger'>) {
  const sum = { vault: 0, store: 0, inFlight: 0 }
  for (const { key, available } of await accountsOf(store)) {
    if (isTransit(key)) sum.inFlight += available
    else sum.store += available
  }
  for (const { key, available } of await accountsOf(ledger)) {
    const told = bucketNamed(key)
    if (told?.partition !== VAULT) continue
    if (isTransit(told.account)) sum.inFlight += available
    else sum.vault += available
  }
  return sum
}

async function expectTheSame({ desk, ledger, worker }: Chain): Promise<void> {
  await worker.runOnce()
  expect(await desk.audit()).toMatchObject({ ok: true, differences: [], comparedWithLedger: true })
  const audited = await new OrderDesk({ store: ledger, policy: {} }).audit()
  expect(audited).toMatchObject({ ok: true, differences: [] })
}

const buy = (id: string, quantity = 1) => orderOf(id, id, [{ sku: 'A', quantity }])

describe.each(settings)('a store %s', (_, options) => {
  const buckets = 'spread' in options ? 5 : 1

  it('is leased a chunk for each bucket, and told with what the ledger has', async () => {
    const chain = openChain(options, 10)
    const { desk } = chain
    const restocked = await desk.restock({ id: 'in', sku: 'A', quantity: 200 })
    expect(restocked).toMatchObject({ ok: true, available: 200 })
    expect(await unitsOf(chain)).toEqual({ vault: 200 - 10 * buckets, store: 10 * buckets, inFlight: 0 })
    expect(await desk.availability({ sku: 'A' })).toMatchObject({ available: 200, supplied: 200 })
    expect((await desk.accounts({ sku: 'A' })).accounts).toMatchObject([{ pool: 'default', available: 200 }])
    expect((await desk.ledger({ sku: 'A' })).entries).toMatchObject([{ movementId: 'in', available: 200 }])
    expect(await desk.restock({ id: 'in', sku: 'A', quantity: 200 })).toMatchObject({ replayed: true })
    await expectTheSame(chain)
  })

  it('sells all of them, to the last unit, chunk by chunk, and then says so', async () => {
    const chain = openChain(options, 3)
    const { desk } = chain
    await desk.restock({ id: 'in', sku: 'A', quantity: 40 })
    const orders = Array.from({ length: 60 }, (_, n) => desk.place(buy(`buyer ${n}`)))
    const placed = await Promise.all(orders)
    expect(placed.filter(({ ok }) => ok)).toHaveLength(40)
    expect(placed.filter((one) => !one.ok && one.reason !== 'insufficient-stock')).toEqual([])
    expect(await unitsOf(chain)).toEqual({ vault: 0, store: 0, inFlight: 0 })
    await expectTheSame(chain)
  })

  it('gives one order more than a chunk', async () => {
    const chain = openChain(options, 3)
    await chain.desk.restock({ id: 'in', sku: 'A', quantity: 40 })
    expect(await chain.desk.place(buy('most', 38))).toMatchObject({ ok: true })
    expect(await chain.desk.place(buy('more', 3))).toMatchObject({ reason: 'insufficient-stock' })
    expect(await chain.desk.place(buy('last', 2))).toMatchObject({ ok: true })
    await expectTheSame(chain)
  })

  it('gives back what the ledger is short of', async () => {
    const chain = openChain(options, 10)
    const { desk } = chain
    await desk.restock({ id: 'in', sku: 'A', quantity: 10 * buckets + 5 })
    await desk.restock({ id: 'outlet', sku: 'A', pool: 'outlet', quantity: 0 })
    const out = { id: 'out', sku: 'A', delta: -12, cause: 'lost' }
    expect(await desk.adjust(out)).toMatchObject({ ok: true, available: 10 * buckets - 7 })
    const left = { sku: 'A', from: 'default', to: 'outlet', quantity: 10 * buckets - 7 }
    expect(await desk.transfer({ id: 'moved', ...left })).toMatchObject({ ok: true })
    expect(await desk.transfer({ id: 'more', ...left, quantity: 1 })).toMatchObject({
      reason: 'insufficient-stock',
    })
    expect(await desk.availability({ sku: 'A', pool: 'outlet' })).toMatchObject({
      available: 10 * buckets - 7,
    })
    expect(await desk.place(buy('o'))).toMatchObject({ ok: false, reason: 'insufficient-stock' })
    await expectTheSame(chain)
  })

  it('is topped up by a worker, before anybody is short', async () => {
    const chain = openChain(options, 10)
    const { desk, worker } = chain
    await desk.restock({ id: 'in', sku: 'A', quantity: 200 })
    for (let n = 0; n < 8 * buckets; n++) await desk.place(buy(`buyer ${n}`))
    const before = await unitsOf(chain)
    await worker.runOnce()
    await worker.runOnce()
    const after = await unitsOf(chain)
    expect(after.store).toBeGreaterThan(before.store)
    expect(after.vault + after.store).toBe(200 - 8 * buckets)
    await expectTheSame(chain)
  })

  it('gives back what was not sold once its sale has closed, and is leased anew when it opens again', async () => {
    const chain = openChain(options, 10)
    const { desk, worker, clock } = chain
    await desk.restock({ id: 'in', sku: 'A', quantity: 200 })
    await desk.place(buy('o', 3))
    await desk.configure({ sku: 'A', closesAt: new Date(clock.now() + MINUTE) })
    await worker.runOnce()
    expect(await unitsOf(chain)).toMatchObject({ store: expect.toSatisfy((units: number) => units > 0) })
    clock.pass(MINUTE)
    await worker.runOnce()
    expect(await unitsOf(chain)).toEqual({ vault: 197, store: 0, inFlight: 0 })
    expect(await desk.recordPayment({ orderId: 'o', paymentId: 'pi' })).toMatchObject({ ok: true })
    await expectTheSame(chain)
    await desk.configure({ sku: 'A', closesAt: null })
    await worker.runOnce()
    expect(await unitsOf(chain)).toEqual({ vault: 197 - 10 * buckets, store: 10 * buckets, inFlight: 0 })
  })

  it('pays late what lies in the vault', async () => {
    const chain = openChain(options, 5, { ...plain, retention: { days: 2 } })
    const { desk, clock, worker } = chain
    await desk.restock({ id: 'in', sku: 'A', quantity: 60 })
    for (const id of ['soon', 'forgotten']) expect(await desk.place(buy(id, 20))).toMatchObject({ ok: true })
    clock.pass(16 * MINUTE)
    await worker.runOnce()
    expect(await desk.adjust({ id: 'all but', sku: 'A', delta: -20, cause: 'lost' })).toMatchObject({
      ok: true,
    })
    const pays = (id: string) => desk.recordPayment({ orderId: id, paymentId: `of ${id}` })
    expect(await pays('soon')).toMatchObject({ ok: true, late: true })
    clock.pass(DAY)
    await worker.runOnce()
    expect(await pays('forgotten')).toMatchObject({ ok: true, late: true })
    expect(await unitsOf(chain)).toEqual({ vault: 0, store: 0, inFlight: 0 })
    await expectTheSame(chain)
  })

  it('is what the ledger is, after a sale in which nearly everything happens', async () => {
    const chain = openChain(options, 4, policy)
    const { desk, clock, worker } = chain
    await sell(desk, clock, worker, false)
    await expectTheSame(chain)
    expect(await desk.availability({ sku: 'A' })).toMatchObject({ supplied: 37 })
  })
})

it('is audited in its vault, too', async () => {
  const { desk, ledger } = openChain({}, 5)
  await desk.restock({ id: 'in', sku: 'A', quantity: 20 })
  const { books } = Reflect.get(ledger, 'partition') as {
    books: Map<string, Map<string, { state: { available: number } }>>
  }
  const vault = books.get('A')?.get(bucketIn(VAULT, { sku: 'A', pool: 'default' }).pool)
  if (vault === undefined) throw new Error('there is no vault')
  vault.state.available += 1
  const { ok, differences } = await desk.audit()
  expect(ok).toBe(false)
  expect(differences).toContainEqual({
    ...{ of: 'account', name: '["A","default"]', figure: 'available in the ledger', found: 21, expected: 20 },
  })
})

it('sells what was leased while the ledger is away, and then is not sure that all is sold', async () => {
  const { desk, ledger } = openChain({}, 5)
  await desk.restock({ id: 'in', sku: 'A', quantity: 20 })
  const away = () => Promise.reject(new Error('the database is away'))
  Object.assign(ledger, { apply: away, read: away, carry: away })
  for (let n = 0; n < 5; n++) expect(await desk.place(buy(`buyer ${n}`))).toMatchObject({ ok: true })
  await expect(desk.place(buy('one more'))).rejects.toMatchObject({ code: 'overloaded' })
  for (const name of ['apply', 'read', 'carry']) Reflect.deleteProperty(ledger, name)
  expect(await desk.place(buy('one more'))).toMatchObject({ ok: true })
})

it('needs a ledger that follows, and owes nothing', async () => {
  const open = () => new OrderDesk({ store: new MemoryStore(), lease: { chunk: 5 }, policy: {} })
  expect(open).toThrow('lease: needs a ledger that follows the store')
  const { desk } = openChain({}, 5)
  await desk.restock({ id: 'in', sku: 'A', quantity: 1 })
  await expect(desk.configure({ sku: 'A', backorderLimit: 3 })).rejects.toThrow('backorderLimit: must be 0')
  expect(await desk.configure({ sku: 'A', closesAt: new Date(0) })).toEqual({ ok: true })
  expect(await desk.place(buy('late'))).toMatchObject({ reason: 'sale-closed' })
})
