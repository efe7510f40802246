import { describe, expect, it } from 'vitest'
import { openShop, orderOf, START } from './shop.test-support.js'

/** Every entry of a listing, page by page; `between` is called after each. */
async function everything<Entry>(
  list: (cursor: string | undefined) => Promise<{ entries: readonly Entry[]; cursor: string | null }>,
  between: (page: readonly Entry[]) => Promise<void> = async () => {},
): Promise<{ all: Entry[]; pages: number }> {
  const all: Entry[] = []
  let cursor: string | null | undefined
  let pages = 0
  while (cursor !== null) {
    const page: { entries: readonly Entry[]; cursor: string | null } = await list(cursor)
    all.push(...page.entries)
    pages += 1
    cursor = page.cursor
    await between(page.entries)
  }
  return { all, pages }
}

describe('orders are listed', () => {
  it('page by page, each once, all or those of one status', async () => {
    const { desk, stock } = await openShop()
    await stock('PHONE', 100)
    for (let n = 0; n < 25; n++) await desk.place(orderOf(`o${n}`, `u${n}`))
    for (let n = 0; n < 25; n += 3) await desk.recordPayment({ orderId: `o${n}`, paymentId: `p${n}` })
    await desk.submit(orderOf('queued', 'ada'))
    const { all, pages } = await everything(async (cursor) => {
      const page = await desk.orders({ limit: 10, cursor })
      return { entries: page.orders, cursor: page.cursor }
    })
    expect(new Set(all.map(({ id }) => id)).size).toBe(26)
    expect([all.length, pages]).toEqual([26, 3])
    const paid = await desk.orders({ status: 'paid' })
    expect(paid.orders.map(({ status }) => status)).toEqual(Array(9).fill('paid'))
    expect((await desk.orders({ status: 'refunded' })).orders).toEqual([])
  })

  it('all of one status, though each is settled before the next page is asked for', async () => {
    const { desk, stock } = await openShop()
    await stock('PHONE', 100)
    for (let n = 0; n < 25; n++) await desk.place(orderOf(`o${n}`, `u${n}`))
    const { all } = await everything(
      async (cursor) => {
        const page = await desk.orders({ status: 'awaiting-payment', limit: 5, cursor })
        return { entries: page.orders, cursor: page.cursor }
      },
      async (page) => {
        for (const { id } of page) await desk.cancel({ orderId: id, by: 'seller' })
      },
    )
    expect(all.length).toBe(25)
    expect((await desk.orders({ status: 'awaiting-payment' })).orders).toEqual([])
  })
})

describe('accounts are listed', () => {
  it('by SKU and pool, all or one SKU’s', async () => {
    const { desk } = await openShop()
    for (const [sku, pool] of [
      ['B', 'us'],
      ['A', 'us'],
      ['B', 'eu'],
      ['C', 'eu'],
    ] as const)
      await desk.restock({ id: 'd', sku, pool, quantity: 1 })
    const names = (accounts: readonly { sku: string; pool: string }[]) =>
      accounts.map(({ sku, pool }) => `${sku} ${pool}`)
    const first = await desk.accounts({ limit: 3 })
    expect(names(first.accounts)).toEqual(['A us', 'B eu', 'B us'])
    const second = await desk.accounts({ limit: 3, cursor: first.cursor ?? undefined })
    expect(names(second.accounts)).toEqual(['C eu'])
    expect(second.cursor).toBeNull()
    expect(names((await desk.accounts({ sku: 'B' })).accounts)).toEqual(['B eu', 'B us'])
  })
})

describe('the ledger is listed', () => {
  it('for one account, oldest first, each change with its cause', async () => {
    const { desk, stock, clock } = await openShop()
    await stock('PHONE', 5)
    await stock('CASE', 5)
    clock.pass(1_000)
    await desk.place(orderOf('o1', 'ada', 'PHONE', 2))
    await desk.recordPayment({ orderId: 'o1', paymentId: 'p1' })
    await desk.returnUnits({ orderId: 'o1', id: 'm1', lines: [{ sku: 'PHONE', quantity: 1 }] })
    const { all } = await everything(async (cursor) => desk.ledger({ sku: 'PHONE', limit: 2, cursor }))
    const common = {
      sku: 'PHONE',
      pool: 'default',
      at: new Date(START + 1_000),
      orderId: 'o1',
      movementId: null,
    }
    const unmoved = { available: 0, reserved: 0, sold: 0, backordered: 0, supplied: 0 }
    expect(all).toEqual([
      {
        ...common,
        ...unmoved,
        at: new Date(START),
        cause: 'restock',
        orderId: null,
        movementId: 'stock-1',
        available: 5,
        supplied: 5,
      },
      { ...common, ...unmoved, cause: 'granted', available: -2, reserved: 2 },
      { ...common, ...unmoved, cause: 'confirmed', reserved: -2, sold: 2 },
      { ...common, ...unmoved, cause: 'returned', movementId: 'm1', available: 1, sold: -1 },
    ])
  })
})

describe('a cursor', () => {
  it.each(['orders', 'accounts', 'ledger', 'parked', 'campaigns'] as const)(
    'that no page of %s told is refused',
    async (listing) => {
      const { desk } = await openShop()
      await desk.restock({ id: 'd', sku: 'PHONE', quantity: 1 })
      const calls = {
        orders: (cursor: string) => desk.orders({ cursor }),
        accounts: (cursor: string) => desk.accounts({ cursor }),
        ledger: (cursor: string) => desk.ledger({ sku: 'PHONE', cursor }),
        parked: (cursor: string) => desk.parked({ cursor }),
        campaigns: (cursor: string) => desk.campaigns.list({ cursor }),
      }
      for (const cursor of ['nonsense', '-1', 'NaN', '["A"']) {
        await expect(calls[listing](cursor), cursor).rejects.toMatchObject({
          code: 'invalid-argument',
          path: 'cursor',
        })
      }
    },
  )
})
