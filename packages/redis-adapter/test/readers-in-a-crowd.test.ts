import { OrderDesk } from '@holdfast/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RedisStore } from '../src/index.js'
import { commandsRun, OwnServer } from './own-server.js'

const READERS = 2_000

describe.skipIf(!OwnServer.canRun())('a crowd', () => {
  let server: OwnServer
  beforeAll(async () => {
    server = await OwnServer.start()
  })
  afterAll(() => server.stop())

  async function openShop(quantity: number) {
    const redis = server.connect()
    await redis.flushall()
    const store = new RedisStore(redis)
    await store.create()
    const desk = new OrderDesk({ store, policy: {} })
    await desk.restock({ id: 'opening', sku: 'PHONE', quantity })
    await desk.place({ buyer: { user: 'first' }, lines: [{ sku: 'PHONE', quantity: 1 }] })
    await redis.config('RESETSTAT')
    const scripts = async () => (await commandsRun(redis)).get('evalsha') ?? 0
    return { desk, redis, scripts }
  }

  test('that looks costs what one who looks costs', async () => {
    const { desk, scripts } = await openShop(5)
    const looks = () => desk.availability({ sku: 'PHONE' })
    await looks()
    const byOne = await scripts()
    const seen = await Promise.all(Array.from({ length: READERS }, looks))
    expect(await scripts()).toBe(2 * byOne)
    for (const account of seen) expect(account).toMatchObject({ available: 4 })
  })

  test('that keeps looking has one read under way at a time', async () => {
    const { desk, scripts } = await openShop(5)
    const LOOKS = 10
    const looks = async () => {
      for (let look = 0; look < LOOKS; look++) await desk.availability({ sku: 'PHONE' })
    }
    await Promise.all(Array.from({ length: READERS }, looks))
    expect(await scripts()).toBeLessThanOrEqual(LOOKS + 1)
  })

  test('that comes when all is sold out asks once', async () => {
    const { desk, redis, scripts } = await openShop(1)
    const comes = (user: string) => desk.place({ buyer: { user }, lines: [{ sku: 'PHONE', quantity: 1 }] })
    expect(await comes('second')).toMatchObject({ reason: 'insufficient-stock', exact: true })
    const byOne = await scripts()
    const refused = await Promise.all(Array.from({ length: READERS }, (_, at) => comes(`buyer ${at}`)))
    expect(refused.filter(({ ok }) => ok)).toEqual([])
    // All of them were there within the 100 ms, but where the machine was busy with something else.
    expect(await scripts()).toBeLessThan(byOne + READERS / 100)
    redis.disconnect()
  })

  test('of another process gets what this one does not know to be there again, within 100 ms', async () => {
    const { desk } = await openShop(1)
    const other = new OrderDesk({ store: new RedisStore(server.connect()), policy: {} })
    const comes = (user: string) => desk.place({ buyer: { user }, lines: [{ sku: 'PHONE', quantity: 1 }] })
    await comes('second')
    await other.restock({ id: 'more', sku: 'PHONE', quantity: 1 })
    const begin = performance.now()
    let placed = await comes('third')
    // Only those are refused who come while it is remembered: nothing keeps it up.
    for (let at = 0; !placed.ok; at++) {
      expect(placed).toMatchObject({ exact: false })
      await new Promise((resolve) => setTimeout(resolve, 5))
      const cameAt = performance.now()
      placed = await comes(`buyer ${at}`)
      if (cameAt - begin > 100) expect(placed).toMatchObject({ ok: true })
    }
  })
})
