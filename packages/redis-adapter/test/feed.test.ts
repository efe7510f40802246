import { testFeed } from '@holdfast/conformance'
import { DeskWorker, MemoryStore, OrderDesk, type StoreClock } from '@holdfast/core'
import { afterAll, describe, expect, it } from 'vitest'
import { policy, sell } from '../../core/src/carrying/sale.test-support.js'
import { MINUTE, orderOf, VirtualClock } from '../../core/src/desk/shop.test-support.js'
import { RedisStore } from '../src/index.js'
import { newKeys, type TestKeys } from './redis-servers.js'

for (const kind of ['redis', 'redis-cluster'] as const) {
  const keys = await newKeys(kind)
  describe.skipIf(keys === null)(kind, () => {
    if (keys !== null) testOn(keys, kind === 'redis' ? undefined : 4)
  })
}

function testOn(keys: TestKeys, partitions: number | undefined): void {
  afterAll(() => keys.drop())
  const client = keys.connect()
  let stores = 0

  function emptyStore(clock: StoreClock): RedisStore {
    return new RedisStore(client, {
      keyPrefix: `${keys.prefix}${stores++}:`,
      clock: { kind: 'virtual', now: () => clock.now() },
      ...(partitions === undefined ? {} : { partitions }),
    })
  }

  async function openStore(clock: StoreClock): Promise<RedisStore> {
    const store = emptyStore(clock)
    await store.create()
    return store
  }

  testFeed({
    ...{ describe, it },
    create: async ({ clock }) => ({ store: await openStore(clock), close: async () => {} }),
  })

  async function openShop() {
    const clock = new VirtualClock()
    const store = await openStore(clock)
    const ledger = new MemoryStore({ clock })
    const desk = new OrderDesk({ store, ledger, policy, clock: () => clock.now() })
    return { clock, ledger, desk, worker: new DeskWorker(desk) }
  }

  it('tells a ledger all that happens, so that it becomes what the store is', async () => {
    const { desk, clock, worker, ledger } = await openShop()
    await sell(desk, clock, worker)
    await worker.runOnce()
    expect(await desk.audit()).toMatchObject({ ok: true, differences: [], comparedWithLedger: true })
    const behind = new OrderDesk({ store: ledger, policy: {} })
    expect(await behind.audit()).toMatchObject({ ok: true, differences: [] })
  })

  it('is made anew of what its ledger has, and goes on', async () => {
    const { desk: before, clock, worker: carries, ledger } = await openShop()
    await sell(before, clock, carries)
    await before.place(
      orderOf('standing', 'somebody', [
        { sku: 'A', quantity: 1 },
        { sku: 'B', quantity: 1 },
      ]),
    )
    await carries.runOnce()
    const store = emptyStore(clock)
    const desk = new OrderDesk({ store, ledger, policy, clock: () => clock.now() })
    const worker = new DeskWorker(desk)
    const plan = await desk.planRebuild()
    expect(new Set(plan.partitions.map(({ found }) => found))).toEqual(new Set(['emptied']))
    expect(await desk.rebuild(plan)).toMatchObject({ ok: true })
    const same = { ok: true, differences: [], comparedWithLedger: true }
    await worker.runOnce()
    expect(await desk.audit()).toMatchObject(same)
    expect(await desk.recordPayment({ orderId: 'standing', paymentId: 'pi' })).toMatchObject({ ok: true })
    clock.pass(30 * MINUTE)
    await sell(desk, clock, worker)
    for (const sku of ['A', 'B']) await desk.restock({ id: `more ${sku}`, sku, quantity: 100 })
    await worker.runOnce()
    expect(await desk.audit()).toMatchObject(same)
    expect(await new OrderDesk({ store: ledger, policy: {} }).audit()).toMatchObject({ ok: true })
  })
}
