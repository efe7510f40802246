import { RedisStore, type RedisStoreOptions } from '@holdfast/redis-adapter'
import type { Redis } from 'ioredis'
import type { Contender } from '../contender.js'
import { empty } from '../desk/contents.js'
import { type DeskContender, deskContender } from '../desk/desk-contender.js'
import { HOT, type RedisServer } from './redis-server.js'

/** Nothing carries the outbox on: it is bounded by the length of a turn. */
const UNRELAYED = { maxUnrelayed: Number.MAX_SAFE_INTEGER } as const

/** Holdfast on an empty server. */
export function coalesced(
  server: RedisServer,
  name: string,
  options: RedisStoreOptions = {},
  sale: Partial<DeskContender> = {},
): Contender {
  const open = async () => empty(await OwnStore.on(await server.emptied(), options))
  return deskContender({ engine: 'redis', name, mix: HOT, open, ...sale })
}

/** A store that ends its turn's connection. */
export class OwnStore extends RedisStore {
  private constructor(
    private readonly connection: Redis,
    options: RedisStoreOptions,
  ) {
    super(connection, { ...UNRELAYED, ...options })
  }

  static async on(redis: Redis, options: RedisStoreOptions = {}): Promise<OwnStore> {
    const store = new OwnStore(redis, options)
    await store.create()
    return store
  }

  override async close(): Promise<void> {
    this.connection.disconnect()
  }
}
