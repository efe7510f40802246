import { describe, expect, test } from 'vitest'
import * as make from '../../test/commands.js'
import { A, A_SOUTH, B, gate, guard, HOLD, units, use } from '../../test/commands.js'
import { handStore, listed, NO_KEYS } from '../../test/memory.js'
import type { Listing } from '../port/reservation-store.js'
import { MemoryStore } from './store.js'

/** A store with some of everything. */
async function furnished() {
  const shop = handStore()
  const claims = { uses: [use('c', 9), use('d', 9)], guards: [guard('g')], risk: gate('s') }
  await shop.do(make.supply('m1', A, 5), make.supply('m2', A_SOUTH, 5), make.supply('m3', B, 0))
  await shop.do(
    make.reserve('o1', claims),
    make.release('o1'),
    make.reserve('o2', claims),
    make.reserve('o3'),
  )
  await shop.do(
    make.configure(B, 1, { backorderLimit: 5 }),
    make.reserve('o4', { units: [units(B, 2)], backorder: true }),
  )
  return shop
}

test('it keeps nothing for good, in one partition, and says by whose clock', () => {
  const common = {
    backorder: true,
    returns: true,
    durable: false,
    partitions: 'one',
    idScope: 'store',
    rows: false,
    corrections: true,
    inProcess: true,
  }
  expect(new MemoryStore().capabilities).toEqual({ ...common, clock: 'store' })
  expect(handStore().store.capabilities).toEqual({ ...common, clock: 'virtual' })
})

test('every command belongs to its one partition', async () => {
  const { store } = handStore()
  expect(await store.partitions()).toEqual(['main'])
  for (const command of [make.reserve('o'), make.supply('m', A, 1), make.sweep()]) {
    expect(store.partitionsOf(command)).toEqual(['main'])
  }
})

test('a batch is decided at one instant of its clock, and told so', async () => {
  const { store, clock } = handStore()
  clock.time = 77_000
  const applied = await store.apply('main', null, [make.supply('m', A, 1), make.reserve('o')])
  expect(applied).toEqual({
    kind: 'applied',
    now: 77_000,
    epoch: 1,
    outcomes: [
      { kind: 'supplied', available: 1 },
      { kind: 'granted', stock: 'taken', owed: [], expiresAt: 77_000 + HOLD },
    ],
  })
})

test('a batch that expects another epoch writes nothing', async () => {
  const { store } = handStore()
  expect(await store.apply('main', 2, [make.supply('m', A, 1)])).toEqual({ kind: 'fenced', epoch: 1 })
  expect(await listed(store, 'accounts')).toEqual([])
  expect(await store.apply('main', 1, [make.supply('m', A, 1)])).toMatchObject({ kind: 'applied' })
})

describe('reading by keys', () => {
  test('finds what there is, and leaves out what is not', async () => {
    const { store, clock } = await furnished()
    clock.time += 5
    const page = await store.read('main', {
      ...NO_KEYS,
      accounts: [B, { sku: 'C', pool: 'north' }],
      reservations: ['o1', 'unknown', 'o2'],
      counters: ['d', 'unknown'],
      guards: ['g', 'unknown'],
      strikes: ['s', 'unknown'],
    })
    expect(page).toMatchObject({ now: 10_005, cursor: null, events: [], ledger: [] })
    expect(page.accounts).toMatchObject([{ key: B, backordered: 2, backorderLimit: 5, configVersion: 1 }])
    expect(page.reservations.map(({ id, state }) => [id, state.status])).toEqual([
      ['o1', 'released'],
      ['o2', 'held'],
    ])
    expect(page.counters).toEqual([{ name: 'd', used: 1, archived: 0 }])
    expect(page.guards).toEqual([
      { name: 'g', state: { status: 'open', id: 'o2', expiresAt: 10_000 + HOLD } },
    ])
    expect(page.strikes).toMatchObject([{ name: 's', state: { count: 1 } }])
  })

  test('is a copy: what is read stays as it was read', async () => {
    const { store, do: apply } = await furnished()
    const [account] = (await store.read('main', { ...NO_KEYS, accounts: [A] })).accounts
    await apply(make.supply('later', A, 100))
    expect(account).toMatchObject({ available: 3, supplied: 5 })
  })
})

describe('a list', () => {
  const everything: readonly [Listing, number][] = [
    ['accounts', 3],
    ['reservations', 4],
    ['counters', 2],
    ['guards', 1],
    ['strikes', 1],
    ['events', 11],
    ['ledger', 8],
  ]

  test.each(everything)('of %s holds each once, by pages of any size', async (of, count) => {
    const { store } = await furnished()
    const whole = await listed(store, of)
    expect(whole).toHaveLength(count)
    for (const limit of [1, 2, 3, count, count + 1]) expect(await listed(store, of, { limit })).toEqual(whole)
  })

  test('of nothing is one empty page', async () => {
    for (const [of] of everything) {
      const page = await handStore().store.read('main', { kind: 'list', of, cursor: null, limit: 5 })
      expect(page).toMatchObject({ [of]: [], cursor: null })
    }
  })

  test('ends where its entries end, even on a full page', async () => {
    const { store } = await furnished()
    const page = await store.read('main', { kind: 'list', of: 'reservations', cursor: null, limit: 4 })
    expect([page.reservations.length, page.cursor]).toEqual([4, null])
  })

  test('of accounts is sorted by SKU, then pool, as bytes', async () => {
    const { store, do: apply } = handStore()
    const keys = [
      ['b', 'x'],
      ['B', 'y'],
      ['a', '\u{1f600}'],
      ['a', '\uffee'],
      ['a', 'z'],
      ['a ', 'z'],
    ] as const
    await apply(...keys.map(([sku, pool], n) => make.supply(`m${n}`, { sku, pool }, 1)))
    const found = (await listed(store, 'accounts', { limit: 2 })).map(({ key }) => [key.sku, key.pool])
    expect(found).toEqual([
      ['B', 'y'],
      ['a', 'z'],
      ['a', '\uffee'],
      ['a', '\u{1f600}'],
      ['a ', 'z'],
      ['b', 'x'],
    ])
  })

  test('of accounts or of the ledger may be of one SKU or of one account', async () => {
    const { store } = await furnished()
    const pools = async (account: { sku: string; pool?: string }) =>
      (await listed(store, 'accounts', { account })).map(({ key }) => key.pool)
    expect(await pools({ sku: 'A' })).toEqual(['north', 'south'])
    expect(await pools(A_SOUTH)).toEqual(['south'])
    expect(await pools({ sku: 'C' })).toEqual([])
    const causes = async (account: { sku: string; pool?: string }) =>
      (await listed(store, 'ledger', { account })).map(({ cause }) => cause)
    expect(await causes({ sku: 'B' })).toEqual(['restock', 'granted'])
    expect(await causes(A_SOUTH)).toEqual(['restock'])
    expect(await causes({ sku: 'A' })).toHaveLength(6)
  })

  test('of fillable accounts holds those that owe units and have some', async () => {
    const { store, do: apply } = await furnished()
    const fillable = async () =>
      (await listed(store, 'accounts', { fillable: true })).map(({ key }) => key.sku)
    expect(await fillable()).toEqual([])
    await apply(make.supply('more', B, 1))
    expect(await fillable()).toEqual(['B'])
    await apply(make.fill(B))
    expect(await fillable()).toEqual([])
  })

  test('of events tells partition, epoch, sequence and index; a batch without any takes no sequence', async () => {
    const { store, do: apply } = handStore()
    await apply(make.supply('m', A, 5))
    await apply(make.reserve('too much', { units: [units(A, 9)] }), make.sweep())
    await apply(make.reserve('a'), make.reserve('b'))
    const told = (await listed(store, 'events')).map(({ id, event }) => `${id} ${event.type}`)
    expect(told).toEqual([
      'main/1/1/0 changed',
      'main/1/2/0 granted',
      'main/1/2/1 granted',
      'main/1/2/2 changed',
    ])
  })

  test('of the ledger sums up to the counters', async () => {
    const { store } = await furnished()
    for (const { key, available, reserved, sold, backordered, supplied } of await listed(store, 'accounts')) {
      const sums = { available: 0, reserved: 0, sold: 0, backordered: 0, supplied: 0 }
      for (const entry of await listed(store, 'ledger', { account: key })) {
        for (const figure of Object.keys(sums) as (keyof typeof sums)[]) sums[figure] += entry[figure]
      }
      expect(sums).toEqual({ available, reserved, sold, backordered, supplied })
    }
  })
})

describe('a snapshot', () => {
  test('is of one state: batches wait for its end', async () => {
    const { store, do: apply } = await furnished()
    const order: string[] = []
    let applied: Promise<unknown> = Promise.resolve()
    const seen = await store.snapshot('main', async (read) => {
      const available = async () => (await read({ ...NO_KEYS, accounts: [A] })).accounts[0]?.available
      const first = await available()
      applied = apply(make.supply('meanwhile', A, 100)).then(() => order.push('batch'))
      const second = await available()
      order.push('snapshot')
      return [first, second]
    })
    await applied
    expect(seen).toEqual([3, 3])
    expect(order).toEqual(['snapshot', 'batch'])
    expect(await listed(store, 'accounts', { account: A })).toMatchObject([{ available: 103 }])
  })

  test('that fails tells so, and lets batches on', async () => {
    const { store, do: apply } = handStore()
    const failing = store.snapshot('main', () => Promise.reject(new Error('no more paper')))
    await expect(failing).rejects.toThrow('no more paper')
    expect(await apply(make.supply('m', A, 1))).toEqual([{ kind: 'supplied', available: 1 }])
  })

  test('waits for another one', async () => {
    const { store } = handStore()
    const order: string[] = []
    const look = (name: string) =>
      store.snapshot('main', async (read) => {
        order.push(`${name} begins`)
        await read(NO_KEYS)
        order.push(`${name} ends`)
      })
    await Promise.all([look('one'), look('two'), look('three')])
    expect(order).toEqual(['one', 'two', 'three'].flatMap((name) => [`${name} begins`, `${name} ends`]))
  })
})
