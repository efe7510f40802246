import { DeskWorker, OrderDesk } from '@holdfast/core'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { onEach } from '../databases.js'

const MINUTE = 60_000
const SystemDate = Date

/** The same clock for all code of this process but the database's, wrong by so much. */
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
afterEach(() => {
  vi.unstubAllGlobals()
})

await onEach(['sqlite', 'postgres', 'mariadb'], ({ open }) => {
  describe.each([
    ['ahead', 10 * MINUTE],
    ['behind', -10 * MINUTE],
  ])('an application whose clock is ten minutes %s', (name, wrongBy) => {
    async function openShop(holdMs: number) {
      const store = await open({ tablePrefix: `${name}${holdMs}_` })
      const policy = { holdFor: { milliseconds: holdMs } }
      const right = new OrderDesk({ store, policy, deadline: { minutes: 2 } })
      await right.restock({ id: 'opening', sku: 'PHONE', quantity: 100 })
      // The desk under test is made, and asks for the time, under the wrong clock.
      putClock(wrongBy)
      const wrong = new OrderDesk({ store, policy, deadline: { minutes: 2 } })
      const storeTime = async () =>
        (await store.read('main', { kind: 'list', of: 'accounts', cursor: null, limit: 1 })).now
      return { right, wrong, storeTime }
    }
    const order = (id: string, sku = 'PHONE') => ({ id, buyer: { user: id }, lines: [{ sku, quantity: 1 }] })

    test('holds units for as long as it should, no longer and no shorter, and is never late', async () => {
      const hold = 5 * MINUTE
      const { wrong, storeTime } = await openShop(hold)
      for (const id of ['first', 'second', 'third']) {
        const before = await storeTime()
        const placed = await wrong.place(order(id))
        const after = await storeTime()
        expect(placed).toMatchObject({ ok: true })
        if (!placed.ok) return
        const payBy = placed.order.payBy.getTime()
        expect(payBy).toBeGreaterThanOrEqual(before + hold)
        expect(payBy).toBeLessThanOrEqual(after + hold)
      }
      expect((await new DeskWorker(wrong).runOnce()).expired).toBe(0)
      expect(await wrong.recordPayment({ orderId: 'first', paymentId: 'p' })).toMatchObject({
        ok: true,
        late: false,
      })
      expect(await wrong.order('second')).toMatchObject({ status: 'awaiting-payment' })
      expect(await wrong.audit()).toMatchObject({ ok: true })
    })

    test('expires a hold when the database says that it is due', async () => {
      const { wrong, storeTime } = await openShop(1)
      const placed = await wrong.place(order('due'))
      if (!placed.ok) throw new Error(placed.reason)
      while ((await storeTime()) < placed.order.payBy.getTime());
      expect((await new DeskWorker(wrong).runOnce()).expired).toBe(1)
      expect(await wrong.order('due')).toMatchObject({ status: 'expired' })
    })

    test('opens and closes its sales on time', async () => {
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
})
