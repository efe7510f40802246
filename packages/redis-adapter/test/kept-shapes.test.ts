import type { Command, Reserve } from '@holdfast/core/adapter'
import type { Redis } from 'ioredis'
import { afterAll, describe, expect, it } from 'vitest'
import { RedisStore } from '../src/index.js'
import { answers, countersIn, reserve, supply } from './faults/commands.js'
import { newKeys } from './redis-servers.js'

/** Shapes that are kept at most, as `lua/includes/ready-shape.lua` says. */
const MOST = 4_096

// What alike orders have in common is made ready once, and kept: the next of them are decided by that.
const keys = await newKeys('redis')
describe.skipIf(keys === null)('shapes that are kept', () => {
  if (keys === null) return
  afterAll(() => keys.drop())
  const redis = keys.connect() as Redis
  let stores = 0
  const opened = async () => {
    const keyPrefix = `${keys.prefix}${stores++}:`
    const store = new RedisStore(redis, { keyPrefix })
    await store.create()
    await store.apply('main', null, [supply('delivery', 10)])
    return { store, at: (name: string) => `${keyPrefix}{main}:${name}` }
  }
  const place = (store: RedisStore, ...ids: string[]) =>
    answers(
      store.apply(
        'main',
        null,
        ids.map((id) => reserve(id)),
      ),
    )

  it('are one for alike orders', async () => {
    const { store, at } = await opened()
    for (const id of ['a', 'b', 'c', 'd']) expect(await place(store, id)).toEqual(['granted'])
    expect(await redis.hlen(at('shapes'))).toBe(1)
    expect(await countersIn(store)).toEqual({ available: 6, reserved: 4, sold: 0 })
  })

  it('make room for others where there are many', async () => {
    const { store, at } = await opened()
    const fields = Array.from({ length: MOST }, (_, n) => [`shape ${n}`, 'ready'])
    await redis.hset(at('shapes'), Object.fromEntries(fields))
    for (const id of ['a', 'b']) expect(await place(store, id)).toEqual(['granted'])
    const kept = await redis.hkeys(at('shapes'))
    expect(kept.length).toBeLessThanOrEqual(MOST)
    expect(kept.filter((shape) => shape.startsWith('{'))).toHaveLength(1)
  })

  it('are not kept of orders that nothing was granted to', async () => {
    const { store, at } = await opened()
    await place(store, ...Array.from({ length: 10 }, (_, n) => `many ${n}`))
    expect(await place(store, 'a')).toEqual(['insufficient-stock'])
    expect(await redis.exists(at('shapes'))).toBe(0)
  })

  it('let orders be owed what is past stock, as far as that goes', async () => {
    const { store } = await opened()
    const settings = { version: 1, opensAt: null, closesAt: null, backorderLimit: 1 }
    const account = { sku: 'PHONE', pool: 'default' }
    await store.apply('main', null, [{ kind: 'configure', account, ...settings }])
    const placed = (n: number) => {
      const order = reserve(`order ${n}`) as Reserve
      const command: Command = { ...order, claims: { ...order.claims, backorder: true } }
      return answers(store.apply('main', null, [command]))
    }
    for (let n = 0; n < 11; n++) expect(await placed(n)).toEqual(['granted'])
    expect(await placed(11)).toEqual(['insufficient-stock'])
  })

  it('are gone once the partition is made anew', async () => {
    const { store, at } = await opened()
    for (const id of ['a', 'b']) await place(store, id)
    expect(await redis.exists(at('shapes'))).toBe(1)
    await store.rebuilding.begin('main', Number.MAX_SAFE_INTEGER)
    expect(await redis.exists(at('shapes'))).toBe(0)
  })

  it('refuse orders where a key of another kind is in the place of any, and nothing is written', async () => {
    for (const name of ['shapes', 'accounts', 'reservations', 'subjects', 'due', 'outbox']) {
      const { store, at } = await opened()
      for (const id of ['a', 'b']) await place(store, id)
      await redis.del(at(name))
      await redis.set(at(name), 'something else')
      const standing = () =>
        Promise.all(
          ['meta', 'accounts', 'reservations', 'subjects', 'outbox'].map((one) => redis.dump(at(one))),
        )
      const before = await standing()
      expect(await place(store, 'c'), name).toBe('store-failed')
      expect(await standing(), name).toEqual(before)
    }
  })
})
