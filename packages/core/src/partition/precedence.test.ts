import { describe, expect, test } from 'vitest'
import * as make from '../../test/commands.js'
import { A, B, gate, guard, HOLD, units, use } from '../../test/commands.js'
import { TestPartition } from '../../test/partition.js'
import type { PolicyRefusal, Refusal } from '../port/outcomes.js'

// The first refusal that applies is the answer. Each trouble below makes one of them apply to the same order, whatever
// the others do; then each stands before all that come after it.

const NOW = 10_000
const notServed: PolicyRefusal = { kind: 'pool-not-served', region: 'moon', served: ['north'] }
const nowhere = { sku: 'nowhere', pool: 'north' }
const notYet = { sku: 'not yet', pool: 'north' }
const over = { sku: 'over', pool: 'north' }

interface Trouble {
  readonly kind: Refusal['kind']
  /** What the partition has known before the order comes. */
  readonly before?: (partition: TestPartition) => void
  /** What the order asks for beside one unit of A. */
  readonly asks?: make.ReserveFields
}

function standing(fields: make.ReserveFields) {
  return (partition: TestPartition) => {
    partition.stock(B, 1)
    partition.do(make.reserve('o', { units: [units(B, 1)], ...fields }))
  }
}

const troubles: readonly Trouble[] = [
  { kind: 'id-reused', before: standing({ buyer: 'bob' }) },
  { kind: 'tombstoned', before: (partition) => partition.do(make.release('o')) },
  { kind: 'late', asks: { notAfter: NOW - 1 } },
  { kind: 'pool-not-served', asks: { refuse: notServed } },
  { kind: 'account-unknown', asks: { units: [units(nowhere, 1)] } },
  {
    kind: 'sale-not-open',
    before: (partition) => partition.stock(notYet, 1).do(make.configure(notYet, 1, { opensAt: NOW + 1 })),
    asks: { units: [units(notYet, 1)] },
  },
  {
    kind: 'sale-closed',
    before: (partition) => partition.stock(over, 1).do(make.configure(over, 1, { closesAt: NOW })),
    asks: { units: [units(over, 1)] },
  },
  {
    kind: 'buyer-refused',
    before: (partition) => partition.do(make.judge('of ada', { tag: { effect: 'refuse', until: null } })),
    asks: { risk: gate('of ada') },
  },
  {
    kind: 'unpaid-order',
    before: (partition) => partition.stock(A, 1).do(make.reserve('open', { guards: [guard('g')] })),
    asks: { guards: [guard('g')] },
  },
  { kind: 'window-passed', asks: { uses: [use('passed', 9, { to: NOW })] } },
  { kind: 'purchase-limit', asks: { uses: [use('used up', 0)] } },
  { kind: 'insufficient-stock', asks: { units: [units(A, 1_000)] } },
]

/** The order that runs into all of these. */
function run(met: readonly Trouble[]): {
  readonly partition: TestPartition
  readonly order: ReturnType<typeof make.reserve>
} {
  const partition = new TestPartition().stock(A, 5)
  for (const { before } of met) before?.(partition)
  const asked = met.map(({ asks }) => asks ?? {})
  const order = make.reserve('o', {
    ...Object.assign({}, ...asked),
    units: [units(A, 1), ...asked.flatMap((fields) => fields.units ?? [])],
    uses: asked.flatMap((fields) => fields.uses ?? []),
  })
  return { partition, order }
}

/** A tombstone and another's order cannot both lie under one id. */
function canMeet(one: Trouble, other: Trouble): boolean {
  return !(one.kind === 'id-reused' && other.kind === 'tombstoned')
}

describe('alone', () => {
  test.each(troubles)('$kind is the answer', (trouble) => {
    const { partition, order } = run([trouble])
    expect(partition.do(order).kind).toBe(trouble.kind)
  })
})

const pairs = troubles.flatMap((first, index) =>
  troubles
    .slice(index + 1)
    .filter((second) => canMeet(first, second))
    .map((second) => ({ first, second, kind: first.kind, other: second.kind })),
)

describe('of two', () => {
  test.each(pairs)('$kind goes before $other', ({ first, second }) => {
    const { partition, order } = run([first, second])
    expect(partition.do(order).kind).toBe(first.kind)
  })
})

test('of all that can apply together, each is the answer once those before it are gone', () => {
  const together = troubles.filter(({ kind }) => kind !== 'id-reused')
  const answers = together.map((_, index) => {
    const { partition, order } = run(together.slice(index))
    return partition.do(order).kind
  })
  expect(answers).toEqual(together.map(({ kind }) => kind))
})

test('a retry of the call that took the last unit returns its success, whatever would refuse it by now', () => {
  const partition = new TestPartition().stock(A, 1)
  const risk = gate('of ada')
  const order = make.reserve('o', { guards: [guard('g')], uses: [use('c', 1)], risk })
  partition.do(order)
  partition.do(make.judge('of ada', { tag: { effect: 'refuse', until: null } }))
  partition.do(make.configure(A, 1, { closesAt: partition.now }))
  const again = { ...order, refuse: notServed, notAfter: 0 }
  expect(partition.do(again)).toEqual({ kind: 'replayed', status: 'held', expiresAt: NOW + HOLD })
  expect(partition.events).toEqual([])
})

describe('tells', () => {
  test('every account that is unknown, then the first that is not open or closed', () => {
    const partition = new TestPartition().stock(notYet, 1).stock(over, 1)
    partition.do(make.configure(notYet, 1, { opensAt: NOW + 1 }))
    partition.do(make.configure(over, 1, { closesAt: NOW }))
    const asked = [units(over, 1), units(notYet, 1), units(nowhere, 1), units(B, 1)]
    expect(partition.do(make.reserve('o', { units: asked }))).toEqual({
      kind: 'account-unknown',
      accounts: [nowhere, B],
    })
    expect(partition.do(make.reserve('o', { units: asked.slice(0, 2) }))).toEqual({
      kind: 'sale-not-open',
      account: notYet,
      opensAt: NOW + 1,
    })
    expect(partition.do(make.reserve('o', { units: asked.slice(0, 1) }))).toEqual({
      kind: 'sale-closed',
      account: over,
      closedAt: NOW,
    })
    partition.now = NOW + 1
    const opened = make.reserve('o', { units: [units(notYet, 1)] })
    expect(partition.do(opened).kind, 'at its first instant').toBe('granted')
  })

  test('how many strikes, and until when', () => {
    const partition = new TestPartition().stock(A, 2)
    const risk = gate('of ada', { refuseAt: 1, strikeMs: 500 })
    partition.do(make.reserve('first', { risk }))
    partition.do(make.release('first'))
    expect(partition.do(make.reserve('o', { risk }))).toEqual({
      kind: 'buyer-refused',
      strikes: 1,
      until: NOW + 500,
    })
    partition.now = NOW + 500
    expect(partition.do(make.reserve('o', { risk })).kind).toBe('granted')
  })

  test('which order is open, and until when it is to be paid', () => {
    const partition = new TestPartition().stock(A, 2)
    partition.do(make.reserve('open', { guards: [guard('g')] }))
    const asked = make.reserve('o', { guards: [guard('free'), guard('g')] })
    expect(partition.do(asked)).toEqual({
      kind: 'unpaid-order',
      guard: 'g',
      id: 'open',
      expiresAt: NOW + HOLD,
    })
  })

  test('which use is past its window, at its first instant and after its last', () => {
    const partition = new TestPartition().stock(A, 9)
    const asked = (from: number, to: number) =>
      partition.do(make.reserve('o', { uses: [use('always', 9), use('a day', 9, { from, to })] }))
    expect(asked(NOW + 1, NOW + 2)).toEqual({ kind: 'window-passed', use: 1 })
    expect(asked(NOW - 2, NOW)).toEqual({ kind: 'window-passed', use: 1 })
    expect(asked(NOW, NOW + 1).kind).toBe('granted')
  })

  test('which limit, its max, what is used and what was asked', () => {
    const partition = new TestPartition().stock(A, 9)
    partition.do(make.reserve('first', { units: [units(A, 2)], uses: [use('c', 3)] }))
    const asked = make.reserve('o', { units: [units(A, 2)], uses: [use('other', 9), use('c', 3)] })
    const told = { kind: 'purchase-limit', use: 1, counter: 'c', max: 3, used: 2, requested: 2 }
    expect(partition.do(asked)).toEqual(told)
  })

  test('every line that is short, and what could be had', () => {
    const partition = new TestPartition().stock(A, 1).stock(B, 5)
    const other = { sku: 'C', pool: 'north' }
    partition.stock(other, 0)
    const asked = [units(A, 2), units(B, 5), units(other, 1)]
    expect(partition.do(make.reserve('o', { units: asked }))).toEqual({
      kind: 'insufficient-stock',
      short: [
        { account: A, requested: 2, available: 1 },
        { account: other, requested: 1, available: 0 },
      ],
    })
  })
})

test.each(troubles)('an order refused as $kind changes nothing, and leaves its id free', (trouble) => {
  const { partition, order } = run([trouble])
  const before = JSON.stringify([
    partition.figures(A),
    partition.status('o'),
    partition.keeper('g'),
    partition.used('used up'),
  ])
  partition.do(order)
  const after = JSON.stringify([
    partition.figures(A),
    partition.status('o'),
    partition.keeper('g'),
    partition.used('used up'),
  ])
  expect(after).toBe(before)
  expect(partition.events).toEqual([])
})
