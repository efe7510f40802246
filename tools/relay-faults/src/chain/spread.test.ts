import { OrderDesk } from '@holdfast/core'
import { bucketNamed } from '@holdfast/core/adapter'
import { afterAll, describe, expect, it } from 'vitest'
import { startRedisCluster } from '../../../services/redis-several.js'
import type { DeathAt } from '../dying.js'
import type { OpenChain } from './place.js'
import { engines, newPlace, openedAt, startCarrier } from './scene.test-support.js'
import { compared, sell, sellOut, stock, THE_SAME } from './selling.js'

// A cluster sells a SKU whose units lie in buckets, and a database follows, each partition by itself.

const service = await startRedisCluster().catch((error: unknown) => {
  if (process.env.CI) throw error
  return null
})
afterAll(() => service?.stop())

const SKU = 'sku 0'
const PARTITIONS = 4
const LEFT = 11
const deaths: readonly DeathAt[] = [
  { method: 'carry', when: 'before', nth: 3 },
  { method: 'carry', when: 'after', nth: 3 },
  { method: 'acknowledge', when: 'before', nth: 2 },
]

describe.skipIf(service === null).each(engines)(
  'a SKU in buckets, before %s',
  { timeout: 120_000 },
  (engine) => {
    it.each(deaths)(
      'is sold to its last unit, and the database is what the cluster is, though a carrier dies $when its $method',
      async (death) => {
        const cluster = { redisUrl: service?.url ?? '', spread: [SKU] }
        const place = await newPlace(engine, PARTITIONS, cluster)
        const chain = await openedAt(place)
        await stock(chain)
        for (let n = 0; n < 3; n++) await sell(chain, n * 60, 60)
        expect(await startCarrier(place, death).end()).toBe('SIGKILL')
        const survivor = startCarrier(place)
        expect(await sellOut(chain, SKU, LEFT)).toBe(LEFT)
        await expect.poll(() => compared(chain), { timeout: 60_000 }).toEqual(THE_SAME)
        expect(await new OrderDesk({ store: chain.ledger, policy: {} }).audit()).toMatchObject({ ok: true })
        const buckets = await bucketsOf(chain)
        expect(buckets).toHaveLength(PARTITIONS)
        expect(buckets.map(({ available }) => available)).toEqual(Array(PARTITIONS).fill(0))
        expect(survivor.said.filter((line) => line.startsWith('halted'))).toEqual([])
      },
    )
  },
)

async function bucketsOf({ ledger }: OpenChain) {
  const query = { kind: 'list', of: 'accounts', cursor: null, limit: 1_000, account: { sku: SKU } } as const
  const { accounts } = await ledger.read('main', query)
  return accounts.filter(({ key }) => bucketNamed(key)?.account.pool === 'default')
}
