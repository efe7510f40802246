import { describe, expect, test } from 'vitest'
import * as make from '../../test/commands.js'
import { A, B, gate, HOLD, units } from '../../test/commands.js'
import { TestPartition } from '../../test/partition.js'
import type { Outcome } from '../port/outcomes.js'

const LONG = { holdMs: 100_000, maxHoldMs: 100_000 }

function order(id: string, quantity: number, more: make.ReserveFields = {}) {
  return make.reserve(id, { units: [units(A, quantity)], backorder: true, ...LONG, ...more })
}

/** So many units of A, and so many that may be owed. */
function shelf(available: number, backorderLimit: number): TestPartition {
  const partition = new TestPartition().stock(A, available)
  partition.do(make.configure(A, 1, { backorderLimit }))
  return partition
}

function owed(outcome: Outcome): number | string {
  if (outcome.kind !== 'granted' && outcome.kind !== 'confirmed') return outcome.kind
  return outcome.owed.reduce((sum, { quantity }) => sum + quantity, 0)
}

describe('a claim past stock', () => {
  test('is owed what stock does not hold, up to the account’s limit, all or nothing', () => {
    const partition = shelf(2, 3)
    expect(owed(partition.do(order('a', 4)))).toBe(2)
    expect(partition.figures(A)).toBe('0 2 0 2 / 2')
    expect(partition.do(order('b', 2))).toMatchObject({
      kind: 'insufficient-stock',
      short: [{ requested: 2, available: 0 }],
    })
    expect(owed(partition.do(order('b', 1)))).toBe(1)
    expect(owed(partition.do(order('c', 1)))).toBe('insufficient-stock')
    expect(partition.figures(A)).toBe('0 2 0 3 / 2')
  })

  test('is refused where the order does not allow it, whatever the account does', () => {
    expect(owed(shelf(2, 3).do(order('a', 3, { backorder: false })))).toBe('insufficient-stock')
  })

  test('is bounded line by line', () => {
    const partition = shelf(0, 1).stock(B, 1)
    const both = [units(A, 1), units(B, 1)]
    expect(partition.do(order('a', 1, { units: both }))).toMatchObject({
      owed: [{ account: A, quantity: 1 }],
    })
    expect(partition.do(order('b', 1, { units: both }))).toMatchObject({
      kind: 'insufficient-stock',
      short: [{ account: A }, { account: B }],
    })
  })

  test('a limit that is lowered takes nothing back', () => {
    const partition = shelf(0, 3)
    partition.do(order('a', 3))
    partition.do(make.configure(A, 2, { backorderLimit: 1 }))
    expect(partition.figures(A)).toBe('0 0 0 3 / 0')
    expect(owed(partition.do(order('b', 1)))).toBe('insufficient-stock')
  })
})

describe('newcomers cannot overtake', () => {
  test('what is available belongs to those who wait', () => {
    const partition = shelf(0, 9)
    partition.do(order('waits', 3))
    partition.do(make.supply('m', A, 2))
    expect(partition.figures(A)).toBe('2 0 0 3 / 2')
    expect(partition.do(order('new', 1, { backorder: false }))).toMatchObject({ short: [{ available: 0 }] })
    // Who waits too, waits behind.
    expect(owed(partition.do(order('waits too', 1)))).toBe(1)
    expect(partition.do(make.fill(A))).toEqual({
      kind: 'filled',
      lines: [{ id: 'waits', quantity: 2 }],
      more: false,
    })
  })

  test('nor can a late or deferred payment', () => {
    const partition = shelf(0, 9)
    partition.do(make.supply('first', A, 2))
    partition.do(order('late', 1, { backorder: false, holdMs: 10 }))
    partition.do(order('deferred', 1, { backorder: false, stock: 'defer' }))
    partition.do(order('waits', 3))
    partition.now += 10
    partition.do(make.sweep())
    partition.do(make.supply('second', A, 1))
    // One unit came back and one came in: both are promised to the order that waits for two.
    expect(partition.figures(A)).toBe('2 1 0 2 / 3')
    expect(partition.do(make.confirm('late')).kind).toBe('refund-required')
    expect(partition.do(make.confirm('deferred')).kind).toBe('refund-required')
    partition.do(make.fill(A))
    expect(partition.figures(A)).toBe('0 3 0 0 / 3')
  })
})

describe('a fill', () => {
  function queue(): TestPartition {
    const partition = shelf(1, 100)
    for (const [id, quantity] of [
      ['first', 3],
      ['second', 2],
      ['third', 1],
    ] as const)
      partition.do(order(id, quantity))
    expect(partition.figures(A)).toBe('0 1 0 5 / 1')
    return partition
  }
  const filled = (lines: readonly (readonly [string, number])[], more = false) => ({
    kind: 'filled',
    lines: lines.map(([id, quantity]) => ({ id, quantity })),
    more,
  })

  test('gives to the oldest first, all that it is owed before the next gets any', () => {
    const partition = queue()
    partition.do(make.supply('m', A, 3))
    expect(partition.do(make.fill(A))).toEqual(
      filled([
        ['first', 2],
        ['second', 1],
      ]),
    )
    expect(partition.told()).toEqual(['filled first', 'filled second', 'changed A north'])
    expect(partition.ofReservations()).toMatchObject([
      { quantity: 2, owedLeft: 0 },
      { quantity: 1, owedLeft: 1 },
    ])
    expect(partition.figures(A)).toBe('0 4 0 2 / 4')
    partition.do(make.supply('n', A, 9))
    expect(partition.do(make.fill(A))).toEqual(
      filled([
        ['second', 1],
        ['third', 1],
      ]),
    )
    expect(partition.figures(A)).toBe('7 6 0 0 / 13')
  })

  test('is bounded, and tells that more can be given', () => {
    const partition = queue()
    partition.do(make.supply('m', A, 9))
    expect(partition.do(make.fill(A, 1))).toEqual(filled([['first', 2]], true))
    expect(partition.do(make.fill(A, 1))).toEqual(filled([['second', 2]], true))
    expect(partition.do(make.fill(A, 1))).toEqual(filled([['third', 1]]))
    expect(partition.do(make.fill(A, 1))).toEqual(filled([]))
    expect(partition.events).toEqual([])
  })

  test('of a paid order sells what it is owed', () => {
    const partition = queue()
    expect(owed(partition.do(make.confirm('first')))).toBe(2)
    expect(partition.figures(A)).toBe('0 0 1 5 / 1')
    partition.do(make.supply('m', A, 3))
    expect(partition.do(make.fill(A))).toEqual(
      filled([
        ['first', 2],
        ['second', 1],
      ]),
    )
    expect(partition.figures(A)).toBe('0 1 3 2 / 4')
  })

  test('gives nothing to an order that was cancelled, shrunk or is due', () => {
    const partition = queue()
    partition.do(order('short-lived', 4, { holdMs: HOLD }))
    partition.do(make.release('first'))
    partition.do(make.shrink('second', units(A, 1)))
    expect(partition.figures(A)).toBe('1 0 0 6 / 1')
    partition.now += HOLD
    partition.do(make.supply('m', A, 9))
    expect(partition.do(make.fill(A))).toEqual(
      filled([
        ['second', 1],
        ['third', 1],
      ]),
    )
    expect(partition.told()).toEqual([
      'filled second',
      'filled third',
      'expired short-lived',
      'changed A north',
    ])
    expect(partition.figures(A)).toBe('8 2 0 0 / 10')
  })

  test('of an order that waits in two accounts is of one of them', () => {
    const partition = shelf(0, 9).stock(B, 0)
    partition.do(make.configure(B, 1, { backorderLimit: 9 }))
    partition.do(order('o', 1, { units: [units(A, 1), units(B, 2)] }))
    partition.do(make.supply('m', B, 5))
    expect(partition.do(make.fill(A))).toEqual(filled([]))
    expect(partition.do(make.fill(B))).toEqual(filled([['o', 2]]))
    expect([partition.figures(A), partition.figures(B)]).toEqual(['0 0 0 1 / 0', '3 2 0 0 / 5'])
  })

  test('stops where nothing is available: who is due behind is left to the sweep', () => {
    const partition = queue()
    partition.do(order('short-lived', 1, { holdMs: HOLD }))
    partition.now += HOLD
    partition.do(make.supply('m', A, 2))
    expect(partition.do(make.fill(A))).toEqual(filled([['first', 2]]))
    expect(partition.status('short-lived')).toBe('held')
  })

  test('of an account that does not exist says so', () => {
    expect(new TestPartition().do(make.fill(A))).toEqual({ kind: 'account-unknown', accounts: [A] })
  })
})

describe('shrinking with units owed', () => {
  test.each([
    [5, '0 2 0 3 / 2'],
    [4, '0 2 0 2 / 2'],
    // What is owed goes first: units in hand stay with the buyer.
    [2, '0 2 0 0 / 2'],
    [1, '1 1 0 0 / 2'],
  ])('from five, of which three are owed, to %i', (quantity, figures) => {
    const partition = shelf(2, 9)
    partition.do(order('o', 5))
    expect(partition.do(make.shrink('o', units(A, quantity)))).toEqual({ kind: 'shrunk' })
    expect(partition.figures(A)).toBe(figures)
    expect(partition.do(make.shrink('o', units(A, quantity))), 'again').toEqual({ kind: 'shrunk' })
    expect(partition.figures(A)).toBe(figures)
    partition.do(make.release('o'))
    expect(partition.figures(A)).toBe('2 0 0 0 / 2')
  })
})

test('a deferred order is owed nothing until it is paid, then what stock does not hold', () => {
  const partition = shelf(2, 9)
  const deferred = order('o', 3, { risk: gate('of ada'), stock: 'defer' })
  expect(partition.do(deferred)).toMatchObject({ kind: 'granted', stock: 'deferred', owed: [] })
  expect(partition.figures(A)).toBe('2 0 0 0 / 2')
  expect(owed(partition.do(make.confirm('o')))).toBe(1)
  expect(partition.figures(A)).toBe('0 0 2 1 / 2')
})

test('a late payment may be owed units again', () => {
  const partition = shelf(2, 9)
  partition.do(order('o', 3, { holdMs: HOLD }))
  partition.now += HOLD
  expect(owed(partition.do(make.confirm('o')))).toBe(1)
  expect(partition.figures(A)).toBe('0 0 2 1 / 2')
  partition.do(make.supply('m', A, 1))
  partition.do(make.fill(A))
  expect(partition.figures(A)).toBe('0 0 3 0 / 3')
})

test('a paid order that is rolled back is owed nothing more', () => {
  const partition = shelf(2, 9)
  partition.do(order('o', 5))
  partition.do(make.confirm('o'))
  partition.do(make.release('o', 'rollback'))
  expect(partition.figures(A)).toBe('2 0 0 0 / 2')
  expect(partition.do(make.fill(A))).toEqual({ kind: 'filled', lines: [], more: false })
})
