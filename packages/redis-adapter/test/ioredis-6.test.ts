import { type DeclaredCapabilities, testReservationStore } from '@holdfast/conformance'
import { Cluster, Redis } from 'ioredis-6'
import { afterAll, describe, it } from 'vitest'
import { serverForTests } from '../../../tools/services/test-services.js'
import { RedisStore } from '../src/index.js'

// The store on the next major version of its client: a server, and a cluster.

const declared: DeclaredCapabilities = {
  ...{ backorder: true, returns: true, durable: false, partitions: 'one', idScope: 'store', rows: false },
  ...{ clock: 'virtual', clients: true, restart: false },
}

for (const kind of ['redis', 'redis-cluster'] as const) {
  const url = await serverForTests(kind)
  describe.skipIf(url === null)(`ioredis 6 on ${kind}`, () => {
    if (url === null) return
    const connections = Array.from({ length: 2 }, () =>
      kind === 'redis' ? new Redis(url) : new Cluster([url]),
    )
    let stores = 0
    afterAll(() => {
      for (const connection of connections) connection.disconnect()
    })

    testReservationStore({
      ...{ describe, it, profile: 'quick', runs: 5 },
      capabilities: declared,
      async create({ clock: { now } }) {
        const keyPrefix = `ioredis-6-${process.pid}-${stores++}:`
        const setting = { keyPrefix, clock: { kind: 'virtual', now } } as const
        const [store, client] = connections.map((redis) => new RedisStore(redis, setting)) as [
          RedisStore,
          RedisStore,
        ]
        await store.create()
        return { store, clients: [client], close: () => store.close() }
      },
    })
  })
}
