import { Cluster, Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startRedisCluster } from '../../../../tools/services/redis-several.js'
import type { Service } from '../../../../tools/services/service.js'
import { RedisStore } from '../../src/index.js'
import { commandsRun, OwnServer } from '../own-server.js'
import { answers, countersIn, expectWhole, reserve, supply } from './commands.js'

const SUPPLIED = 100_000

/** A cluster of one test's own: slots of the shared one are not to be moved. */
describe.skipIf(!OwnServer.canRun() || process.env.HOLDFAST_REDIS_CLUSTER_URL !== undefined)('a slot', () => {
  let service: Service
  let cluster: Cluster
  beforeAll(async () => {
    service = await startRedisCluster()
    cluster = new Cluster([service.url])
  })
  afterAll(async () => {
    cluster?.disconnect()
    await service?.stop()
  })

  it('that moves to another node during the sale (MOVED, ASK, TRYAGAIN) costs no unit and sells none twice', async () => {
    const store = new RedisStore(cluster)
    await store.create()
    await store.apply('main', null, [supply('delivery', SUPPLIED)])
    const ids: string[] = []
    let isOver = false
    const sells = async (caller: number) => {
      for (let turn = 0; !isOver; turn++) {
        const own = Array.from({ length: 10 }, (_, n) => `${caller}/${turn}/${n}`)
        ids.push(...own)
        // A server that has not got all keys refuses; asked again by the same ids, each is placed once.
        let answer = await answers(
          store.apply(
            'main',
            null,
            own.map((id) => reserve(id)),
          ),
        )
        while (!Array.isArray(answer)) {
          expect(['store-failed', 'unknown']).toContain(answer)
          answer = await answers(
            store.apply(
              'main',
              null,
              own.map((id) => reserve(id)),
            ),
          )
        }
        expect(answer.filter((kind) => kind !== 'granted' && kind !== 'replayed')).toEqual([])
      }
    }
    const selling = [1, 2, 3, 4].map(sells)
    const moved = await moveSlot(cluster, 'holdfast:{main}:meta')
    const soldBefore = ids.length
    while (ids.length < soldBefore + 200) await new Promise((resolve) => setTimeout(resolve, 5))
    isOver = true
    await Promise.all(selling)
    expect(moved.keys).toBeGreaterThan(4)
    expect(await moved.to.exists('holdfast:{main}:meta')).toBe(1)
    await expectWhole(store, SUPPLIED, ids)
    expect(await countersIn(store)).toMatchObject({ reserved: ids.length })
    moved.to.disconnect()
  }, 120_000)
})

/** Moves the slot of this key to the next node, key by key. */
async function moveSlot(cluster: Cluster, key: string) {
  const slot = await cluster.cluster('KEYSLOT', key)
  const nodes = await Promise.all(
    cluster.nodes('master').map(async ({ options: { host = '127.0.0.1', port = 0 } }) => {
      const redis = new Redis(port, host)
      return { redis, host, port, id: String(await redis.call('CLUSTER', 'MYID')) }
    }),
  )
  const owners = await nodes[0]?.redis.cluster('SLOTS')
  const range = owners?.find(([first, last]) => Number(first) <= slot && slot <= Number(last))
  const from = nodes.find(({ id }) => id === String(range?.[2]?.[2]))
  const to = nodes.find((node) => node !== from)
  if (from === undefined || to === undefined) throw new Error(`nobody has slot ${slot}`)
  await to.redis.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', from.id)
  await from.redis.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', to.id)
  const keys = (await from.redis.call('CLUSTER', 'GETKEYSINSLOT', slot, 100)) as string[]
  for (const one of keys) {
    await from.redis.call('MIGRATE', to.host, to.port, one, 0, 5_000)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  // All of them are there, the slot is not yet: who calls is sent on, and needs the right to say so.
  while (!(await commandsRun(to.redis)).has('asking')) await new Promise((resolve) => setTimeout(resolve, 5))
  for (const { redis } of [to, from, ...nodes]) await redis.call('CLUSTER', 'SETSLOT', slot, 'NODE', to.id)
  for (const { redis } of nodes) if (redis !== to.redis) redis.disconnect()
  return { keys: keys.length, to: to.redis }
}
