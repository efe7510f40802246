import { RedisStore } from '@holdfast/redis-adapter'
import { Redis } from 'ioredis'
import { startRedis } from '../../services/redis.js'
import type { Service } from '../../services/service.js'
import type { SoakClock } from './soak-clock.js'

/** The key that has a field for each order that ever was. */
const RESERVATIONS = 'holdfast:{main}:reservations'
const COPY = 'holdfast:{main}:copy'

/** A store on a server that nobody else uses: what it takes is the store's. */
export class RedisStoreAlone {
  /** What grows with every order. */
  readonly kept = RESERVATIONS

  private constructor(
    readonly store: RedisStore,
    private readonly redis: Redis,
    private readonly server: Service,
  ) {}

  static async open(clock: SoakClock): Promise<RedisStoreAlone> {
    const server = await startRedis()
    const redis = new Redis(server.url)
    const store = new RedisStore(redis, { clock })
    await store.create()
    return new RedisStoreAlone(store, redis, server)
  }

  /** Entries of each key, keys in all, and bytes that the server needs for anything but orders. */
  async counts(): Promise<ReadonlyMap<string, number>> {
    const { redis } = this
    const keys = (await redis.keys('*')).sort()
    const entries = await Promise.all(keys.map(async (key) => [key, await this.entriesOf(key)] as const))
    return new Map([['keys', await redis.dbsize()], ...entries, ['memory in bytes', await this.memory()]])
  }

  async drop(): Promise<void> {
    this.redis.disconnect()
    await this.server.stop()
  }

  private async entriesOf(key: string): Promise<number> {
    const { redis } = this
    switch (await redis.type(key)) {
      case 'hash':
        return redis.hlen(key)
      case 'zset':
        return redis.zcard(key)
      case 'stream':
        return redis.xlen(key)
      default:
        throw new Error(`nobody knows what ${key} is`)
    }
  }

  /** A copy of the orders tells what they take: allocations that `MEMORY USAGE` does not count are in it. */
  private async memory(): Promise<number> {
    const { redis } = this
    const used = await this.used()
    await redis.copy(RESERVATIONS, COPY)
    const ofOrders = (await this.used()) - used
    await redis.del(COPY)
    return used - ofOrders
  }

  /** Without what its clients take. */
  private async used(): Promise<number> {
    const told = await this.redis.info('memory')
    const [used = 0, clients = 0] = ['used_memory', 'mem_clients_normal'].map((name) =>
      Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(told)?.[1]),
    )
    return used - clients
  }
}
