import { testFeed } from '@holdfast/conformance'
import { DeskWorker, MemoryStore, OrderDesk, type StoreClock } from '@holdfast/core'
import { afterAll, describe, expect, it } from 'vitest'
import { policy, sell } from '../../core/src/carrying/sale.test-support.js'
import { VirtualClock } from '../../core/src/desk/shop.test-support.js'
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

  async function openStore(clock: StoreClock): Promise<RedisStore> {
    const store = new RedisStore(client, {
      keyPrefix: `${keys.prefix}${stores++}:`,
      clock: { kind: 'virtual', now: () => clock.now() },
      ...(partitions === undefined ? {} : { partitions }),
    })
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
}
