import type { Redis } from 'ioredis'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RedisStore } from '../../src/index.js'
import { OwnServer } from '../own-server.js'
import { answers, countersIn, expectWhole, reserve, supply } from './commands.js'

const SUPPLIED = 100

// Whatever the server refuses a batch for: nothing of it is written, and it goes on once the reason is gone.
// (Keys of another kind and forgotten scripts: ../failures.test.ts.)
describe.skipIf(!OwnServer.canRun())('a server that refuses', () => {
  let server: OwnServer
  let redis: Redis
  let store: RedisStore
  beforeEach(async () => {
    server = await OwnServer.start()
    redis = server.connect()
    store = new RedisStore(redis)
    await store.create()
    await store.apply('main', null, [supply('delivery', SUPPLIED)])
  })
  afterEach(() => server.stop())

  const batch = (name: string) => [
    supply(`more ${name}`, 1),
    ...Array.from({ length: 20 }, (_, n) => reserve(`${name} ${n}`)),
  ]
  const ids = (name: string) => Array.from({ length: 20 }, (_, n) => `${name} ${n}`)

  async function expectNothingWritten(of: string): Promise<void> {
    expect(await countersIn(store)).toEqual({ available: SUPPLIED, reserved: 0, sold: 0 })
    expect(await redis.xlen('holdfast:{main}:outbox')).toBe(1)
    await expectWhole(store, SUPPLIED, ids(of))
  }

  async function expectToGoOn(of: string): Promise<void> {
    expect(await answers(store.apply('main', null, batch(of)))).toEqual([
      'supplied',
      ...ids(of).map(() => 'granted'),
    ])
    await expectWhole(store, SUPPLIED + 1, ids(of))
    expect(await redis.xlen('holdfast:{main}:outbox')).toBe(2)
  }

  it('as it is out of memory (OOM)', async () => {
    await redis.config('SET', 'maxmemory', '1')
    expect(await answers(store.apply('main', null, batch('full')))).toBe('store-failed')
    await redis.config('SET', 'maxmemory', '0')
    await expectNothingWritten('full')
    await expectToGoOn('full')
  })

  it('as another script keeps it busy (BUSY)', async () => {
    await redis.config('SET', 'busy-reply-threshold', '10')
    const hog = server.connect()
    const endless = hog.call('EVAL', 'while true do end', '0').catch((error: unknown) => error)
    const watch = server.connect({ enableReadyCheck: false })
    while (!/^BUSY/.test(String(await watch.ping().catch((error: Error) => error.message)))) await pause()
    expect(await answers(store.apply('main', null, batch('busy')))).toBe('store-failed')
    await watch.call('SCRIPT', 'KILL')
    await endless
    await expectNothingWritten('busy')
    await expectToGoOn('busy')
  })

  it('as a replica (READONLY)', async () => {
    await redis.call('REPLICAOF', '127.0.0.1', '1')
    expect(await answers(store.apply('main', null, batch('replica')))).toBe('store-failed')
    await redis.call('REPLICAOF', 'NO', 'ONE')
    await expectNothingWritten('replica')
    await expectToGoOn('replica')
  })

  it('as it is loading what it had (LOADING)', async () => {
    await redis.config('SET', 'appendonly', 'no')
    const filler = redis.pipeline()
    for (let n = 0; n < 20_000; n++) filler.set(`filler ${n}`, 'x'.repeat(100))
    await filler.exec()
    await redis.save()
    await server.kill()
    await server.run({ 'key-load-delay': '100', 'loading-process-events-interval-bytes': '1024' }, 'loading')
    const early = new RedisStore(server.connect({ enableReadyCheck: false }))
    expect(await answers(early.apply('main', null, batch('early')))).toBe('store-failed')
    while (/loading:1/.test(await redis.info('persistence'))) await pause()
    await expectNothingWritten('early')
    await expectToGoOn('early')
  }, 60_000)
})

describe.skipIf(!OwnServer.canRun())('a node of a cluster', () => {
  let server: OwnServer
  afterEach(() => server.stop())

  it('refuses the batch without its slot (CLUSTERDOWN), and takes it once it has that', async () => {
    server = await OwnServer.start({ appendonly: 'no', 'cluster-enabled': 'yes' })
    const redis = server.connect()
    const store = new RedisStore(redis)
    expect(await answers(store.apply('main', null, [supply('delivery', 1)]))).toBe('store-failed')
    await expect(store.create()).rejects.toMatchObject({ code: 'store-failed' })
    await redis.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383')
    while (!/cluster_state:ok/.test(await redis.cluster('INFO'))) await pause()
    await store.create()
    expect(await answers(store.apply('main', null, [supply('delivery', 1)]))).toEqual(['supplied'])
    const slot = await redis.cluster('KEYSLOT', 'holdfast:{main}:meta')
    await redis.call('CLUSTER', 'DELSLOTS', String(slot))
    expect(await answers(store.apply('main', null, [supply('more', 1)]))).toBe('store-failed')
    await redis.call('CLUSTER', 'ADDSLOTS', String(slot))
    while (!/cluster_state:ok/.test(await redis.cluster('INFO'))) await pause()
    expect(await countersIn(store)).toEqual({ available: 1, reserved: 0, sold: 0 })
  })
})

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 10))
}
