import { DeskWorker, OrderDesk } from '@holdfast/core'
import { expect, test } from 'vitest'
import { onEach } from '../databases.js'
import { TestClock } from '../files.js'

const ORDERS = 60
const HOLD_MS = 60_000

await onEach(['sqlite', 'postgres', 'mariadb'], ({ kind, open }) => {
  /** Three processes on one database, at the same instant of its time. */
  async function openShops(tablePrefix: string) {
    const clock = new TestClock()
    const policy = {
      holdFor: { milliseconds: HOLD_MS },
      limits: [{ id: 'two', per: 'user', scope: 'sku', max: 2 }],
      unpaidOrder: { per: 'user', scope: 'shop' },
    } as const
    const shop = async () =>
      new OrderDesk({ store: await open({ tablePrefix, clock }), policy, deadline: { minutes: 1 } })
    const desks = [await shop(), await shop(), await shop()] as const
    await desks[0].restock({ id: 'opening', sku: 'PHONE', quantity: 1_000 })
    const ids = Array.from({ length: ORDERS }, (_, n) => `order ${n}`)
    for (const id of ids) {
      const placed = await desks[0].place({ id, buyer: { user: id }, lines: [{ sku: 'PHONE', quantity: 2 }] })
      expect(placed.ok).toBe(true)
    }
    return { clock, desks, ids }
  }

  test('of a payment and a cancel of a live hold one wins; its units come back once or not at all', async () => {
    const { desks, ids } = await openShops('live_')
    const [payer, canceller, sweeper] = desks
    const ends = await Promise.all(
      ids.map(async (orderId, n) => {
        // Now the one begins first, now the other.
        const paying = n % 2 === 0 ? null : payer.recordPayment({ orderId, paymentId: orderId })
        const cancelling = canceller.cancel({ orderId, by: 'seller' })
        const sweeping = new DeskWorker(sweeper).runOnce()
        const paid = await (paying ?? payer.recordPayment({ orderId, paymentId: orderId }))
        const cancelled = await cancelling
        await sweeping
        return { paid: paid.ok, cancelled: cancelled.ok }
      }),
    )
    expect(ends.filter(({ paid, cancelled }) => paid === cancelled)).toEqual([])
    await expectBooks(desks[0], ids, { paid: ends.filter(({ paid }) => paid).length, late: false })
  })

  test('of a payment, a cancel and a sweep of a due hold the deadline wins, and the payment comes late', async () => {
    const { clock, desks, ids } = await openShops('due_')
    const [payer, canceller, sweeper] = desks
    clock.wait(HOLD_MS)
    const worker = new DeskWorker(sweeper)
    const [paid, cancelled, round] = await Promise.all([
      Promise.all(ids.map((orderId) => payer.recordPayment({ orderId, paymentId: orderId }))),
      Promise.all(ids.map((orderId) => canceller.cancel({ orderId, by: 'seller' }))),
      worker.runOnce(),
    ])
    expect(round.expired).toBeLessThanOrEqual(ORDERS)
    // Nobody cancels what the deadline has ended.
    expect(cancelled.filter(({ ok }) => ok)).toEqual([])
    expect(paid.map((one) => one.ok && one.late)).toEqual(ids.map(() => true))
    await expectBooks(desks[0], ids, { paid: ORDERS, late: true })
  })

  async function expectBooks(
    desk: OrderDesk,
    ids: readonly string[],
    expected: { paid: number; late: boolean },
  ) {
    const sold = 2 * expected.paid
    expect(await desk.accounts({ sku: 'PHONE' })).toMatchObject({
      accounts: [{ available: 1_000 - sold, reserved: 0, sold, supplied: 1_000 }],
    })
    const orders = await Promise.all(ids.map((id) => desk.order(id)))
    const statuses = orders.map((order) => order?.status)
    const paid = statuses.map((_, n) => n).filter((n) => statuses[n] === 'paid')
    expect({ paid: paid.length, others: new Set(statuses.filter((status) => status !== 'paid')) }).toEqual({
      paid: expected.paid,
      // Cancelled before its payment came, which is to be given back.
      others: new Set(expected.paid < ids.length ? ['refund-required'] : []),
    })
    const { entries } = await desk.ledger({ sku: 'PHONE', limit: 1_000 })
    // What each order did to the account, step by step: it takes once and gives back once.
    const steps = new Map<string, string[]>()
    for (const { orderId, cause } of entries)
      if (orderId !== null) steps.set(orderId, [...(steps.get(orderId) ?? []), cause])
    const lives = expected.late ? ['granted,expired,confirmed'] : ['granted,confirmed', 'granted,released']
    expect([...steps.values()].map(String).filter((life) => !lives.includes(life))).toEqual([])
    expect(steps.size).toBe(ids.length)
    expect(await desk.audit()).toMatchObject({ ok: true, differences: [] })
    process.stdout.write(`${kind}: ${expected.paid} of ${ids.length} paid\n`)
  }
})
