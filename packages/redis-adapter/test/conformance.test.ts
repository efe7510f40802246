import { type DeclaredCapabilities, testReservationStore } from '@holdfast/conformance'
import { afterAll, describe, it } from 'vitest'
import { RedisStore, type RedisStoreOptions } from '../src/index.js'
import { newKeys, type ServerKind, type TestKeys } from './redis-servers.js'
import { RestartedServers } from './restarted-servers.js'

const declared: DeclaredCapabilities = {
  ...{ backorder: true, returns: true, durable: false, partitions: 'one', idScope: 'store', rows: false },
  ...{ clock: 'virtual', clients: true, restart: false },
}

const KINDS: readonly (readonly [ServerKind, RedisStoreOptions])[] = [
  ['redis', {}],
  ['redis-cluster', {}],
  ['redis-replicated', { durability: { replicas: 1 } }],
]

for (const [kind, options] of KINDS) {
  const keys = await newKeys(kind)
  describe.skipIf(keys === null)(kind, () => {
    if (keys !== null) testOn(keys, options)
  })
}

function testOn(keys: TestKeys, options: RedisStoreOptions): void {
  const connections = [keys.connect(), keys.connect(), keys.connect()] as const
  let stores = 0
  afterAll(() => keys.drop())

  testReservationStore({
    ...{ describe, it, profile: 'quick' },
    capabilities: { ...declared, durable: options.durability !== undefined },
    async create({ clock: { now } }) {
      const keyPrefix = `${keys.prefix}${stores++}:`
      const setting = { ...options, keyPrefix, clock: { kind: 'virtual', now } } as const
      const [one, ...others] = connections
      const store = new RedisStore(one, setting)
      await store.create()
      const clients = others.map((redis) => new RedisStore(redis, setting))
      return { store, clients, close: () => store.close() }
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
