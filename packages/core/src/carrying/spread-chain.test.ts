import { expect, it } from 'vitest'
import { BucketTransfers } from '../buckets/bucket-transfers.js'
import { DeskWorker } from '../desk/desk-worker.js'
import { OrderDesk } from '../desk/order-desk.js'
import { DAY, MINUTE, orderOf, VirtualClock } from '../desk/shop.test-support.js'
import { HoldfastError } from '../errors.js'
import { MemoryStore } from '../memory/store.js'
import { bucketIn, bucketNamed, transitTo } from '../partition/bucket-names.js'
import type { Policy } from '../policy/types.js'
import type { Outcome } from '../port/outcomes.js'
import { NO_KEYS } from '../port/reservation-store.js'
import { policy, sell } from './sale.test-support.js'

// A store that keeps the units of a SKU in buckets, one in each partition, and a ledger that follows it.

function openChain(
  spread = ['A'],
  rules: Policy = policy,
  around: (ledger: MemoryStore) => MemoryStore = (ledger) => ledger,
) {
  const clock = new VirtualClock()
  const store = new MemoryStore({ clock, partitions: 5, spread, retention: { hours: 1 } })
  const ledger = new MemoryStore({ clock })
  const desk = new OrderDesk({ store, ledger: around(ledger), policy: rules, clock: () => clock.now() })
  return { clock, store, ledger, desk, worker: new DeskWorker(desk) }
}

type Chain = ReturnType<typeof openChain>

async function accountsOf(ledger: MemoryStore, sku: string) {
  const query = { kind: 'list', of: 'accounts', cursor: null, limit: 1_000, account: { sku } } as const
  return (await ledger.read('main', query)).accounts
}

async function expectTheSame({ desk, ledger, worker }: Chain): Promise<void> {
  await worker.runOnce()
  expect(await desk.audit()).toMatchObject({ ok: true, differences: [], comparedWithLedger: true })
  const audited = await new OrderDesk({ store: ledger, policy: {} }).audit()
  expect(audited).toMatchObject({ ok: true, differences: [] })
}

const phone = (id: string, quantity = 1) => orderOf(id, id, [{ sku: 'A', quantity }])

it('a ledger becomes what the store is, each bucket an account of its own', async () => {
  const chain = openChain()
  const { desk, clock, worker, ledger, store } = chain
  await sell(desk, clock, worker)
  await expectTheSame(chain)
  const kept = (await accountsOf(ledger, 'A')).map(({ key }) => bucketNamed(key))
  expect(kept).not.toContain(null)
  const partitions = kept.flatMap((one) => (one?.account.pool === 'default' ? [one.partition] : []))
  expect(partitions.sort()).toEqual(await store.partitions())
  expect((await accountsOf(ledger, 'B')).map(({ key }) => key.pool)).toEqual(['default'])
})

it('lists what moved a spread account as the store does', async () => {
  const { desk, store, clock, worker } = openChain()
  await sell(desk, clock, worker)
  const query = { sku: 'A', limit: 1_000 }
  const { entries } = await desk.ledger(query)
  const alone = await new OrderDesk({ store, policy: {} }).ledger(query)
  // Within one batch supply may come behind what orders moved.
  const inAnyOrder = (lines: readonly object[]) => lines.map((line) => JSON.stringify(line)).sort()
  expect(inAnyOrder(entries)).toEqual(inAnyOrder(alone.entries))
  expect(entries.length).toBeGreaterThan(20)
})

it.each([
  ['first to last', (partitions: readonly string[]) => partitions],
  ['last to first', (partitions: readonly string[]) => [...partitions].reverse()],
])('carries partitions %s, though units of one come from another', async (_, inOrder) => {
  const chain = openChain(['A'], { holdFor: { minutes: 15 } })
  const { desk, store } = chain
  await desk.restock({ id: 'in', sku: 'A', quantity: 5 })
  await desk.adjust({ id: 'out', sku: 'A', delta: -4, cause: 'lost' })
  await desk.restock({ id: 'more', sku: 'A', quantity: 6 })
  for (let n = 0; n < 7; n++) expect(await desk.place(phone(`order ${n}`))).toMatchObject({ ok: true })
  expect(await desk.place(phone('one too many'))).toMatchObject({ ok: false, reason: 'insufficient-stock' })
  for (const partition of inOrder(await store.partitions()))
    expect(await desk.parts.chain?.carrier.drain(partition)).toBe(true)
  await expectTheSame(chain)
  expect((await accountsOf(chain.ledger, 'A')).reduce((sum, { reserved }) => sum + reserved, 0)).toBe(7)
})

it('sells the last unit to one, wherever it lies, and the ledger has it', async () => {
  const chain = openChain(['A'], { holdFor: { minutes: 15 } })
  const { desk } = chain
  await desk.restock({ id: 'in', sku: 'A', quantity: 1 })
  const buyers = await Promise.all(Array.from({ length: 20 }, (_, n) => desk.place(phone(`buyer ${n}`))))
  const sold = buyers.filter(({ ok }) => ok)
  expect(sold).toHaveLength(1)
  expect(await desk.recordPayment({ orderId: sold[0]?.id ?? '', paymentId: 'pi' })).toMatchObject({
    ok: true,
  })
  await expectTheSame(chain)
  const figures = (await accountsOf(chain.ledger, 'A')).map(({ available, sold }) => [available, sold])
  expect(figures.reduce(([a, b], [c = 0, d = 0]) => [(a ?? 0) + c, (b ?? 0) + d], [0, 0])).toEqual([0, 1])
})

it('a payment that the store has forgotten takes units that lie in other buckets', async () => {
  const chain = openChain(['A'], { holdFor: { minutes: 15 }, retention: { days: 2 } })
  const { desk, clock, worker } = chain
  await desk.restock({ id: 'in', sku: 'A', quantity: 5 })
  await desk.place(phone('o', 5))
  clock.pass(16 * MINUTE)
  await worker.runOnce()
  clock.pass(DAY)
  await worker.runOnce()
  // Evened out by now, or not: no bucket may have all five.
  await desk.parts.pieced?.rebalance()
  expect(await desk.recordPayment({ orderId: 'o', paymentId: 'pi' })).toMatchObject({ ok: true, late: true })
  await expectTheSame(chain)
})

it('names the bucket that differs', async () => {
  const { desk, ledger, store } = openChain()
  await desk.restock({ id: 'in', sku: 'A', quantity: 10 })
  const [first = ''] = await store.partitions()
  const account = bucketIn(first, { sku: 'A', pool: 'default' })
  await ledger.apply('main', null, [
    { kind: 'supply', movement: 'by hand', account, delta: 2, cause: 'found' },
  ])
  expect(await desk.audit()).toMatchObject({ ok: false })
  expect((await desk.audit()).differences).toContainEqual({
    ...{ of: 'account', name: JSON.stringify(['A', account.pool]), found: 4, expected: 2 },
    figure: "available in the ledger's database",
  })
})

it.each([
  ['credited before the ledger knows that they left', 'from', [5, 5, 0]],
  ['cleared before the ledger knows that they came', 'to', [5, 5, 5]],
] as const)('units are not %s', async (_, away, [debited, inFlight, credited]) => {
  let isAway = (_partition: string) => false
  const chain = openChain(['A'], { holdFor: { minutes: 15 } }, (ledger) => {
    const carry: MemoryStore['carry'] = async (partition, ...entries) => {
      if (isAway(partition)) throw new HoldfastError('store-failed', 'it is not carried now')
      return ledger.carry(partition, ...entries)
    }
    return Object.assign(Object.create(ledger) as MemoryStore, { carry })
  })
  const { desk, store } = chain
  await desk.restock({ id: 'in', sku: 'A', quantity: 0 })
  const [from = '', to = ''] = await store.partitions()
  const account = { sku: 'A', pool: 'default' }
  await store.apply(from, null, [{ kind: 'supply', movement: 'more', account, delta: 10, cause: 'restock' }])
  const transfers = new BucketTransfers(
    account,
    async (partition, command) => {
      const applied = await store.apply(partition, null, [command])
      if (applied.kind === 'fenced') throw new Error('fenced')
      return { outcome: applied.outcomes[0] as Outcome, now: applied.now, epoch: applied.epoch }
    },
    async (partition) => desk.parts.chain?.catchingUp.now({ deadlineMs: 20 }, [partition]),
  )
  isAway = (partition) => partition === (away === 'from' ? from : to)
  await expect(transfers.move({ from, to, quantity: 5 }, undefined)).rejects.toMatchObject({
    code: 'unknown',
  })
  const availableIn = async (partition: string, key = account) => {
    const { accounts } = await store.read(partition, { ...NO_KEYS, accounts: [key] })
    return accounts[0]?.available
  }
  const transit = transitTo(account, to)
  expect([await availableIn(from), await availableIn(from, transit), await availableIn(to)]).toEqual([
    ...[debited, inFlight, credited],
  ])
  isAway = () => false
  // Not evened out: the poorest have nothing, but what is in flight is finished first.
  await desk.parts.pieced?.rebalance()
  expect([await availableIn(from, transit), await availableIn(to)]).toEqual([0, 5])
  await expectTheSame(chain)
})
