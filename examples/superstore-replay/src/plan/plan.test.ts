import { beforeAll, describe, expect, test } from 'vitest'
import { readHistory } from '../history/read-history.js'
import type { SoldLine } from '../history/sold-line.js'
import { fateOf, openingUnits, type Plan, planOf } from './plan.js'

function line(orderId: string, orderDate: string, more: Partial<SoldLine> = {}): SoldLine {
  const rest = { customerId: 'C', region: 'West', productId: 'P', productName: 'Pen', quantity: 1 }
  return { orderId, orderDate, ...rest, ...more }
}

const at = (placed: readonly { readonly placedAt: number }[]) =>
  placed.map(({ placedAt }) => new Date(placedAt).toISOString())

describe('orders', () => {
  test('go by day, then by id in plain string order, whatever the order of the file', () => {
    const { orders } = planOf([
      line('US-1', '2014-01-04'),
      line('b', '2014-01-03'),
      line('B', '2014-01-03'),
      line('CA-2', '2014-01-04'),
      line('CA-10', '2014-01-04'),
    ])
    expect(orders.map(({ position, id }) => `${position} ${id}`)).toEqual([
      '1 B',
      '2 b',
      '3 CA-10',
      '4 CA-2',
      '5 US-1',
    ])
  })

  test('are placed from 09:00 UTC on, five minutes after each other', () => {
    const { orders } = planOf([
      line('a', '2014-01-03'),
      line('b', '2014-01-03'),
      line('c', '2014-01-03'),
      line('d', '2014-03-30'),
    ])
    expect(at(orders)).toEqual([
      '2014-01-03T09:00:00.000Z',
      '2014-01-03T09:05:00.000Z',
      '2014-01-03T09:10:00.000Z',
      '2014-03-30T09:00:00.000Z',
    ])
  })

  test('have one line per product, repeated ones summed', () => {
    const { orders } = planOf([
      line('a', '2014-01-03', { quantity: 2 }),
      line('a', '2014-01-03', { productId: 'Q' }),
      line('a', '2014-01-03', { quantity: 5 }),
    ])
    expect(orders[0]?.lines).toEqual([
      { sku: 'P', quantity: 7 },
      { sku: 'Q', quantity: 1 },
    ])
  })

  test.each([['orderDate'], ['customerId'], ['region']] as const)('have one %s', (field) => {
    const lines = [line('a', '2014-01-03'), line('a', '2014-01-03', { [field]: '2015-01-01' })]
    expect(() => planOf(lines)).toThrow(`order a has more than one ${field}`)
  })
})

test.each([
  [1, 'paid'],
  [7, 'cancelled'],
  [10, 'expired'],
  [14, 'cancelled'],
  [20, 'expired'],
  [69, 'paid'],
  [70, 'expired'],
  [77, 'cancelled'],
] as const)('the order at position %i, if granted, is %s', (position, fate) => {
  expect(fateOf(position)).toBe(fate)
})

// In doubles, 0.9 × 10 is 9, but 0.07 × 100 is 7.000000000000001 and 0.56 × 100 is 56.00000000000001.
test.each([
  [0.9, 10, 9],
  [0.9, 11, 10],
  [0.07, 100, 8],
  [0.56, 100, 57],
  [0, 7, 0],
  [1, 7, 7],
  [1e-300, 7, 1],
])('a stock ratio of %d and %i ordered open the account with %i', (ratio, ordered, units) => {
  expect(openingUnits({ sku: 'P', pool: 'West', ordered }, ratio)).toBe(units)
})

test('an account counts what the whole history orders of one product in one region', () => {
  const { accounts, regions } = planOf([
    line('a', '2014-01-03', { quantity: 2 }),
    line('b', '2014-01-03', { quantity: 3, region: 'East' }),
    line('c', '2014-01-04', { quantity: 4 }),
  ])
  expect(accounts).toEqual([
    { sku: 'P', pool: 'West', ordered: 6 },
    { sku: 'P', pool: 'East', ordered: 3 },
  ])
  expect(regions).toEqual(['East', 'West'])
})

describe('the public history', () => {
  let plan: Plan
  beforeAll(async () => {
    plan = planOf(await readHistory())
  })

  test('has 5,298 accounts in four regions, 37,873 units in all', () => {
    expect(plan.accounts.length).toBe(5_298)
    expect(plan.accounts.reduce((sum, { ordered }) => sum + ordered, 0)).toBe(37_873)
    expect(plan.regions).toEqual(['Central', 'East', 'South', 'West'])
  })

  test('has eight orders that name a product twice', () => {
    const lines = plan.orders.reduce((sum, order) => sum + order.lines.length, 0)
    expect(lines).toBe(9_994 - 8)
  })

  test('runs from 3 January 2014 to 30 December 2017, each order at an instant of its own', () => {
    const [first, last] = at([plan.orders[0], plan.orders.at(-1)].filter((order) => order !== undefined))
    expect(first).toBe('2014-01-03T09:00:00.000Z')
    expect(last).toMatch(/^2017-12-30T/)
    expect(new Set(plan.orders.map((order) => order.placedAt)).size).toBe(5_009)
  })
})
