import { randomUUID } from 'node:crypto'
import { Cluster, Redis } from 'ioredis'
import { serverForTests } from '../../../tools/services/test-services.js'
import { setUp } from './access.js'

export type ServerKind = 'redis' | 'redis-aof' | 'redis-replicated' | 'redis-cluster'

/** Keys of a test's own on a server or a cluster. */
export interface TestKeys {
  readonly prefix: string
  connect(): Redis | Cluster
  /** As a user with the rights that docs/redis.md gives him, some of his commands withdrawn. */
  connectAs(user: 'shop' | 'operator', without?: readonly string[]): Promise<Redis | Cluster>
  /** Removes them, and closes the connections. */
  drop(): Promise<void>
}

/** `null` where the server cannot be had: skip. */
export async function newKeys(kind: ServerKind): Promise<TestKeys | null> {
  const url = await serverForTests(kind)
  if (url === null) return null
  const prefix = `test-${randomUUID()}:`
  const opened: (Redis | Cluster)[] = []
  return {
    prefix,
    connect() {
      const client = kind === 'redis-cluster' ? new Cluster([url]) : new Redis(url)
      opened.push(client)
      return client
    },
    async connectAs(user, without) {
      // Who lacks a right would try for ever.
      const retrying = without === undefined ? {} : { clusterRetryStrategy: () => null }
      const login = { username: `${prefix}${user}`, password: 'secret' }
      for (const node of await nodesOf(kind, url)) {
        await setUp(node, user, prefix, without)
        node.disconnect()
      }
      const client =
        kind === 'redis-cluster'
          ? new Cluster([url], { redisOptions: login, ...retrying })
          : new Redis(url, login)
      opened.push(client)
      return client
    },
    async drop() {
      for (const node of await nodesOf(kind, url)) {
        await dropFrom(node, prefix)
        for (const user of ['shop', 'operator']) await node.call('ACL', 'DELUSER', `${prefix}${user}`)
        node.disconnect()
      }
      for (const client of opened) client.disconnect()
    },
  }
}

async function nodesOf(kind: ServerKind, url: string): Promise<readonly Redis[]> {
  const first = new Redis(url)
  if (kind !== 'redis-cluster') return [first]
  const slots = await first.cluster('SLOTS')
  first.disconnect()
  return slots.flatMap(([, , node]) => (node === undefined ? [] : [new Redis(node[1], node[0])]))
}

async function dropFrom(node: Redis, prefix: string): Promise<void> {
  for await (const keys of node.scanStream({ match: `${prefix}*`, count: 1_000 }))
    for (const key of keys as string[]) await node.unlink(key)
}
