import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Durability, RedisStore } from '../../src/index.js'
import { OwnServer } from '../own-server.js'
import { answers, countersIn, expectWhole, keptOf, reserve, supply } from './commands.js'

const SUPPLIED = 10

describe.skipIf(!OwnServer.canRun())('a failover', () => {
  let primary: OwnServer
  let replica: OwnServer
  beforeEach(async () => {
    primary = await OwnServer.start({ appendonly: 'no', 'repl-diskless-sync-delay': '0' })
    replica = await OwnServer.start({ appendonly: 'no', replicaof: `127.0.0.1 ${primary.port}` })
    const redis = primary.connect()
    while (!/state=online/.test(await redis.info('replication'))) await pause()
  })
  afterEach(async () => {
    await replica.stop()
    await primary.stop()
  })

  const storeAt = (server: OwnServer, durability: Durability) =>
    new RedisStore(server.connect(), { durability })

  async function opened(durability: Durability) {
    const store = storeAt(primary, durability)
    await store.create()
    await store.apply('main', null, [supply('delivery', SUPPLIED), reserve('before')])
    while ((await keptOf(storeAt(replica, 'memory'), ['before'])).length === 0) await pause()
    return store
  }

  /** The replica becomes the primary, without what was in its way when it hung. */
  async function promoted(): Promise<void> {
    await replica.connect().call('REPLICAOF', 'NO', 'ONE')
  }

  it('that loses the tail loses nothing that was acknowledged by a replica', async () => {
    const store = await opened({ replicas: 1 })
    const tail = ['a', 'b', 'c']
    // The replica is cut off: nothing reaches it any more, and it does not know.
    await cutOff(replica)
    // Short of replicas: unknown, and never a success.
    for (const id of tail) expect(await answers(store.apply('main', null, [reserve(id)]))).toBe('unknown')
    await promoted()
    const after = storeAt(replica, 'memory')
    expect(await keptOf(after, ['before', ...tail])).toEqual(['before'])
    // Resolved by their ids: granted now, once.
    for (const id of tail)
      expect(await answers(after.apply('main', null, [reserve(id)]))).toEqual(['granted'])
    await expectWhole(after, SUPPLIED, ['before', ...tail])
  })

  it('leaves an old primary that can still be written to: nothing it does is acknowledged', async () => {
    const old = await opened({ replicas: 1 })
    await promoted()
    const ids = Array.from({ length: SUPPLIED }, (_, n) => `order ${n}`)
    const sold = { old: [] as string[], new: [] as string[] }
    const fresh = storeAt(replica, 'memory')
    for (const id of ids) {
      if (Array.isArray(await answers(old.apply('main', null, [reserve(`${id} old`)])))) sold.old.push(id)
      const [outcome] = await answers(fresh.apply('main', null, [reserve(`${id} new`)]))
      if (outcome === 'granted') sold.new.push(id)
    }
    expect(sold.old).toEqual([])
    expect(sold.new).toHaveLength(SUPPLIED - 1)
  }, 60_000)

  it('leaves an old primary that takes no writes, where it is set up to want a replica', async () => {
    const old = await opened('memory')
    await primary.connect().config('SET', 'min-replicas-to-write', '1')
    await promoted()
    while (/state=online/.test(await primary.connect().info('replication'))) await pause()
    const before = await countersIn(old)
    // NOREPLICAS: refused before anything is written.
    expect(await answers(old.apply('main', null, [reserve('order')]))).toBe('store-failed')
    expect(await countersIn(old)).toEqual(before)
  })

  it('to a store of a new epoch: what still goes to the old primary is fenced', async () => {
    const old = await opened('memory')
    await promoted()
    await replica.connect().flushall()
    const rebuilt = storeAt(replica, 'memory')
    await rebuilt.create()
    const applied = await rebuilt.apply('main', null, [supply('what is left', SUPPLIED - 1)])
    const { epoch } = applied as { epoch: number }
    // Whoever knows the new epoch is refused by the old primary, and whoever knows the old one by the new primary.
    expect(await answers(old.apply('main', epoch, [reserve('to the old')]))).toBe('fenced')
    const { epoch: former } = (await old.apply('main', null, [{ kind: 'sweep', limit: 1 }])) as {
      epoch: number
    }
    expect(former).toBeLessThan(epoch)
    expect(await answers(rebuilt.apply('main', former, [reserve('with the old')]))).toBe('fenced')
    expect(await keptOf(old, ['to the old'])).toEqual([])
    expect(await keptOf(rebuilt, ['with the old'])).toEqual([])
  })
})

/** What its primary sends does not arrive any more. */
async function cutOff(replica: OwnServer): Promise<void> {
  // Nobody listens there: it goes on asking, and keeps what it has.
  await replica.connect().call('REPLICAOF', '127.0.0.1', '1')
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 10))
}
