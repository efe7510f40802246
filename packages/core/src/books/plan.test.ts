import * as fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { Correction } from '../port/corrections.js'
import { type AccountFinding, type Figures, type Findings, NOTHING, sumOf } from './books.js'
import { differencesOfAccount } from './differences.js'
import { repairsOf } from './plan.js'

const key = { sku: 'A', pool: 'default' }
const none: Findings = { accounts: [], counters: [], guards: [], corrections: new Map() }

/** available, reserved, sold, backordered, supplied */
type Five = readonly [number, number, number, number, number]
const figures = ([available, reserved, sold, backordered, supplied]: Five): Figures => ({
  ...{ available, reserved, sold, backordered, supplied },
})

interface Row {
  readonly counters: Five
  readonly ledger: Five
  /** reserved, sold, backordered */
  readonly orders: readonly [number, number, number]
  readonly archived?: number
  /** Changes of the counters, of the ledger, of the archived units. */
  readonly repair: readonly [Five, Five, number] | string
}

const right = [4, 2, 1, 0, 7] as const
const rows: Record<string, Row> = {
  'a counter that was raised': {
    ...{ counters: [6, 2, 1, 0, 9], ledger: right, orders: [2, 1, 0] },
    repair: [[-2, 0, 0, 0, -2], [0, 0, 0, 0, 0], 0],
  },
  'a counter that was lowered comes back to the ledger': {
    ...{ counters: [1, 2, 1, 0, 4], ledger: right, orders: [2, 1, 0] },
    repair: [[3, 0, 0, 0, 3], [0, 0, 0, 0, 0], 0],
  },
  'a reserved unit that no order holds': {
    ...{ counters: [3, 3, 1, 0, 7], ledger: right, orders: [2, 1, 0] },
    repair: [[1, -1, 0, 0, 0], [0, 0, 0, 0, 0], 0],
  },
  'a sold unit that no order paid for': {
    ...{ counters: [3, 2, 2, 0, 7], ledger: right, orders: [2, 1, 0] },
    repair: [[1, 0, -1, 0, 0], [0, 0, 0, 0, 0], 0],
  },
  'units that nobody is owed': {
    ...{ counters: [4, 2, 1, 3, 7], ledger: right, orders: [2, 1, 0] },
    repair: [[0, 0, 0, -3, 0], [0, 0, 0, 0, 0], 0],
  },
  'a ledger that lost a grant': {
    ...{ counters: right, ledger: [6, 0, 1, 0, 7], orders: [2, 1, 0] },
    repair: [[0, 0, 0, 0, 0], [-2, 2, 0, 0, 0], 0],
  },
  'a ledger that lost a sale': {
    ...{ counters: right, ledger: [5, 2, 0, 0, 7], orders: [2, 1, 0] },
    repair: [[0, 0, 0, 0, 0], [-1, 0, 1, 0, 0], 0],
  },
  'a ledger that lost a delivery takes its units off sale': {
    ...{ counters: right, ledger: [1, 2, 1, 0, 4], orders: [2, 1, 0] },
    repair: [[-3, 0, 0, 0, -3], [0, 0, 0, 0, 0], 0],
  },
  'a held order that was lost: its units are written off, not sold again': {
    ...{ counters: right, ledger: right, orders: [0, 1, 0] },
    repair: [[0, -2, 0, 0, -2], [0, -2, 0, 0, -2], 0],
  },
  'a paid order that was lost: its units stay sold': {
    ...{ counters: right, ledger: right, orders: [2, 0, 0] },
    repair: [[0, 0, 0, 0, 0], [0, 0, 0, 0, 0], 1],
  },
  'archived units that were never sold': {
    ...{ counters: right, ledger: right, orders: [2, 1, 0], archived: 5 },
    repair: [[0, 0, 0, 0, 0], [0, 0, 0, 0, 0], -5],
  },
  'an order that nobody counted takes its units': {
    ...{ counters: right, ledger: right, orders: [3, 1, 0] },
    repair: [[-1, 1, 0, 0, 0], [-1, 1, 0, 0, 0], 0],
  },
  'three records of what was sold, no two alike: the most': {
    ...{ counters: [4, 2, 1, 0, 7], ledger: [3, 2, 2, 0, 7], orders: [2, 3, 0] },
    repair: [[-2, 0, 2, 0, 0], [-1, 0, 1, 0, 0], 0],
  },
  'orders that hold more than there ever was': {
    ...{ counters: right, ledger: right, orders: [9, 1, 0] },
    repair: 'promised-more-than-supplied',
  },
}

describe('the repair of an account', () => {
  it.each(Object.entries(rows))('%s', (_, { counters, ledger, orders, archived = 0, repair }) => {
    const [reserved, sold, backordered] = orders
    const finding: AccountFinding = {
      ...{ key, archived, counters: figures(counters), ledger: figures(ledger) },
      orders: { ...NOTHING, reserved, sold, backordered },
    }
    const { repairs, left } = repairsOf({ ...none, accounts: [finding] })
    if (typeof repair === 'string') {
      expect([repairs, left.map(({ because }) => because)]).toEqual([[], [repair]])
      return
    }
    const [ofCounters, ofLedger, ofArchived] = repair
    expect(repairs.map(({ correction }) => correction)).toEqual([
      {
        ...{ of: 'account', account: key, archived: ofArchived },
        ...{ counters: figures(ofCounters), ledger: figures(ofLedger) },
      },
    ])
  })

  it('of one that is gone is left to people', () => {
    const finding = { key, counters: null, archived: 0, ledger: figures(right), orders: NOTHING }
    const { repairs, left } = repairsOf({ ...none, accounts: [finding] })
    expect(repairs).toEqual([])
    expect(left).toMatchObject([{ because: 'account-missing', differences: [{ figure: 'exists' }] }])
  })

  const units = fc.integer({ min: 0, max: 9 })
  const five = fc.tuple(units, units, units, units, units).map(figures)
  // Mostly with more in it than was promised: else there is nothing but to ask people.
  const ledgers = fc.tuple(units, units, units, units, fc.integer({ min: 0, max: 60 })).map(figures)
  test('whatever is broken and can be mended: the records agree after it, and no more is available than the ledger showed', () => {
    let mended = 0
    void fc.assert(
      fc.property(five, ledgers, five, units, (counters, ledger, orders, archived) => {
        const held = { ...orders, available: 0, supplied: 0 }
        const finding = { key, counters, archived, ledger, orders: held }
        const [repair] = repairsOf({ ...none, accounts: [finding] }).repairs
        if (repair === undefined) return
        mended += 1
        const made = repair.correction as Extract<Correction, { of: 'account' }>
        const after = {
          ...{ key, orders: held, archived: archived + made.archived },
          counters: sumOf(counters, made.counters),
          ledger: sumOf(ledger, made.ledger),
        }
        expect(differencesOfAccount(after)).toEqual([])
        expect(after.archived).toBeGreaterThanOrEqual(0)
        expect(after.counters.available).toBeLessThanOrEqual(ledger.available)
        expect(made.ledger.available).toBeLessThanOrEqual(0)
      }),
      { numRuns: 2_000 },
    )
    expect(mended).toBeGreaterThan(500)
  })
})

describe('the repair of a counter', () => {
  it.each([
    ['that counts too much', 3, 1, -2],
    ['that counts too little', 1, 3, 2],
    ['that is gone', null, 2, 2],
  ])('%s is a change', (_, used, expected, change) => {
    const { repairs } = repairsOf({ ...none, counters: [{ name: 'limit/a/b/c', used, expected }] })
    expect(repairs).toMatchObject([{ correction: { of: 'counter', counter: 'limit/a/b/c', used: change } }])
  })
})

describe('the repair of a guard', () => {
  it.each([
    ['that keeps out for an order that is over', 'gone', [], { found: 'gone', order: null }],
    ['that keeps out for another order', 'gone', ['live'], { found: 'gone', order: 'live' }],
    ['that is gone', null, ['live'], { found: null, order: 'live' }],
    ['of two orders is left to people', 'one', ['one', 'other'], 'several-unpaid-orders'],
  ] as const)('%s', (_, found, orders, expected) => {
    const { repairs, left } = repairsOf({ ...none, guards: [{ name: 'unpaid/a/b', found, orders }] })
    if (typeof expected === 'string') expect(left).toMatchObject([{ because: expected }])
    else expect(repairs).toMatchObject([{ correction: { of: 'guard', guard: 'unpaid/a/b', ...expected } }])
    expect(repairs.length + left.length).toBe(1)
  })
})

describe('the id of a repair', () => {
  const planned = (corrections: Findings['corrections'], used = 3) =>
    repairsOf({ ...none, corrections, counters: [{ name: 'limit/a/b/c', used, expected: 1 }] }).repairs[0]?.id

  it('is the same for all who plan from the same corrections, and the next once that was made', () => {
    const first = planned(new Map()) as string
    expect(first).toMatch(/^reconciled\/[\w-]{22}\/0$/)
    expect(planned(new Map(), 7)).toBe(first)
    const of = first.slice(0, first.lastIndexOf('/'))
    expect(planned(new Map([[of, 5]]))).toBe(`${of}/5`)
  })
})
