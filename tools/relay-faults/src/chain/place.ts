import { OrderDesk, type Policy } from '@holdfast/core'
import type { FeedEntry } from '@holdfast/core/adapter'
import { RedisStore, type RedisStoreOptions } from '@holdfast/redis-adapter'
import { SqlStore } from '@holdfast/sql-adapter'
import { Cluster, Redis } from 'ioredis'
import createKnex, { type Knex } from 'knex'
import { type DeathAt, dyingAt } from '../dying.js'

/** A store on Redis and the database that follows it: told to each process of a scene. */
export interface ChainPlace {
  readonly redisUrl: string
  readonly prefix: string
  readonly partitions?: number
  /** SKUs whose units lie in a bucket of each partition, over a cluster. */
  readonly spread?: readonly string[]
  /** Units that the database lets Redis have at a time; all if absent. */
  readonly chunk?: number
  /** A URL, or the path of a SQLite file. */
  readonly ledger: string
}

const POLICY: Policy = {
  holdFor: { minutes: 15 },
  limits: [{ id: 'four-each', per: 'user', scope: 'sku', max: 4 }],
  unpaidOrder: { per: 'user', scope: 'sku' },
  risk: { strikesFor: { days: 30 }, deferFrom: 3 },
  backorder: true,
}

/** A desk of one process on both, and its connections. */
export async function openChain(place: ChainPlace, death: DeathAt | null = null) {
  const { redisUrl, prefix: keyPrefix, partitions, spread, chunk } = place
  const client = spread === undefined ? new Redis(redisUrl) : new Cluster([redisUrl])
  const redis = client.on('error', () => {}) as Redis
  const options: RedisStoreOptions = { keyPrefix, partitions, spread }
  const store = new RedisStore(redis, options)
  const knex = knexAt(place.ledger)
  const ledger = new SqlStore(knex)
  await ledger.migrate()
  const watched = Object.assign(Object.create(store) as RedisStore, {
    feed: dyingAt(store.feed, death),
    rebuilding: dyingAt(store.rebuilding, death),
  })
  const lease = chunk === undefined ? undefined : { chunk }
  const desk = new OrderDesk({ store: watched, ledger: dyingAt(ledger, death), lease, policy: POLICY })
  return {
    ...{ redis, store, knex, ledger, desk },
    async close() {
      await desk.close()
      await knex.destroy()
      redis.disconnect()
    },
  }
}

export type OpenChain = Awaited<ReturnType<typeof openChain>>

/** A URL, or the path of a SQLite file. */
export function knexAt(place: string): Knex {
  const log = { error() {}, warn() {}, debug() {}, deprecate() {} }
  const scheme = /^(postgres|mysql):/.exec(place)?.[1]
  if (scheme === undefined)
    return createKnex({
      ...{ client: 'better-sqlite3', connection: { filename: place }, useNullAsDefault: true, log },
      pool: { min: 1, max: 1 },
    })
  const client = scheme === 'postgres' ? 'pg' : 'mysql2'
  return createKnex({ client, connection: place, pool: { min: 0, max: 4 }, log })
}

/** All that waits to be carried, of all partitions, in the order of each. */
export async function streamOf({ store, ledger }: OpenChain): Promise<readonly FeedEntry[]> {
  const entries: FeedEntry[] = []
  for (const partition of await store.partitions()) {
    const lease = await store.feed.lease(partition, 'test', 5_000)
    if (lease === null) throw new Error(`another carries ${partition}`)
    let [last = null] = await ledger.carried([partition])
    for (;;) {
      const read: readonly FeedEntry[] = await lease.read(last, 1_000)
      entries.push(...read)
      if (read.length === 0) break
      last = read.at(-1) ?? null
    }
    await lease.release()
  }
  return entries
}
