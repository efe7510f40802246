import { describe, expect, it } from 'vitest'
import { MINUTE, openShop, orderOf, type Shop, START, watched } from './shop.test-support.js'

const policy = {
  limits: [{ id: 'two-each', per: 'user', scope: 'sku', max: 2 }],
  unpaidOrder: { per: 'user', scope: 'sku' },
  risk: { strikesFor: { days: 1 }, deferFrom: 1 },
  backorder: true,
} as const

/** Everything that a store can be asked for about what it holds. */
async function contents({ store }: Shop) {
  const [partition = ''] = await store.partitions()
  const all = await store.snapshot(partition, async (read) => {
    const kinds = ['accounts', 'reservations', 'counters', 'guards', 'strikes', 'events', 'ledger'] as const
    return Promise.all(kinds.map((of) => read({ kind: 'list', of, cursor: null, limit: 1_000 })))
  })
  return JSON.stringify(all.map(({ now: _, ...page }) => page))
}

describe('previewing an order', () => {
  it('tells what placing would, and changes nothing', async () => {
    const shop = await openShop(policy)
    const { desk, stock, clock } = shop
    await stock('PHONE', 3)
    await stock('CASE', 1)
    await desk.configure({ sku: 'CASE', backorderLimit: 2 })
    await desk.place(orderOf('o1', 'ada'))
    await desk.place(orderOf('o2', 'bob'))
    await desk.cancel({ orderId: 'o2', by: 'buyer' })
    const before = await contents(shop)
    const previews = [
      orderOf('o1', 'ada'),
      orderOf('o1', 'eve'),
      orderOf('n1', 'ada'),
      orderOf('n2', 'eve', 'PHONE', 3),
      orderOf('n3', 'eve', 'CASE', 2),
      orderOf('n4', 'bob'),
      orderOf('n5', 'eve', 'TABLET'),
    ].map((order) => desk.preview(order))
    expect(await Promise.all(previews)).toEqual([
      { ok: true, id: 'o1', owed: [], deferred: false, replayed: true },
      { ok: false, id: 'o1', reason: 'id-reused', differs: ['buyer'] },
      expect.objectContaining({ ok: false, id: 'n1', reason: 'unpaid-order', orderId: 'o1' }),
      expect.objectContaining({ ok: false, id: 'n2', reason: 'purchase-limit', used: 0, requested: 3 }),
      {
        ok: true,
        id: 'n3',
        owed: [{ sku: 'CASE', pool: 'default', quantity: 1 }],
        deferred: false,
        replayed: false,
      },
      { ok: true, id: 'n4', owed: [], deferred: true, replayed: false },
      expect.objectContaining({ ok: false, id: 'n5', reason: 'account-unknown' }),
    ])
    expect(await contents(shop)).toBe(before)
    clock.pass(15 * MINUTE)
    // The buyer's own overdue order keeps nobody out, swept or not; expiring it is what placing would do, not this.
    expect(await desk.preview(orderOf('n1', 'ada', 'PHONE', 2))).toMatchObject({ ok: true, deferred: true })
    expect(await contents(shop)).toBe(before)
  })

  it('of a SKU that others hold tells what a newcomer can have', async () => {
    const { desk, stock } = await openShop()
    await stock('PHONE', 2)
    await desk.place(orderOf('o1', 'ada'))
    expect(await desk.preview(orderOf('o2', 'bob', 'PHONE', 2))).toEqual({
      ok: false,
      id: 'o2',
      reason: 'insufficient-stock',
      lines: [{ sku: 'PHONE', pool: 'default', requested: 2, available: 1 }],
      exact: true,
    })
  })

  it('across a calendar window counts in the one that the store is in', async () => {
    const perDay = { calendar: 'day', timeZone: 'Europe/Berlin' } as const
    const limits = [{ id: 'daily', per: 'user', scope: 'shop', max: 1, window: perDay } as const]
    const { desk, stock, clock } = await openShop({ limits }, { clock: () => 0 })
    await stock('PHONE', 9)
    await desk.place(orderOf('o1', 'ada'))
    expect(await desk.preview(orderOf('o2', 'ada'))).toMatchObject({ reason: 'purchase-limit' })
    // Midnight in Berlin, unknown to the desk's own estimate.
    clock.set(START + 12 * 60 * MINUTE)
    expect(await desk.preview(orderOf('o2', 'ada'))).toMatchObject({ ok: true })
  })

  it('writes nothing, by what it asks of the store', async () => {
    const calls: string[] = []
    const { desk, stock } = await openShop(policy, {
      around: (store) => watched(store, (method) => void calls.push(method)),
    })
    await stock('PHONE', 1)
    calls.length = 0
    await desk.preview(orderOf('o1', 'ada'))
    await desk.preview(orderOf('o1', 'ada', 'PHONE', 2))
    expect(calls).toContain('snapshot')
    expect(calls).not.toContain('apply')
  })
})
