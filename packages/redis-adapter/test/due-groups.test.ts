import { OrderDesk } from '@holdfast/core'
import type { Outcome } from '@holdfast/core/adapter'
import type { Redis } from 'ioredis'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { RedisStore } from '../src/index.js'
import { newKeys } from './redis-servers.js'

type Swept = Extract<Outcome, { kind: 'swept' }>

const MINUTE = 60_000
const keys = await newKeys('redis')

// The ids of a batch that are due together are one member of the index: what of them has ended is passed over.
describe.skipIf(keys === null)('the index of deadlines', () => {
  if (keys === null) return
  afterAll(() => keys.drop())
  const redis = keys.connect() as Redis
  let stores = 0
  let time = Date.UTC(2026, 0, 1)
  let store: RedisStore
  let desk: OrderDesk
  let index: string

  beforeEach(async () => {
    const keyPrefix = `${keys.prefix}${stores++}:`
    index = `${keyPrefix}{main}:due`
    store = new RedisStore(redis, { keyPrefix, clock: { kind: 'virtual', now: () => time } })
    await store.create()
    desk = new OrderDesk({ store, policy: { holdFor: { minutes: 15 }, extendUpTo: { hours: 2 } } })
    await desk.restock({ id: 'delivery', sku: 'SHIRT', quantity: 1_000_000 })
  })

  async function placed(count: number, prefix: string): Promise<readonly string[]> {
    const ids = Array.from({ length: count }, (_, at) => `${prefix}${String(at).padStart(4, '0')}`)
    const lines = [{ sku: 'SHIRT', quantity: 1 }]
    const orders = await Promise.all(ids.map((id) => desk.place({ id, buyer: { user: id }, lines })))
    expect(orders.every(({ ok }) => ok)).toBe(true)
    return ids
  }

  async function paid(ids: readonly string[]): Promise<void> {
    const payments = ids.map((orderId) => desk.recordPayment({ orderId, paymentId: `of ${orderId}` }))
    expect((await Promise.all(payments)).every(({ ok }) => ok)).toBe(true)
  }

  async function swept(limit: number): Promise<Swept> {
    const applied = await store.apply('main', null, [{ kind: 'sweep', limit }])
    return applied.kind === 'applied' ? (applied.outcomes[0] as Swept) : expect.fail(applied.kind)
  }

  it('has one member for a batch, not one for each hold', async () => {
    await placed(1_000, 'a')
    expect(await redis.zcard(index)).toBe(2)
  })

  it('gives those that are still held, by bounded sweeps, each once and in order, and is empty then', async () => {
    const ids = await placed(1_000, 'a')
    await paid(ids.filter((_, at) => at % 3 !== 0))
    const left = ids.filter((_, at) => at % 3 === 0)
    const start = time
    expect(await swept(100)).toMatchObject({ expired: [], more: false, nextDueAt: start + 15 * MINUTE })
    time += 15 * MINUTE
    const expired: string[] = []
    for (let more = true; more; ) {
      const one = await swept(100)
      expect(one.expired.length).toBeLessThanOrEqual(100)
      expect(one.nextDueAt).toBe(one.more ? time : null)
      expired.push(...one.expired)
      more = one.more
    }
    expect(expired).toEqual(left)
    expect(await redis.zcard(index)).toBe(0)
    expect(await desk.audit()).toMatchObject({ ok: true })
  })

  it('looks for one that was extended where it is due now', async () => {
    const [first = '', second = ''] = await placed(2, 'a')
    const start = time
    time += MINUTE
    await desk.extend({ orderId: first, by: { minutes: 30 } })
    time = start + 15 * MINUTE
    expect(await swept(10)).toMatchObject({ expired: [second], more: false, nextDueAt: start + 31 * MINUTE })
    time = start + 31 * MINUTE
    expect(await swept(10)).toMatchObject({ expired: [first], more: false, nextDueAt: null })
  })

  it('is not read to its end where very many have ended: the sweep says that more is due', async () => {
    const ids = await placed(7_000, 'a')
    await paid(ids)
    time += 1
    const [last = ''] = await placed(1, 'z')
    time += 15 * MINUTE
    expect(await swept(10)).toMatchObject({ expired: [], more: true })
    expect(await swept(10)).toMatchObject({ expired: [last], more: false, nextDueAt: null })
    expect(await redis.zcard(index)).toBe(0)
  })
})
