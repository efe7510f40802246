import { randomUUID } from 'node:crypto'
import { OrderDesk } from '@holdfast/core'
import { Cluster, type Redis } from 'ioredis'
import { afterAll, describe, expect, it } from 'vitest'
import { startRedisCluster } from '../../../../tools/services/redis-several.js'
import { RedisStore } from '../../src/index.js'
import { leastEver, POLICY, type Sale, SETTING, selling, unitsOf } from './sale.js'

// One hot SKU over a cluster of three masters, a server of the test's own: what the nodes did is counted.
const service = await startRedisCluster().catch((error: unknown) => {
  if (process.env.CI) throw error
  return null
})

describe.skipIf(service === null)(
  'one SKU in twelve buckets over a cluster of three',
  { timeout: 120_000 },
  () => {
    if (service === null) return
    const { url } = service
    const redis = new Cluster([url])
    afterAll(async () => {
      redis.disconnect()
      await service.stop()
    })

    async function opened(units: number) {
      const keyPrefix = `test-${randomUUID()}:`
      const store = new RedisStore(redis, { ...SETTING, keyPrefix })
      await store.create()
      const desk = new OrderDesk({ store, policy: POLICY })
      expect(await desk.restock({ id: 'opening', sku: 'PHONE', quantity: units })).toMatchObject({
        available: units,
      })
      const sell = (name: string, sale: Partial<Sale> = {}) =>
        selling({ url, keyPrefix, name, buyers: 700, callers: 50, quantity: 1, ...sale })
      return { store, desk, sell }
    }

    it('2,000 buyers in several processes are sold 500 units, to the last, and no node does more than its share', async () => {
      const { store, desk, sell } = await opened(500)
      const before = await callsOf(redis)
      const sales = await Promise.all([sell('one', { buyers: 600 }), sell('two'), sell('three')])
      const after = await callsOf(redis)
      expect(sales.flatMap((sale) => sale?.failures)).toEqual([])
      expect(sales.reduce((sum, sale) => sum + (sale?.sold ?? 0), 0)).toBe(500)
      const answers = sales.flatMap((sale) => Object.keys(sale?.answers ?? {}))
      expect(new Set(answers)).toEqual(new Set(['atomic', 'insufficient-stock']))
      expect(await unitsOf(store)).toEqual({
        available: 0,
        reserved: 0,
        sold: 500,
        supplied: 500,
        inFlight: 0,
      })
      expect(await leastEver(store)).toBe(0)
      expect(await desk.audit()).toMatchObject({ ok: true, differences: [] })
      const calls = after.map((count, node) => count - (before[node] ?? 0))
      const even = calls.reduce((sum, count) => sum + count, 0) / calls.length
      for (const count of calls) expect(Math.abs(count / even - 1)).toBeLessThan(0.1)
      await desk.close()
    })

    it('an order of units in several buckets gets them, and one of more than there is does not', async () => {
      const { store, desk } = await opened(20)
      const order = (id: string, quantity: number) => ({
        id,
        buyer: { user: id },
        lines: [{ sku: 'PHONE', quantity }],
      })
      expect(await desk.place(order('most', 15))).toMatchObject({ ok: true, admission: 'atomic' })
      expect(await desk.place(order('more', 6))).toMatchObject({
        reason: 'insufficient-stock',
        lines: [{ requested: 6, available: 5 }],
        exact: false,
      })
      expect(await desk.place(order('last', 5))).toMatchObject({ ok: true })
      expect(await desk.cancel({ orderId: 'most', by: 'seller' })).toMatchObject({ ok: true })
      expect(await desk.adjust({ id: 'broken', sku: 'PHONE', delta: -14, cause: 'broken' })).toMatchObject({
        available: 1,
      })
      expect(await unitsOf(store)).toEqual({ available: 1, reserved: 5, sold: 0, supplied: 6, inFlight: 0 })
      expect(await desk.audit()).toMatchObject({ ok: true, differences: [] })
      await desk.close()
    })

    it.each(['before the credit', 'before it is cleared'] as const)(
      'a process that is killed %s loses no unit and gives none twice',
      async (dies) => {
        const { store, desk, sell } = await opened(100)
        expect(await sell('dead', { quantity: 3, dies })).toBeNull()
        const { supplied, inFlight } = await unitsOf(store)
        expect(inFlight).toBeGreaterThan(0)
        // What has arrived, and was not cleared, is seen twice, and can be sold once.
        if (dies === 'before the credit') expect(supplied + inFlight).toBe(100)
        else expect(supplied + inFlight).toBeGreaterThan(100)
        expect(supplied).toBeLessThanOrEqual(100)
        expect(await desk.audit()).toMatchObject({ ok: true })
        // Two more, of which each is short sooner or later.
        const sales = await Promise.all([sell('next', { buyers: 100 }), sell('last', { buyers: 100 })])
        expect(sales.flatMap((sale) => sale?.failures)).toEqual([])
        expect(await unitsOf(store)).toMatchObject({ available: 0, supplied: 100, inFlight: 0 })
        expect(await leastEver(store)).toBe(0)
        expect(await desk.audit()).toMatchObject({ ok: true, differences: [] })
        await desk.close()
      },
    )
  },
)

/** Scripts that each master has run. */
async function callsOf(redis: Cluster): Promise<readonly number[]> {
  const told = await Promise.all(redis.nodes('master').map((node: Redis) => node.info('commandstats')))
  return told.map((text) => Number(/^cmdstat_evalsha:calls=(\d+)/m.exec(text)?.[1] ?? 0))
}
