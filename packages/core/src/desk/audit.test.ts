import { describe, expect, it } from 'vitest'
import type { AccountKey } from '../port/claims.js'
import type { ListQuery, Page, Query } from '../port/reservation-store.js'
import { MINUTE, openShop, orderOf, type Shop, type ShopStore } from './shop.test-support.js'

const policy = {
  limits: [{ id: 'nine', per: 'user', scope: 'sku', max: 9 }],
  unpaidOrder: { per: 'user', scope: 'sku' },
  risk: { strikesFor: { days: 1 }, deferFrom: 3 },
  backorder: true,
  extendUpTo: { hours: 1 },
} as const

type Planted = (page: Page) => Page
/** The store, whose snapshots are looked at through something that changes what is listed. */
function changed(store: ShopStore, of: ListQuery['of'], plant: Planted): ShopStore {
  const snapshot: ShopStore['snapshot'] = (partition, work) =>
    store.snapshot(partition, (read) =>
      work(async (query: Query) => {
        const page = await read(query)
        return query.kind === 'list' && query.of === of ? plant(page) : page
      }),
    )
  return new Proxy(store, {
    get(target, name) {
      const value = Reflect.get(target, name) as unknown
      if (name === 'snapshot') return snapshot
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

/** A shop in which everything has happened once. */
async function busyShop(): Promise<Shop> {
  const shop = await openShop(policy)
  const { desk, stock, clock, worker } = shop
  await stock('PHONE', 9)
  await stock('CASE', 1)
  await desk.configure({ sku: 'CASE', backorderLimit: 9 })
  await desk.place(orderOf('held', 'ada', 'PHONE', 2))
  await desk.place(orderOf('owed', 'bob', 'CASE', 3))
  await desk.place({ ...orderOf('deferred', 'eve'), stock: 'defer' })
  await desk.place(orderOf('cancelled', 'kim'))
  await desk.cancel({ orderId: 'cancelled', by: 'buyer' })
  for (const id of ['paid', 'returned', 'lost']) {
    await desk.place(orderOf(id, `of ${id}`))
    await desk.recordPayment({ orderId: id, paymentId: `p-${id}` })
  }
  const lines = [{ sku: 'PHONE', quantity: 1 }]
  await desk.returnUnits({ orderId: 'returned', id: 'm1', lines, giveBackUses: true })
  await desk.returnUnits({ orderId: 'lost', id: 'm2', lines, restock: false })
  await desk.adjust({ id: 'a1', sku: 'PHONE', delta: -1, cause: 'broken' })
  for (const id of ['held', 'owed', 'deferred']) await desk.extend({ orderId: id, by: { minutes: 30 } })
  await desk.place(orderOf('late', 'joe'))
  await desk.place(orderOf('expired', 'sue'))
  clock.pass(20 * MINUTE)
  await worker().runOnce()
  await desk.recordPayment({ orderId: 'late', paymentId: 'p-late' })
  await desk.recordPayment({ orderId: 'cancelled', paymentId: 'p-cancelled' })
  await desk.rollBack({ orderId: 'paid', reason: 'fire' })
  return shop
}

const counted = {
  accountsChecked: 2,
  reservationsChecked: 9,
  countersChecked: 9,
  guardsChecked: 3,
  ledgerEntriesChecked: expect.any(Number),
}

describe('an audit', () => {
  it('of a shop in which everything has happened finds no difference', async () => {
    const { desk } = await busyShop()
    expect(await desk.audit()).toEqual({ ok: true, ...counted, differences: [] })
  })

  it('of an empty shop finds none either', async () => {
    const { desk } = await openShop()
    expect(await desk.audit()).toMatchObject({ ok: true, accountsChecked: 0, differences: [] })
  })

  it('still finds none when retention has let go of what ended', async () => {
    const { desk, clock, worker } = await busyShop()
    clock.pass(40 * 24 * 60 * MINUTE)
    await worker().runOnce()
    await worker().runOnce()
    const report = await desk.audit()
    expect(report).toMatchObject({ ok: true, differences: [] })
    expect(report.reservationsChecked).toBeLessThan(counted.reservationsChecked)
  })
})

const PHONE = '["PHONE","default"]'
const isPhone = ({ sku }: AccountKey) => sku === 'PHONE'
const account = (rest: object): [ListQuery['of'], Planted] => [
  'accounts',
  (page) => ({
    ...page,
    accounts: page.accounts.map((one) => (isPhone(one.key) ? { ...one, ...rest } : one)),
  }),
]
const without =
  (id: string): Planted =>
  (page) => ({
    ...page,
    reservations: page.reservations.filter((one) => one.id !== id),
  })

/** What is planted, and the differences that it makes: what, which figure, found, expected. */
const planted: Record<string, readonly [readonly [ListQuery['of'], Planted], readonly unknown[][]]> = {
  'a unit too many available': [
    account({ available: 5 }),
    [
      ['account', PHONE, 'available in the ledger', 5, 4],
      ['account', PHONE, 'available + reserved + sold', 8, 7],
    ],
  ],
  'a counter below zero': [
    account({ available: -1 }),
    [
      ['account', PHONE, 'available below zero', -1, 0],
      ['account', PHONE, 'available in the ledger', -1, 4],
      ['account', PHONE, 'available + reserved + sold', 2, 7],
    ],
  ],
  'a reserved unit that no order holds': [
    account({ reserved: 3, available: 3 }),
    [
      ['account', PHONE, 'available in the ledger', 3, 4],
      ['account', PHONE, 'reserved in the ledger', 3, 2],
      ['account', PHONE, 'reserved', 3, 2],
    ],
  ],
  'a sold unit that no order paid for': [
    account({ sold: 2, available: 3 }),
    [
      ['account', PHONE, 'available in the ledger', 3, 4],
      ['account', PHONE, 'sold in the ledger', 2, 1],
      ['account', PHONE, 'sold', 2, 1],
    ],
  ],
  'an owed unit that nobody is owed': [
    account({ backordered: 1 }),
    [
      ['account', PHONE, 'backordered in the ledger', 1, 0],
      ['account', PHONE, 'backordered', 1, 0],
    ],
  ],
  'a delivery that the ledger does not know': [
    account({ supplied: 8, available: 5 }),
    [
      ['account', PHONE, 'available in the ledger', 5, 4],
      ['account', PHONE, 'supplied in the ledger', 8, 7],
    ],
  ],
  'a lost line of the ledger': [
    ['ledger', (page) => ({ ...page, ledger: page.ledger.filter(({ cause }) => cause !== 'broken') })],
    [
      ['account', PHONE, 'available in the ledger', 4, 5],
      ['account', PHONE, 'supplied in the ledger', 7, 8],
    ],
  ],
  'a lost account, though orders and the ledger have units of it': [
    ['accounts', (page) => ({ ...page, accounts: page.accounts.filter(({ key }) => !isPhone(key)) })],
    [['account', PHONE, 'exists', null, PHONE]],
  ],
  'a lost account of which the ledger alone knows': [
    [
      'ledger',
      (page) => {
        const [first] = page.ledger
        const entry = first && { ...first, account: { sku: 'GONE', pool: 'default' } }
        return entry === undefined ? page : { ...page, ledger: [...page.ledger, entry] }
      },
    ],
    [['account', '["GONE","default"]', 'exists', null, '["GONE","default"]']],
  ],
  'a lost order': [
    ['reservations', without('held')],
    [
      ['account', PHONE, 'reserved', 2, 0],
      ['counter', expect.stringContaining('limit/nine/sku:PHONE/'), 'used', 2, 0],
      ['guard', expect.stringContaining('unpaid/sku:PHONE/'), 'order', 'held', null],
    ],
  ],
  'uses that no order made': [
    [
      'counters',
      (page) => ({
        ...page,
        counters: page.counters.map((one) => (one.used === 2 ? { ...one, used: 3 } : one)),
      }),
    ],
    [['counter', expect.stringContaining('limit/nine/sku:PHONE/'), 'used', 3, 2]],
  ],
  'a lost counter': [
    ['counters', (page) => ({ ...page, counters: page.counters.filter(({ used }) => used !== 2) })],
    [['counter', expect.stringContaining('limit/nine/sku:PHONE/'), 'used', null, 2]],
  ],
  'a guard that keeps out for another order': [
    [
      'guards',
      (page) => ({
        ...page,
        guards: page.guards.map((one) =>
          one.state.status === 'open' && one.state.id === 'held'
            ? { ...one, state: { ...one.state, id: 'paid' } }
            : one,
        ),
      }),
    ],
    [['guard', expect.stringContaining('unpaid/sku:PHONE/'), 'order', 'paid', 'held']],
  ],
  'a lost guard': [
    [
      'guards',
      (page) => ({
        ...page,
        guards: page.guards.filter(({ state }) => state.status === 'open' && state.id !== 'held'),
      }),
    ],
    [['guard', expect.stringContaining('unpaid/sku:PHONE/'), 'order', null, 'held']],
  ],
}

describe('an audit finds', () => {
  it.each(Object.entries(planted))('%s', async (_, [[of, plant], expected]) => {
    const { store, another } = await busyShop()
    const report = await another({ store: changed(store, of, plant) }).audit()
    expect(report.ok).toBe(false)
    const rows = report.differences.map(({ of: what, name, figure, found, expected: right }) => [
      what,
      name,
      figure,
      found,
      right,
    ])
    expect(rows).toEqual(expected)
  })
})
