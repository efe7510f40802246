import { DeskWorker, MemoryStore, OrderDesk } from '@holdfast/core'
import type { FeedEntry, FeedLease } from '@holdfast/core/adapter'
import { afterAll, describe, expect, it } from 'vitest'
import { policy, sell } from '../../core/src/carrying/sale.test-support.js'
import { VirtualClock } from '../../core/src/desk/shop.test-support.js'
import { RedisStore } from '../src/index.js'
import { newKeys, type TestKeys } from './redis-servers.js'

const LEASE = 5_000

for (const kind of ['redis', 'redis-cluster'] as const) {
  const keys = await newKeys(kind)
  describe.skipIf(keys === null)(kind, () => {
    if (keys !== null) testOn(keys, kind === 'redis' ? undefined : 4)
  })
}

function testOn(keys: TestKeys, partitions: number | undefined): void {
  afterAll(() => keys.drop())
  let shops = 0

  async function openShop() {
    const clock = new VirtualClock()
    const store = new RedisStore(keys.connect(), {
      keyPrefix: `${keys.prefix}${shops++}:`,
      clock: { kind: 'virtual', now: () => clock.now() },
      ...(partitions === undefined ? {} : { partitions }),
    })
    await store.create()
    const ledger = new MemoryStore({ clock })
    const desk = new OrderDesk({ store, ledger, policy, clock: () => clock.now() })
    const [partition = ''] = await store.partitions()
    return { clock, store, ledger, desk, partition, worker: new DeskWorker(desk) }
  }

  /** A shop that sold something, of which nothing was carried, and all that its partition tells. */
  async function openSold() {
    const shop = await openShop()
    const { store, partition } = shop
    for (let n = 0; n < 10; n++) await store.apply(partition, null, [restock(`in ${n}`)])
    return { ...shop, entries: await leased(store, partition).then((lease) => readAll(lease)) }
  }

  it('tells a ledger all that happens, so that it becomes what the store is', async () => {
    const { desk, clock, worker, ledger } = await openShop()
    await sell(desk, clock, worker)
    await worker.runOnce()
    expect(await desk.audit()).toMatchObject({ ok: true, differences: [], comparedWithLedger: true })
    const behind = new OrderDesk({ store: ledger, policy: {} })
    expect(await behind.audit()).toMatchObject({ ok: true, differences: [] })
  })

  it('tells each entry once, in order, from wherever the ledger is', async () => {
    const { store, partition, entries } = await openSold()
    expect(entries.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    for (const from of [0, 3, 9]) {
      const lease = await leased(store, partition)
      const read = await lease.read(entries[from] ?? null, 1_000)
      expect(read).toEqual(entries.slice(from + 1, from + 1 + read.length))
      expect(read.length > 0 || from === 9).toBe(true)
      await lease.release()
    }
    const [end] = await store.feed.ends([partition])
    expect(end).toMatchObject({ epoch: entries[0]?.epoch, sequence: 10, at: entries[9]?.at })
  })

  it('keeps the entry carried last, and removes what lies before it', async () => {
    const { store, partition, entries } = await openSold()
    const lease = await leased(store, partition)
    await lease.read(entries[1] as FeedEntry, 1_000)
    await lease.acknowledge(entries[6] as FeedEntry)
    await lease.release()
    const next = await leased(store, partition)
    expect((await next.read(entries[6] as FeedEntry, 1_000)).map(({ sequence }) => sequence)).toEqual([
      8, 9, 10,
    ])
    await expect(next.read(entries[3] as FeedEntry, 1_000)).rejects.toMatchObject({ code: 'stream-gap' })
    const { ok } = await new OrderDesk({ store, policy: {} }).audit()
    expect(ok).toBe(true)
  })

  it.each([
    ['another entry at its place', (entry: FeedEntry) => ({ ...entry, digest: 'of another' })],
    ['another epoch', (entry: FeedEntry) => ({ ...entry, epoch: entry.epoch + 1 })],
    ['a number that was never given', (entry: FeedEntry) => ({ ...entry, sequence: 99 })],
  ])('is a gap where what was carried is %s', async (_what, changed) => {
    const { store, partition, entries } = await openSold()
    const lease = await leased(store, partition)
    const carried = changed(entries[4] as FeedEntry)
    await expect(lease.read(carried, 1_000)).rejects.toMatchObject({ code: 'stream-gap' })
  })

  it('is one reader at a time, and fences who is over', async () => {
    const { store, partition, clock, entries } = await openSold()
    const one = await leased(store, partition)
    expect(await store.feed.lease(partition, 'another', LEASE)).toBeNull()
    clock.pass(LEASE)
    const two = await leased(store, partition)
    const [first, last] = [entries[0] as FeedEntry, entries[9] as FeedEntry]
    await expect(one.read(null, 10)).rejects.toMatchObject({ code: 'fenced' })
    await expect(one.renew(LEASE)).rejects.toMatchObject({ code: 'fenced' })
    await one.release()
    expect(await readAll(two, first)).toHaveLength(9)
    await two.acknowledge(last)
  })
}

async function leased(store: RedisStore, partition: string): Promise<FeedLease> {
  const lease = await store.feed.lease(partition, 'test', LEASE)
  if (lease === null) throw new Error('another has it')
  return lease
}

async function readAll(lease: FeedLease, after: FeedEntry | null = null): Promise<readonly FeedEntry[]> {
  const entries: FeedEntry[] = []
  for (let last = after; ; last = entries.at(-1) ?? after) {
    const read = await lease.read(last, 1_000)
    if (read.length === 0) break
    entries.push(...read)
  }
  if (after === null) await lease.release()
  return entries
}

function restock(movement: string) {
  const account = { sku: 'A', pool: 'default' }
  return { kind: 'supply', movement, account, delta: 5, cause: 'restock' } as const
}
