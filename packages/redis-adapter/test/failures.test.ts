import {
  type Command,
  isHoldfastError,
  type Message,
  type OutboxLease,
  type WaitingMessage,
} from '@holdfast/core/adapter'
import { Redis } from 'ioredis'
import { afterAll, describe, expect, it, test } from 'vitest'
import { RedisHalfMessages, RedisOutbox, RedisStore } from '../src/index.js'
import * as scripts from '../src/scripts/embedded.js'
import { newKeys } from './redis-servers.js'

test('no script that is shipped for sale takes the time from its caller', () => {
  for (const [name, script] of Object.entries(scripts)) {
    const shipped = typeof script === 'string' ? script : script.real
    expect(shipped, name).not.toContain('ARGV[#ARGV]')
    if (shipped.includes('clock()')) expect(shipped, name).toContain(`redis.call('TIME')`)
  }
})

const SUPPLY: Command = {
  kind: 'supply',
  movement: 'delivery',
  account: { sku: 'shirt', pool: 'default' },
  delta: 5,
  cause: 'restock',
}

function message(id: string): Message {
  return { id, aggregate: 'thing', key: id, type: 'thing.told', payload: '{}', at: 0, headers: {} }
}

async function codeOf(call: Promise<unknown>): Promise<unknown> {
  const error = await call.then(
    () => 'nothing failed',
    (failure: unknown) => failure,
  )
  return isHoldfastError(error) ? error.code : error
}

const keys = await newKeys('redis')

describe.skipIf(keys === null)('what is broken', () => {
  if (keys === null) return
  afterAll(() => keys.drop())
  const redis = keys.connect() as Redis
  let stores = 0
  const keysAt = async (prefix: string) => (await redis.keys(`${prefix}*`)).sort()
  const opened = async () => {
    const keyPrefix = `${keys.prefix}${stores++}:`
    const store = new RedisStore(redis, { keyPrefix })
    await store.create()
    return { store, at: `${keyPrefix}{main}:` }
  }

  it('a store that was never created, or whose server was emptied, is fenced', async () => {
    const { store, at } = await opened()
    await store.apply('main', null, [SUPPLY])
    await redis.del(...['meta', 'words', 'accounts', 'movements', 'outbox'].map((name) => at + name))
    expect(await store.apply('main', null, [SUPPLY])).toEqual({ kind: 'fenced', epoch: null })
    await store.create()
    expect(await store.apply('main', null, [SUPPLY])).toMatchObject({ outcomes: [{ available: 5 }] })
  })

  it('a store that is created again keeps what it has', async () => {
    const { store } = await opened()
    const first = await store.apply('main', null, [SUPPLY])
    await store.create()
    expect(await store.apply('main', first.epoch, [SUPPLY])).toMatchObject({
      epoch: first.epoch,
      outcomes: [{ kind: 'replayed-movement' }],
    })
  })

  it('a key of another kind in the place of any of its own refuses the batch, and nothing is written', async () => {
    for (const name of [
      'words',
      'accounts',
      'reservations',
      'subjects',
      'due',
      'owed',
      'movements',
      'outbox',
    ]) {
      const { store, at } = await opened()
      await redis.set(at + name, 'something else')
      const before = await redis.hgetall(`${at}meta`)
      expect(await codeOf(store.apply('main', null, [SUPPLY])), name).toBe('store-failed')
      expect(await redis.hgetall(`${at}meta`), name).toEqual(before)
      expect(
        await redis.exists(
          ...['accounts', 'movements', 'outbox'].map((one) => at + one).filter((one) => one !== at + name),
        ),
        name,
      ).toBe(0)
    }
  })

  it('nor is anything sent or set aside where a key of a shard is of another kind', async () => {
    for (const name of [
      ...['meta', 'acknowledged', 'carried', 'apart', 'again'],
      ...['parked', 'parked-by-key', 'heads', 'troubles'],
    ]) {
      const keyPrefix = `${keys.prefix}${stores++}:`
      const at = `${keyPrefix}{messages}:`
      const outbox = new RedisOutbox(redis, { keyPrefix })
      await outbox.write([message('m1'), message('m2')])
      const lease = (await outbox.lease('messages', 'test', 60_000)) as OutboxLease
      const [first] = (await lease.read(10)) as [WaitingMessage]
      await redis.del(at + name)
      await redis.set(at + name, 'something else')
      const standing = () => Promise.all([redis.hgetall(`${at}relay`), redis.xlen(`${at}outbox`), keysAt(at)])
      const before = await standing()
      expect(await codeOf(lease.acknowledge([first.position])), name).toBe('store-failed')
      const parking = { ...first, started: 1, finished: 1, error: 'too large' }
      expect(await codeOf(lease.park(parking, 'alone')), name).toBe('store-failed')
      expect(await standing(), name).toEqual(before)
    }
  })

  it('nor is a half message decided', async () => {
    for (const name of [
      'half-messages',
      'half-states',
      'half-ids',
      'half-due',
      'half-decided',
      'meta',
      'outbox',
    ]) {
      const keyPrefix = `${keys.prefix}${stores++}:`
      const at = `${keyPrefix}{messages}:`
      const halves = new RedisHalfMessages(redis, { keyPrefix })
      await halves.prepare({ message: message('m1'), checkAt: null, checkAfterMs: 60_000 })
      await redis.del(at + name)
      await redis.set(at + name, 'something else')
      const before = await keysAt(at)
      expect(await codeOf(halves.decide('m1', 'committed')), name).toBe('store-failed')
      expect(await keysAt(at), name).toEqual(before)
    }
  })

  it('half messages that were removed leave nothing behind', async () => {
    const keyPrefix = `${keys.prefix}${stores++}:`
    const halves = new RedisHalfMessages(redis, { keyPrefix })
    const half = { message: message('m1'), checkAt: null, checkAfterMs: 60_000 }
    await halves.prepare(half)
    await halves.decide('m1', 'rolled-back')
    expect(await halves.removeDecided(-1, 10)).toBe(1)
    expect(await keysAt(keyPrefix)).toEqual([])
    expect(await halves.prepare(half)).toEqual({ kind: 'prepared', status: 'prepared' })
  })

  it('scripts that the server forgot are sent again', async () => {
    const { store } = await opened()
    await redis.script('FLUSH')
    expect(await store.apply('main', null, [SUPPLY])).toMatchObject({ kind: 'applied' })
  })

  it('a connection that breaks leaves the call unknown', async () => {
    const { store: _, at } = await opened()
    const lost = new Redis({ ...redis.options, retryStrategy: () => null, maxRetriesPerRequest: 0 })
    await lost.ping()
    const store = new RedisStore(lost, { keyPrefix: at.slice(0, -'{main}:'.length) })
    lost.disconnect()
    expect(await codeOf(store.apply('main', null, [SUPPLY]))).toBe('unknown')
  })

  it('too few replicas leave the call unknown, and it is written once', async () => {
    const { at } = await opened()
    const keyPrefix = at.slice(0, -'{main}:'.length)
    const store = new RedisStore(redis, { keyPrefix, durability: { replicas: 1 } })
    expect(await codeOf(store.apply('main', null, [SUPPLY]))).toBe('unknown')
    const again = new RedisStore(redis, { keyPrefix })
    expect(await again.apply('main', null, [SUPPLY])).toMatchObject({
      outcomes: [{ kind: 'replayed-movement' }],
    })
  })
})

describe('options', () => {
  const client = {} as ConstructorParameters<typeof RedisStore>[0]
  it.each([
    [{ keyPrefix: 'a{b' }, 'options.keyPrefix'],
    [{ partitions: 0 }, 'options.partitions'],
    [{ partitions: 1_001 }, 'options.partitions'],
    [{ spread: ['PHONE'] }, 'options.spread'],
    [{ partitions: 2, spread: 'PHONE' as unknown as string[] }, 'options.spread'],
    [{ partitions: 2, spread: ['PHONE', ''] }, 'options.spread[1]'],
    [{ maxUnrelayed: 1.5 }, 'options.maxUnrelayed'],
    [{ durability: { replicas: 0 } }, 'options.durability'],
    [{ durability: 'disk' as 'aof' }, 'options.durability'],
  ])('%j is refused by its path', (options, path) => {
    let thrown: unknown
    try {
      new RedisStore(client, options)
    } catch (error) {
      thrown = error
    }
    expect(isHoldfastError(thrown, 'invalid-argument') && thrown.path).toBe(path)
  })
})
