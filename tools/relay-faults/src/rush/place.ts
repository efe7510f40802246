import { OrderDesk, type Policy } from '@holdfast/core'
import { RedisStore, type RedisStoreOptions } from '@holdfast/redis-adapter'
import { SqlStore } from '@holdfast/sql-adapter'
import { Cluster, Redis } from 'ioredis'
import { knexAt } from '../chain/place.js'

/** Where a rush is sold: told to each of its processes. */
export interface RushPlace {
  readonly redisUrl: string
  readonly prefix: string
  /** The SKU lies in so many buckets, over a cluster; in one place on one server if absent. */
  readonly buckets?: number
  /** A URL, or the path of a SQLite file; without it nothing follows. */
  readonly ledger?: string
}

/** How long the units of an order are held, ms. */
export const HOLD_MS = 15 * 60_000
export const SKU = 'PHONE'
/** So small that no process takes all units before others have come. */
const BATCH_LIMIT = 10

const POLICY: Policy = {
  holdFor: { minutes: 15 },
  limits: [{ id: 'one-each', per: 'user', scope: 'sku', max: 1 }],
  unpaidOrder: { per: 'user', scope: 'sku' },
}

/** A desk of one process, for which it is so many ms later than it is. */
export function openRush({ redisUrl, prefix, buckets, ledger: at }: RushPlace, laterMs = 0) {
  const clock = { kind: 'virtual', now: () => Date.now() + laterMs } as const
  const spread = buckets === undefined ? {} : { partitions: buckets, spread: [SKU] }
  const options: RedisStoreOptions = { keyPrefix: prefix, clock, ...spread }
  const redis = buckets === undefined ? new Redis(redisUrl) : new Cluster([redisUrl])
  const store = new RedisStore(redis, options)
  const knex = at === undefined ? null : knexAt(at)
  const ledger = knex === null ? undefined : new SqlStore(knex, { clock })
  // However slow the machine: a thousand calls at once are waited for.
  const deadline = { seconds: 60 }
  const desk = new OrderDesk({ store, ledger, policy: POLICY, deadline, batchLimit: BATCH_LIMIT })
  return {
    ...{ redis, store, ledger, desk },
    async close() {
      await desk.close()
      await knex?.destroy()
      redis.disconnect()
    },
  }
}

export type OpenRush = ReturnType<typeof openRush>

/** Orders are named by their buyers: who asks again asks by the same id. */
export const orderOf = (buyer: string) => ({
  ...{ id: buyer, buyer: { user: buyer }, lines: [{ sku: SKU, quantity: 1 }] },
})

export function buyersOf(seller: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, number) => `${seller} ${number}`)
}
