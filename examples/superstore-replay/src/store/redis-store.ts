import { randomUUID } from 'node:crypto'
import type { DeskStore } from '@holdfast/core'
import { Redis } from 'ioredis'
import { UsageError } from '../command-line/request.js'
import type { VirtualClock } from '../replay/virtual-clock.js'

/**
 * Under keys of the replay's own; closing it removes them.
 * @throws UsageError when the server does not let us in
 */
export async function openRedis(
  url: string,
  clock: VirtualClock,
): Promise<{ readonly store: DeskStore; close(): Promise<void> }> {
  const { RedisStore } = await import('@holdfast/redis-adapter')
  const redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 1, retryStrategy: () => null })
  redis.on('error', () => {})
  const keyPrefix = `replay-${randomUUID()}:`
  try {
    await redis.connect()
    const store = new RedisStore(redis, { keyPrefix, clock })
    await store.create()
    return { store, close: () => dropKeys(redis, keyPrefix).finally(() => redis.disconnect()) }
  } catch (error) {
    redis.disconnect()
    const why = error instanceof Error ? error.message : String(error)
    throw new UsageError(`--store: the Redis server does not let us in: ${why.replaceAll(/\s+/g, ' ')}`)
  }
}

async function dropKeys(redis: Redis, prefix: string): Promise<void> {
  for await (const keys of redis.scanStream({ match: `${prefix}*`, count: 1_000 }))
    for (const key of keys as string[]) await redis.unlink(key)
}
