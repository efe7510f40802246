import { type DeclaredCapabilities, testReservationStore } from '@holdfast/conformance'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { type RedisClient, RedisStore, type RedisStoreOptions } from '../src/index.js'
import { oneBucket } from './one-bucket.js'
import { newKeys, type ServerKind, type TestKeys } from './redis-servers.js'
import { RestartedServers } from './restarted-servers.js'

const declared: DeclaredCapabilities = {
  ...{ backorder: true, returns: true, durable: false, partitions: 'one', idScope: 'store', rows: false },
  ...{ clock: 'virtual', clients: true, restart: false },
}

/** Names of SKUs that the kit sells are spread: each of its stores is one bucket of them. */
const SPREAD = { partitions: 3, spread: ['shirt', 'mug'] } as const

const KINDS: readonly (readonly [ServerKind, RedisStoreOptions])[] = [
  ['redis', {}],
  ['redis-cluster', {}],
  ['redis-cluster', SPREAD],
  ['redis-replicated', { durability: { replicas: 1 } }],
]

for (const [kind, options] of KINDS) {
  const keys = await newKeys(kind)
  const name = options.spread === undefined ? kind : `one bucket on ${kind}`
  describe.skipIf(keys === null)(name, () => {
    if (keys !== null) testOn(keys, options)
  })
}

function testOn(keys: TestKeys, options: RedisStoreOptions): void {
  let connections: readonly [RedisClient, ...RedisClient[]]
  let stores = 0
  // With the rights that docs/redis.md gives, and no more.
  beforeAll(async () => {
    const connect = () => keys.connectAs('shop') as Promise<unknown> as Promise<RedisClient>
    connections = [await connect(), await connect(), await connect()]
  })
  afterAll(() => keys.drop())

  testReservationStore({
    ...{ describe, it, profile: 'quick' },
    capabilities: { ...declared, durable: options.durability !== undefined, buckets: true },
    async create({ clock: { now } }) {
      const keyPrefix = `${keys.prefix}${stores++}:`
      const setting = { ...options, keyPrefix, clock: { kind: 'virtual', now } } as const
      const [one, ...others] = connections
      const store = new RedisStore(one, setting)
      await store.create()
      const clients = others.map((redis) => new RedisStore(redis, setting))
      if (options.spread === undefined) return { store, clients, close: () => store.close() }
      return { store: oneBucket(store), clients: clients.map(oneBucket), close: () => store.close() }
    },
  })
}

describe.skipIf(!RestartedServers.canRun())('a server that is killed and started again', () => {
  const servers = new RestartedServers()
  afterAll(() => servers.stop())

  testReservationStore({
    ...{ describe, it, profile: 'quick', runs: 5 },
    async create({ clock: { now } }) {
      const server = await servers.next()
      const setting = {
        durability: 'aof',
        keyPrefix: server.prefix,
        clock: { kind: 'virtual', now },
      } as const
      const store = new RedisStore(server.connect(), setting)
      await store.create()
      const restart = async () => {
        await server.restart()
        return new RedisStore(server.connect(), setting)
      }
      return { store, restart, close: () => store.close() }
    },
    capabilities: { ...declared, durable: true, clients: false, restart: true },
  })
})
