import { OrderDesk } from '@holdfast/core'
import { afterAll, describe, expect, it } from 'vitest'
import { startRedisCluster } from '../../../services/redis-several.js'
import type { DeathAt } from '../dying.js'
import type { ChainPlace, OpenChain } from './place.js'
import { engines, hasRedis, newPlace, openedAt, startCarrier } from './scene.test-support.js'
import { compared, sell, sellOut, stock, THE_SAME } from './selling.js'

// A database lets Redis have units in chunks; a process dies while it hands them out.

const service = await startRedisCluster().catch((error: unknown) => {
  if (process.env.CI) throw error
  return null
})
afterAll(() => service?.stop())

const SKU = 'sku 0'
const CHUNK = 40
const LEFT = 11
const stores: readonly (readonly [string, Partial<ChainPlace>])[] = [
  ['one server', {}],
  ...(service === null
    ? []
    : [['a cluster that spreads the SKU', { redisUrl: service.url, partitions: 3, spread: [SKU] }] as const]),
]
/** The worker's first changes of the database's own: a debit, the clearing of it, and so on. */
const deaths = [1, 2, 3].flatMap((nth): DeathAt[] =>
  (['before', 'after'] as const).map((when) => ({ method: 'apply', when, nth })),
)

describe.skipIf(!hasRedis).each(engines)('leases of %s', { timeout: 120_000 }, (engine) => {
  describe.each(stores)('to %s', (_, options) => {
    const some = engine === 'postgres' ? deaths : deaths.filter(({ nth }) => nth === 2)

    it.each(some)('no unit is lost or sold twice where a worker dies $when its step $nth', async (death) => {
      const place = await newPlace(engine, options.partitions, { ...options, chunk: CHUNK })
      const chain = await openedAt(place)
      await stock(chain)
      // Below half a chunk, so that the worker has something to do.
      await sell(chain, 0, 60)
      const worker = startCarrier(place, death)
      await sell(chain, 100, 60)
      expect(await worker.end()).toBe('SIGKILL')
      const survivor = startCarrier(place)
      await sell(chain, 200, 60)
      expect(await sellOut(chain, SKU, LEFT)).toBe(LEFT)
      await expect.poll(() => compared(chain), { timeout: 60_000 }).toEqual(THE_SAME)
      expect(await new OrderDesk({ store: chain.ledger, policy: {} }).audit()).toMatchObject({ ok: true })
      expect(await left(chain)).toEqual({ available: 0, supplied: 'what was sold and reserved' })
      expect(survivor.said.filter((line) => line.startsWith('halted'))).toEqual([])
    })
  })
})

async function left({ desk }: OpenChain) {
  const account = await desk.availability({ sku: SKU })
  const { available = 0, reserved = 0, sold = 0, supplied = 0 } = account ?? {}
  return { available, supplied: supplied === reserved + sold ? 'what was sold and reserved' : supplied }
}
