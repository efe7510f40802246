import { type DeskStore, MemoryStore, OrderDesk } from '@holdfast/core'
import { describe, expect, test } from 'vitest'
import { SqlStore } from '../src/index.js'

/** Accounts that owe units and have some: what a worker fills. */
describe.each([
  ['memory', async (): Promise<DeskStore> => new MemoryStore()],
  ['sqlite', async (): Promise<DeskStore> => SqlStore.open(':memory:')],
] as const)('the listing of fillable accounts, %s', (_name, open) => {
  test('leaves out those that owe nothing and those that have nothing', async () => {
    const store = await open()
    const desk = new OrderDesk({ store, policy: { backorder: true } })
    for (const sku of ['full', 'owing', 'ready-1', 'ready-2']) {
      await desk.restock({ id: 'opening', sku, quantity: sku === 'full' ? 5 : 0 })
      await desk.configure({ sku, backorderLimit: 10 })
      if (sku !== 'full') await desk.place({ buyer: { user: sku }, lines: [{ sku, quantity: 2 }] })
    }
    // The store's own command: the desk's restock would fill at once.
    const supply = { kind: 'supply', movement: 'late', delta: 5, cause: 'restock' } as const
    const accounts = ['ready-1', 'ready-2'].map((sku) => ({ sku, pool: 'default' }))
    await store.apply(
      'main',
      null,
      accounts.map((account) => ({ ...supply, account })),
    )

    const skus = async (of: {
      readonly cursor?: string | null
      readonly account?: { readonly sku: string }
    }) => {
      const query = { kind: 'list', of: 'accounts', fillable: true, cursor: null, limit: 1, ...of } as const
      const page = await store.read('main', query)
      return { skus: page.accounts.map(({ key }) => key.sku), cursor: page.cursor }
    }
    const first = await skus({})
    const second = await skus({ cursor: first.cursor })
    expect([first.skus, second.skus, second.cursor]).toEqual([['ready-1'], ['ready-2'], null])
    expect((await skus({ account: { sku: 'ready-2' } })).skus).toEqual(['ready-2'])
    expect((await skus({ account: { sku: 'owing' } })).skus).toEqual([])
    await desk.close()
    await store.close()
  })
})
