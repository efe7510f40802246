import { describe, expect, test } from 'vitest'
import * as make from '../../test/commands.js'
import { A, gate, guard, HOLD, LONGEST_HOLD, units, use } from '../../test/commands.js'
import { TestPartition } from '../../test/partition.js'

// The deadline decides, not the sweeper: whatever command meets a hold at or after its deadline expires it first.

const risk = gate('of ada', { strikeMs: 60_000 })
const fields = { units: [units(A, 2)], uses: [use('c', 2)], guards: [guard('g')], risk }

/** An order of two units under a limit, a guard and a risk rule, at the instant of its deadline or just before. */
function held(until: 'due' | 'live', stock: 'take' | 'defer' = 'take'): TestPartition {
  const partition = new TestPartition().stock(A, 2)
  expect(partition.do(make.reserve('o', { ...fields, stock })).kind).toBe('granted')
  partition.now += until === 'due' ? HOLD : HOLD - 1
  return partition
}

function expectGone(partition: TestPartition) {
  expect(partition.figures(A)).toBe('2 0 0 0 / 2')
  expect([partition.used('c'), partition.keeper('g'), partition.strikes('of ada')]).toEqual([0, null, 1])
}

const meeting: readonly [string, Parameters<TestPartition['do']>[0], object, object][] = [
  [
    'a repeated reserve',
    make.reserve('o', fields),
    { kind: 'replayed', status: 'held', expiresAt: 10_000 + HOLD },
    { kind: 'replayed', status: 'expired', expiresAt: null },
  ],
  [
    'a reserve of another under its id',
    make.reserve('o', { ...fields, buyer: 'bob' }),
    { kind: 'id-reused' },
    { kind: 'id-reused' },
  ],
  [
    'extend',
    make.extend('o', 5_000),
    { kind: 'extended', expiresAt: 10_000 + LONGEST_HOLD },
    { kind: 'already', status: 'expired' },
  ],
  ['shrink', make.shrink('o', units(A, 1)), { kind: 'shrunk' }, { kind: 'already', status: 'expired' }],
  ['release', make.release('o', 'seller'), { kind: 'released' }, { kind: 'already', status: 'expired' }],
  ['rollback', make.release('o', 'rollback'), { kind: 'released' }, { kind: 'already', status: 'expired' }],
  [
    'return',
    make.returned('o', 'm', [units(A, 1)]),
    { kind: 'already', status: 'held' },
    { kind: 'already', status: 'expired' },
  ],
]

describe('met by its id', () => {
  test.each(meeting)('%s', (_, command, live, due) => {
    expect(held('live').do(command)).toMatchObject(live)
    const partition = held('due')
    expect(partition.do(command)).toMatchObject(due)
    expect(partition.told()).toEqual(['expired o', 'changed A north'])
    expect(partition.status('o')).toBe('expired')
    expectGone(partition)
  })

  test('a payment at the deadline is late, and takes units and limits again, but not the guard', () => {
    const partition = held('due')
    expect(partition.do(make.confirm('o'))).toEqual({ kind: 'confirmed', late: true, owed: [] })
    expect(partition.told()).toEqual(['expired o', 'confirmed o', 'changed A north'])
    expect(partition.figures(A)).toBe('0 0 2 0 / 2')
    expect([partition.used('c'), partition.keeper('g'), partition.strikes('of ada')]).toEqual([2, null, 1])
  })

  test('a payment just before it is in time', () => {
    expect(held('live').do(make.confirm('o'))).toEqual({ kind: 'confirmed', late: false, owed: [] })
  })

  test('a deferred order is due just so', () => {
    const partition = held('due', 'defer')
    expect(partition.do(make.extend('o'))).toEqual({ kind: 'already', status: 'expired' })
    expectGone(partition)
  })
})

describe('met by its guard', () => {
  const asked = make.reserve('next', { ...fields, risk: null })

  test('it keeps the buyer out while it is live', () => {
    expect(held('live').do(asked)).toMatchObject({ kind: 'unpaid-order', id: 'o' })
  })

  test('it gives back its units, uses and guard first, so that they can be had', () => {
    const partition = held('due')
    expect(partition.do(asked).kind).toBe('granted')
    expect(partition.told()).toEqual(['expired o', 'granted next', 'changed A north'])
    expect(partition.figures(A)).toBe('0 2 0 0 / 2')
    expect([partition.used('c'), partition.keeper('g'), partition.strikes('of ada')]).toEqual([2, 'next', 1])
  })

  test('its strike counts against the very order that met it', () => {
    const partition = held('due')
    const wary = make.reserve('next', { ...fields, risk: gate('of ada', { refuseAt: 1 }) })
    expect(partition.do(wary)).toMatchObject({ kind: 'buyer-refused', strikes: 1 })
    expectGone(partition)
  })

  test('under an older name too', () => {
    const partition = held('due')
    const renamed = make.reserve('next', { ...fields, risk: null, guards: [guard('g, renamed', 'g')] })
    expect(partition.do(renamed).kind).toBe('granted')
    expect([partition.keeper('g'), partition.keeper('g, renamed')]).toEqual([null, 'next'])
  })

  test.each([
    ['comes too late', { notAfter: 0 }],
    ['the policy refuses', { refuse: { kind: 'pool-not-served', region: null, served: [] } }],
  ] as const)('an order that %s meets nothing', (_, refused) => {
    const partition = held('due')
    partition.do({ ...asked, ...refused })
    expect(partition.status('o')).toBe('held')
    expect(partition.events).toEqual([])
  })
})

test('units and uses of an overdue hold that nobody meets come back when it is swept', () => {
  const partition = held('due')
  expect(partition.do(make.reserve('next')).kind).toBe('insufficient-stock')
  expect(partition.do(make.sweep())).toEqual({ kind: 'swept', expired: ['o'], more: false, nextDueAt: null })
  expectGone(partition)
  expect(partition.do(make.reserve('next')).kind).toBe('granted')
})

describe('a sweep', () => {
  /** Holds that are due one after another, the last first, and two at the same instant. */
  function queue(): TestPartition {
    const partition = new TestPartition().stock(A, 9)
    for (const [id, holdMs] of [
      ['late', 400],
      ['b', 200],
      ['a', 200],
      ['first', 100],
      ['paid', 50],
    ] as const) {
      partition.do(make.reserve(id, { holdMs }))
    }
    partition.do(make.confirm('paid'))
    return partition
  }
  const start = 10_000

  test('expires the longest due first, equals by id, and tells when the next is due', () => {
    const partition = queue()
    partition.now = start + 300
    expect(partition.do(make.sweep())).toEqual({
      kind: 'swept',
      expired: ['first', 'a', 'b'],
      more: false,
      nextDueAt: start + 400,
    })
    expect(partition.status('late')).toBe('held')
    expect(partition.status('paid')).toBe('confirmed')
  })

  test('expires no more than it was asked to, and tells that more are due', () => {
    const partition = queue()
    partition.now = start + 300
    const answers = [1, 1, 5].map((limit) => partition.do(make.sweep(limit)))
    expect(answers).toEqual([
      { kind: 'swept', expired: ['first'], more: true, nextDueAt: start + 200 },
      { kind: 'swept', expired: ['a'], more: true, nextDueAt: start + 200 },
      { kind: 'swept', expired: ['b'], more: false, nextDueAt: start + 400 },
    ])
  })

  test('takes a hold at its deadline, not before', () => {
    const partition = queue()
    partition.now = start + 99
    expect(partition.do(make.sweep())).toMatchObject({ expired: [], nextDueAt: start + 100 })
    partition.now = start + 100
    expect(partition.do(make.sweep())).toMatchObject({ expired: ['first'] })
  })

  test('of a hold that was extended waits for its new deadline', () => {
    const partition = queue()
    partition.do(make.extend('first', 350))
    partition.now = start + 300
    expect(partition.do(make.sweep())).toMatchObject({ expired: ['a', 'b'], nextDueAt: start + 350 })
    partition.now = start + 350
    expect(partition.do(make.sweep())).toMatchObject({ expired: ['first'], nextDueAt: start + 400 })
  })

  test('of nothing writes nothing', () => {
    const partition = new TestPartition()
    expect(partition.do(make.sweep())).toEqual({ kind: 'swept', expired: [], more: false, nextDueAt: null })
    expect(partition.events).toEqual([])
  })

  test('never finds a hold twice, whatever ended it', () => {
    const partition = queue()
    partition.now = start + 300
    partition.do(make.release('first'))
    partition.do(make.confirm('a'))
    expect(partition.do(make.sweep())).toMatchObject({ expired: ['b'] })
    expect(partition.do(make.sweep())).toMatchObject({ expired: [] })
  })
})
