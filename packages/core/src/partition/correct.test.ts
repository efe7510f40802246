import { describe, expect, test } from 'vitest'
import * as make from '../../test/commands.js'
import { A, B, guard, units, use } from '../../test/commands.js'
import { TestPartition } from '../../test/partition.js'
import type { Correction } from '../port/corrections.js'
import type { StoreEvent } from '../port/events.js'

const NOTHING = { available: 0, reserved: 0, sold: 0, backordered: 0, supplied: 0 }
const corrected = { kind: 'corrected' }
const outdated = { kind: 'outdated' }

/** Ten units of A; `held` keeps two of them, a use of `c` and the guard `g`; `sold` was paid. */
function shop(): TestPartition {
  const partition = new TestPartition().stock(A, 10)
  partition.do(make.reserve('sold', { units: [units(A, 1)] }))
  partition.do(make.confirm('sold'))
  partition.do(make.reserve('held', { units: [units(A, 2)], uses: [use('c', 9)], guards: [guard('g')] }))
  return partition
}

function ofAccount(
  counters: Partial<typeof NOTHING>,
  more: { archived?: number; account?: typeof A } = {},
): Correction {
  const { archived = 0, account = A } = more
  return { of: 'account', account, counters: { ...NOTHING, ...counters }, archived, ledger: NOTHING }
}
const ofCounter = (used: number): Correction => ({ of: 'counter', counter: 'c', used })
const ofGuard = (found: string | null, order: string | null, name = 'g'): Correction => ({
  of: 'guard',
  guard: name,
  found,
  order,
})

function typesOf(events: readonly StoreEvent[]): readonly string[] {
  return events.map(({ type }) => type)
}

describe('a correction of an account', () => {
  test('moves its figures, and is told with the account', () => {
    const partition = shop()
    expect(partition.do(make.correct('r', ofAccount({ available: 1, supplied: 1 })))).toEqual(corrected)
    expect(partition.figures(A)).toBe('8 2 1 0 / 11')
    expect(partition.changes()).toMatchObject([
      {
        account: A,
        available: 8,
        supplied: 11,
        movements: [{ movement: 'r', cause: 'reconciled', delta: 1 }],
      },
    ])
    expect(typesOf(partition.events)).toEqual(['tombstoned', 'changed'])
  })

  test('that takes a figure below zero is outdated, and leaves no word', () => {
    const partition = shop()
    expect(partition.do(make.correct('r', ofAccount({ available: -8, supplied: -8 })))).toEqual(outdated)
    expect(partition.figures(A)).toBe('7 2 1 0 / 10')
    expect(partition.events).toEqual([])
    expect(partition.status('r')).toBe('absent')
  })

  test('that is not there is outdated', () => {
    expect(shop().do(make.correct('r', ofAccount({}, { account: B })))).toEqual(outdated)
  })
})

describe('a correction of a counter', () => {
  test.each([
    [3, 5],
    [-1, 1],
    [-2, 0],
  ])('by %i', (by, left) => {
    const partition = shop()
    expect(partition.used('c')).toBe(2)
    expect(partition.do(make.correct('r', ofCounter(by)))).toEqual(corrected)
    expect(partition.used('c')).toBe(left)
  })

  test.each([-3, Number.MAX_SAFE_INTEGER])('by %i is outdated', (by) => {
    const partition = shop()
    expect(partition.do(make.correct('r', ofCounter(by)))).toEqual(outdated)
    expect(partition.used('c')).toBe(2)
  })

  test('that nobody used yet begins at none', () => {
    const partition = new TestPartition()
    expect(partition.do(make.correct('r', ofCounter(-1)))).toEqual(outdated)
    expect(partition.do(make.correct('r', ofCounter(1)))).toEqual(corrected)
    expect(partition.used('c')).toBe(1)
  })
})

describe('a correction of a guard', () => {
  test.each<[what: string, correction: Correction, outcome: object, keeper: string | null]>([
    ['kept by right stays', ofGuard('held', null), outdated, 'held'],
    ['found free, and kept by right', ofGuard(null, null), outdated, 'held'],
    ['found free, wanted by another', ofGuard(null, 'sold'), outdated, 'held'],
    ['said to be kept by another', ofGuard('sold', null), outdated, 'held'],
  ])('that is %s', (_, correction, outcome, keeper) => {
    const partition = shop()
    expect(partition.do(make.correct('r', correction))).toEqual(outcome)
    expect(partition.keeper('g')).toBe(keeper)
  })

  test('that is lost opens for the order that keeps it by right, until that is due', () => {
    const partition = shop()
    const until = partition.state.guard('g')?.expiresAt
    partition.state.putGuard('g', undefined)
    expect(partition.do(make.correct('r', ofGuard(null, 'held')))).toEqual(corrected)
    expect(partition.state.guard('g')).toEqual({ status: 'open', id: 'held', expiresAt: until })
  })

  test('that is free, and of nobody, is outdated', () => {
    const partition = shop()
    expect(partition.do(make.correct('r', ofGuard(null, null, 'other')))).toEqual(outdated)
    expect(partition.do(make.correct('r', ofGuard(null, 'sold', 'other')))).toEqual(outdated)
    // It is of another guard.
    expect(partition.do(make.correct('r', ofGuard(null, 'held', 'other')))).toEqual(outdated)
    expect(partition.keeper('other')).toBeNull()
  })

  test('that an ended order, or none, keeps is freed, or given to whom it belongs', () => {
    const partition = shop()
    const keptBy = (name: string, id: string) =>
      partition.state.putGuard(name, { status: 'open', id, expiresAt: 99_000 })
    keptBy('ended', 'sold')
    keptBy('nobody', 'unknown')
    keptBy('g', 'sold')
    expect(partition.do(make.correct('r1', ofGuard('sold', null, 'ended')))).toEqual(corrected)
    expect(partition.do(make.correct('r2', ofGuard('unknown', null, 'nobody')))).toEqual(corrected)
    expect(partition.do(make.correct('r3', ofGuard('sold', 'held')))).toEqual(corrected)
    expect(['ended', 'nobody', 'g'].map((name) => partition.keeper(name))).toEqual([null, null, 'held'])
  })

  test('whose order was due is free by itself', () => {
    const partition = shop()
    partition.now += 20_000
    const correction = make.correct('r', ofGuard('held', null), 99_000)
    expect(partition.do(correction)).toEqual(outdated)
    expect([partition.keeper('g'), partition.status('held')]).toEqual([null, 'expired'])
  })
})

describe('a correction', () => {
  const correction = ofCounter(1)

  test('is made once, whatever is said under its id later', () => {
    const partition = shop()
    expect(partition.do(make.correct('r', correction))).toEqual(corrected)
    expect(partition.ofReservations()).toEqual([
      {
        aggregate: 'reservation',
        id: 'r',
        version: 1,
        at: partition.now,
        type: 'tombstoned',
        home: 'home',
        cause: 'seller',
        reason: JSON.stringify(correction),
      },
    ])
    expect(partition.do(make.correct('r', correction))).toEqual({ kind: 'already', status: 'tombstoned' })
    expect(partition.do(make.correct('r', ofCounter(2)))).toEqual(outdated)
    expect(partition.used('c')).toBe(3)
  })

  test('under the id of an order is outdated', () => {
    const partition = shop()
    expect(partition.do(make.correct('held', correction))).toEqual(outdated)
    partition.do(make.release('tombstone', 'seller', JSON.stringify(correction)))
    expect(partition.do(make.correct('sold', correction))).toEqual(outdated)
    expect(partition.used('c')).toBe(2)
  })

  test('may come at its last instant, and not later; one that was made is known for good', () => {
    const partition = shop()
    partition.now = 20_000
    expect(partition.do(make.correct('in time', correction))).toEqual(corrected)
    partition.now = 20_001
    expect(partition.do(make.correct('late', correction))).toEqual({ kind: 'late' })
    expect(partition.do(make.correct('in time', correction))).toEqual({
      kind: 'already',
      status: 'tombstoned',
    })
    expect(partition.used('c')).toBe(3)
  })
})
