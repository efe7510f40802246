import { DeskWorker, OrderDesk } from '@holdfast/core'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { RedisStore } from '../../src/index.js'
import { newKeys } from '../redis-servers.js'

const MINUTE = 60_000
const SystemDate = Date

/** The same clock for all code of this process, wrong by so much; the server has its own. */
function putClock(wrongBy: number): void {
  class WrongDate extends SystemDate {
    constructor(...args: readonly unknown[]) {
      super(...((args.length === 0 ? [WrongDate.now()] : args) as [number]))
    }

    static override now(): number {
      return SystemDate.now() + wrongBy
    }
  }
  vi.stubGlobal('Date', WrongDate)
}

const keys = await newKeys('redis')
describe.skipIf(keys === null).each([
  ['ahead', 10 * MINUTE],
  ['behind', -10 * MINUTE],
])('an application whose clock is ten minutes %s', (name, wrongBy) => {
  if (keys === null) return
  afterEach(() => void vi.unstubAllGlobals())
  afterAll(() => keys.drop())
  let redis: ReturnType<typeof keys.connect>
  beforeAll(() => {
    redis = keys.connect()
  })

  async function openShop(holdMs: number) {
    const store = new RedisStore(redis as never, { keyPrefix: `${keys?.prefix}${name}${holdMs}:` })
    await store.create()
    const policy = { holdFor: { milliseconds: holdMs } }
    const right = new OrderDesk({ store, policy })
    await right.restock({ id: 'opening', sku: 'PHONE', quantity: 100 })
    // The desk under test is made, and asks for the time, under the wrong clock.
    putClock(wrongBy)
    const wrong = new OrderDesk({ store, policy })
    const storeTime = async () =>
      (await store.read('main', { kind: 'list', of: 'accounts', cursor: null, limit: 1 })).now
    return { right, wrong, storeTime }
  }
  const order = (id: string, sku = 'PHONE') => ({ id, buyer: { user: id }, lines: [{ sku, quantity: 1 }] })

  it('holds units for as long as it should, and is never late', async () => {
    const hold = 5 * MINUTE
    const { wrong, storeTime } = await openShop(hold)
    for (const id of ['first', 'second', 'third']) {
      const before = await storeTime()
      const placed = await wrong.place(order(id))
      const after = await storeTime()
      if (!placed.ok) throw new Error(placed.reason)
      const payBy = placed.order.payBy.getTime()
      expect(payBy).toBeGreaterThanOrEqual(before + hold)
      expect(payBy).toBeLessThanOrEqual(after + hold)
    }
    expect((await new DeskWorker(wrong).runOnce()).expired).toBe(0)
    expect(await wrong.availability({ sku: 'PHONE' })).toMatchObject({ available: 97, reserved: 3 })
  })

  it('expires a hold when the server says that it is due', async () => {
    const { wrong, storeTime } = await openShop(1)
    const placed = await wrong.place(order('due'))
    if (!placed.ok) throw new Error(placed.reason)
    while ((await storeTime()) < placed.order.payBy.getTime());
    expect((await new DeskWorker(wrong).runOnce()).expired).toBe(1)
    expect(await wrong.availability({ sku: 'PHONE' })).toMatchObject({ available: 100, reserved: 0 })
  })

  it('opens and closes its sales on time', async () => {
    const { right, wrong, storeTime } = await openShop(MINUTE)
    const now = await storeTime()
    // Within what its clock is wrong by, so that a sale by that clock would be found out.
    const windows = {
      soon: { opensAt: now + 5 * MINUTE, closesAt: now + 60 * MINUTE },
      since: { opensAt: now - 5 * MINUTE, closesAt: now + 5 * MINUTE },
      over: { opensAt: now - 60 * MINUTE, closesAt: now - 5 * MINUTE },
    }
    const seen: string[] = []
    for (const [sku, { opensAt, closesAt }] of Object.entries(windows)) {
      await right.restock({ id: 'opening', sku, quantity: 1 })
      await right.configure({ sku, opensAt: new Date(opensAt), closesAt: new Date(closesAt) })
      const placed = await wrong.place(order(`of ${sku}`, sku))
      seen.push(placed.ok ? 'placed' : placed.reason)
    }
    expect(seen).toEqual(['sale-not-open', 'placed', 'sale-closed'])
  })
})
