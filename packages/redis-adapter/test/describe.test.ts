import { OrderDesk } from '@holdfast/core'
import { isHoldfastError, type WaitingMessage } from '@holdfast/core/adapter'
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Durability, type RedisClient, RedisStore, type RedisStoreOptions } from '../src/index.js'
import { OwnServer } from './own-server.js'
import { newKeys } from './redis-servers.js'

const LIMITS = [{ id: 'two-each', per: 'user', scope: 'sku', max: 2 } as const]

describe.skipIf(!OwnServer.canRun())('a description', () => {
  let server: OwnServer
  let redis: Redis
  beforeAll(async () => {
    server = await OwnServer.start()
    redis = server.connect()
  })
  afterAll(() => server.stop())
  beforeEach(async () => {
    await redis.flushall()
    await redis.config('SET', 'maxmemory-policy', 'noeviction')
  })

  async function opened(options: RedisStoreOptions = {}) {
    const store = new RedisStore(redis, options)
    await store.create()
    const desk = new OrderDesk({ store, policy: { holdFor: { milliseconds: 1 }, limits: LIMITS } })
    await desk.restock({ id: 'opening', sku: 'PHONE', quantity: 100 })
    await desk.restock({ id: 'opening', sku: 'PHONE', pool: 'europe', quantity: 7 })
    await desk.restock({ id: 'opening', sku: 'CASE', quantity: 3 })
    const place = (id: string) =>
      desk.place({ id, buyer: { user: id }, lines: [{ sku: 'PHONE', quantity: 1 }] })
    return { store, desk, place }
  }

  it('tells accounts, holds, what waits to be relayed, and what each key takes', async () => {
    const { store, desk, place } = await opened()
    for (let n = 0; n < 50; n++) await place(`order ${n}`)
    const { servers, partitions, warnings } = await store.describe({ sku: 'PHONE' })
    expect(warnings).toEqual([])
    expect(servers).toMatchObject([
      { version: expect.stringMatching(/^\d+\.\d+/), role: 'master', appendOnly: false, replicas: 0 },
    ])
    const [partition] = partitions
    expect(partition).toMatchObject({
      name: 'main',
      epoch: Number(await redis.hget('holdfast:{main}:meta', 'epoch')),
      accounts: [
        { key: { sku: 'PHONE', pool: 'default' }, available: 50, reserved: 50 },
        { key: { sku: 'PHONE', pool: 'europe' }, available: 7 },
      ],
      holds: { groups: 50, due: expect.any(Number), nextDueAt: expect.any(Number) },
      outbox: { entries: 53, sequence: 53, oldestAt: expect.any(Number) },
      lease: null,
    })
    const keys = new Map(partition?.keys.map((key) => [key.kind, key]))
    expect([...keys.keys()].sort()).toEqual([
      ...['accounts', 'due', 'meta', 'movements', 'outbox', 'reservations', 'shapes', 'subjects', 'words'],
    ])
    expect(keys.get('reservations')).toMatchObject({ entries: 50 })
    expect(keys.get('accounts')?.bytes).toBeGreaterThan(0)
    // None of them is left out, and none of another prefix is in it.
    const kinds = (await redis.keys('holdfast:{main}:*')).map((key) => key.slice('holdfast:{main}:'.length))
    expect([...keys.keys()].sort()).toEqual(kinds.sort())
    await desk.close()
  })

  it('tells who relays, and what waits since it did', async () => {
    const { store, desk, place } = await opened()
    await place('order')
    await new Promise((resolve) => setTimeout(resolve, 5))
    const before = (await store.describe()).partitions[0]
    expect(before).toMatchObject({ accounts: [], holds: { groups: 1, due: 1 } })
    const relayed = new RedisStore(redis)
    const lease = await relayed.outbox.lease('main', 'relay 1', 60_000)
    const waiting = (await lease?.read(100)) as readonly WaitingMessage[]
    await lease?.acknowledge(waiting.map(({ position }) => position))
    const after = (await store.describe()).partitions[0]
    expect(after).toMatchObject({
      lease: { owner: 'relay 1', until: expect.any(Number), fence: expect.any(Number) },
    })
    expect(after?.lease?.until).toBeGreaterThan(after?.now ?? 0)
    expect(before?.outbox.entries).toBe(4)
    expect(after?.outbox).toMatchObject({ entries: 0, oldestAt: null, sequence: 4 })
    await desk.close()
  })

  it.each<[Durability, Record<string, string>, readonly string[]]>([
    ['memory', {}, []],
    ['memory', { 'maxmemory-policy': 'allkeys-lru' }, ['evicts']],
    ['memory', { 'maxmemory-policy': 'volatile-ttl' }, ['evicts']],
    ['aof', {}, ['not-synced']],
    ['aof', { appendonly: 'yes', appendfsync: 'everysec' }, ['not-synced']],
    ['aof', { appendonly: 'yes', appendfsync: 'always' }, []],
    [{ replicas: 1 }, {}, ['too-few-replicas']],
  ])('of a store for %j warns of a server with %j', async (durability, settings, codes) => {
    for (const [name, value] of Object.entries({ appendonly: 'no', ...settings }))
      await redis.config('SET', name, value)
    await new RedisStore(redis).create()
    const { warnings } = await new RedisStore(redis, { durability }).describe()
    expect(warnings.map(({ code }) => code)).toEqual(codes)
  })

  it('warns of a partition that is not there, and of one that takes no more reserves', async () => {
    const { store, desk } = await opened({ maxUnrelayed: 3 })
    expect((await store.describe()).warnings).toMatchObject([{ code: 'outbox-full' }])
    await redis.flushall()
    expect((await store.describe()).warnings).toMatchObject([{ code: 'no-epoch' }])
    await desk.close()
  })

  it('says that it does not know what the server does not tell', async () => {
    await redis.config('SET', 'appendonly', 'yes')
    await new RedisStore(redis).create()
    await redis.call('ACL', 'SETUSER', 'curious', 'on', '>secret', '~*', '+@all', '-config')
    const curious = server.connect({ username: 'curious', password: 'secret' })
    const { servers, warnings } = await new RedisStore(curious, { durability: 'aof' }).describe()
    expect(servers).toMatchObject([{ appendOnly: true, appendFsync: null, minReplicasToWrite: null }])
    expect(warnings.map(({ code }) => code)).toEqual(['not-told'])
  })

  it.each(['6.2.14', '5.0.7', '2.8.0'])(
    'a server of version %s is refused when it is to be opened',
    async (version) => {
      const store = new RedisStore(saying(redis, `redis_version:${version}`))
      const error = await store.create().catch((failure: unknown) => failure)
      expect(isHoldfastError(error, 'store-failed') && error.message).toContain(`Redis ${version} is too old`)
      expect(await redis.keys('*')).toEqual([])
    },
  )

  it.each(['7.0.0', '7.4.2', '8.2.1', '10.0.0'])('one of version %s is not', async (version) => {
    await new RedisStore(saying(redis, `redis_version:${version}`)).create()
    expect(await redis.keys('*')).toHaveLength(1)
  })
})

/** A server that says of itself what it is not: older ones cannot be had here. */
function saying(redis: Redis, info: string): RedisClient {
  return {
    callBuffer: (command, ...args) =>
      command === 'info' ? Promise.resolve(`# Server\r\n${info}\r\n`) : redis.callBuffer(command, ...args),
    pipeline: () => redis.pipeline() as unknown as ReturnType<RedisClient['pipeline']>,
  }
}

const keys = await newKeys('redis-cluster')
describe.skipIf(keys === null)('a description of a cluster', () => {
  if (keys === null) return
  afterAll(() => keys.drop())

  it('is of all its masters, and of each partition where it lies', async () => {
    const store = new RedisStore(keys.connect(), { keyPrefix: keys.prefix, partitions: 6 })
    await store.create()
    const desk = new OrderDesk({ store, policy: {} })
    await desk.restock({ id: 'opening', sku: 'PHONE', quantity: 9 })
    const { servers, partitions, warnings } = await store.describe({ sku: 'PHONE' })
    expect(servers).toHaveLength(3)
    expect(warnings).toEqual([])
    expect(partitions.map(({ name }) => name)).toEqual(await store.partitions())
    expect(partitions.flatMap(({ accounts }) => accounts)).toMatchObject([{ available: 9 }])
    expect(
      partitions.every(({ keys: own }) => own.some(({ kind, bytes }) => kind === 'meta' && bytes > 0)),
    ).toBe(true)
    await desk.close()
  })
})
