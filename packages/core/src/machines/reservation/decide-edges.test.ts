import { describe, expect, test } from 'vitest'
import * as make from '../../../test/commands.js'
import { A, B, guard, HOLD, LONGEST_HOLD, units } from '../../../test/commands.js'
import {
  ASKED,
  DUE,
  DUE_AT_LATEST,
  LINES,
  line,
  ENDED as NOW,
  plenty,
  reservations,
  SHORT,
  soldOut,
  USES,
} from '../../../test/reservations.js'
import { decide, decideInternal } from './decide.js'

const { absent, held, deferred, confirmed, expired, released } = reservations
const order = make.reserve('o', { units: ASKED })
const none: readonly unknown[] = []

describe('a reserve', () => {
  test('that is granted tells all that it keeps', () => {
    const risk = make.gate('strikes of ada', { strikeMs: 500 })
    const guards = [guard('guard of ada', 'an older name')]
    const asked = { ...order, risk, guards, data: 'note' }
    const { claims } = asked
    expect(decide(asked, absent, plenty).events).toEqual([
      {
        aggregate: 'reservation',
        id: 'o',
        version: 1,
        at: NOW,
        type: 'granted',
        home: 'home',
        stock: 'taken',
        fingerprint: claims.fingerprint,
        lines: LINES,
        uses: USES,
        // Names under older keys are read, never written.
        guards: ['guard of ada'],
        strike: { strikes: 'strikes of ada', strikeMs: 500 },
        backorder: false,
        expiresAt: NOW + HOLD,
        maxExpiresAt: NOW + LONGEST_HOLD,
        data: 'note',
      },
    ])
  })

  test('that is deferred takes no unit', () => {
    const lines = [line(A, 3), line(B, 2)]
    const context = {
      ...plenty,
      admit: () => ({ kind: 'admitted', stock: 'deferred', lines, uses: USES }) as const,
    }
    const { events, outcome } = decide(order, absent, context)
    expect(events).toMatchObject([{ type: 'granted', stock: 'deferred', lines }])
    expect(outcome).toEqual({ kind: 'granted', stock: 'deferred', owed: [], expiresAt: NOW + HOLD })
  })

  test('whose hold is longer than the longest is held so long', () => {
    const { events } = decide({ ...order, holdMs: 9_000 }, absent, plenty)
    expect(events).toMatchObject([{ expiresAt: NOW + 9_000, maxExpiresAt: NOW + 9_000 }])
  })

  const notServed = { kind: 'pool-not-served', region: 'moon', served: ['north'] } as const
  test.each([
    ['at its last instant', { notAfter: NOW }, plenty, 'granted'],
    ['after it', { notAfter: NOW - 1 }, plenty, 'late'],
    ['after it, from a pool not served', { notAfter: NOW - 1, refuse: notServed }, plenty, 'late'],
    ['from a pool not served, without stock', { refuse: notServed }, soldOut, 'pool-not-served'],
    ['without stock', {}, soldOut, 'insufficient-stock'],
  ] as const)('%s', (_, fields, context, kind) => {
    const decision = decide({ ...order, ...fields }, absent, context)
    expect(decision.outcome.kind).toBe(kind)
    expect(decision.events).toHaveLength(kind === 'granted' ? 1 : 0)
  })

  test.each([
    ['the same', { units: ASKED }, { kind: 'replayed', status: 'held', expiresAt: DUE }],
    ['of another buyer', { units: ASKED, buyer: 'bob' }, { kind: 'id-reused', differs: ['buyer'] }],
    ['of other lines', { units: [units(A, 1)] }, { kind: 'id-reused', differs: ['lines'] }],
    [
      'of nothing alike',
      { units: [units(A, 1)], buyer: 'bob' },
      { kind: 'id-reused', differs: ['buyer', 'lines'] },
    ],
    // The id comes first: neither its last instant nor the policy is looked at.
    [
      'the same, late',
      { units: ASKED, notAfter: NOW - 1 },
      { kind: 'replayed', status: 'held', expiresAt: DUE },
    ],
    [
      'the same, refused by now',
      { units: ASKED, refuse: notServed },
      { kind: 'replayed', status: 'held', expiresAt: DUE },
    ],
    [
      'the same with other claims',
      { units: ASKED, uses: [make.use('c', 0)], guards: [guard('g')] },
      { kind: 'replayed', status: 'held', expiresAt: DUE },
    ],
  ] as const)('under a known id, %s', (_, fields, outcome) => {
    const again = make.reserve('o', {
      ...fields,
      fingerprint: { buyer: 'buyer' in fields ? fields.buyer : 'ada', lines: JSON.stringify(fields.units) },
    })
    expect(decide(again, held, soldOut)).toEqual({ events: none, outcome })
  })
})

describe('extending', () => {
  test.each([
    ['by less than is left', DUE - NOW - 1, DUE, 0],
    ['by just what is left', DUE - NOW, DUE, 0],
    ['by more', DUE - NOW + 1, DUE + 1, 1],
    ['past the longest hold', 1_000_000, DUE_AT_LATEST, 1],
  ])('%s', (_, holdMs, expiresAt, events) => {
    const decision = decide(make.extend('o', holdMs), held, plenty)
    expect(decision.outcome).toEqual({ kind: 'extended', expiresAt })
    expect(decision.events).toHaveLength(events)
  })
})

describe('shrinking', () => {
  const exceeds = (account: typeof A, quantityHeld: number) => ({
    kind: 'exceeds',
    account,
    held: quantityHeld,
  })
  const C = { sku: 'C', pool: 'north' }
  test.each([
    ['to what it is', ASKED, null, { kind: 'shrunk' }],
    // What is owed goes first, so that units in hand stay with the buyer.
    ['by the unit that is owed', [units(A, 2), units(B, 2)], [line(A, 2), line(B, 2)], { kind: 'shrunk' }],
    ['by more than is owed', [units(A, 1), units(B, 2)], [line(A, 1), line(B, 2)], { kind: 'shrunk' }],
    ['to one line: the others keep their place', [units(B, 1)], [line(A, 0), line(B, 1)], { kind: 'shrunk' }],
    ['to more than is held', [units(A, 4), units(B, 2)], null, exceeds(A, 3)],
    ['to a line that it does not have', [units(C, 1)], null, exceeds(C, 0)],
  ])('%s', (_, keep, lines, outcome) => {
    const decision = decide(make.shrink('o', ...keep), held, plenty)
    expect(decision.outcome).toEqual(outcome)
    expect(decision.events).toMatchObject(lines === null ? [] : [{ type: 'shrunk', lines }])
  })
})

describe('a payment', () => {
  const retake = {
    ...make.claims({ units: ASKED, uses: [make.use('c', 9, { lines: [0, 1] })] }),
    until: NOW + 1,
  }

  test('of a deferred order takes its units at that moment, and keeps its uses', () => {
    const { events } = decide(make.confirm('o', 'pi'), deferred, plenty)
    expect(events).toMatchObject([
      { type: 'confirmed', payment: 'pi', late: false, lines: LINES, uses: USES },
    ])
  })

  test.each([
    ['deferred', deferred],
    ['expired', expired],
  ])('of an order that is %s must be given back where units are short', (_, state) => {
    const { events, outcome } = decide(make.confirm('o', 'pi'), state, soldOut)
    expect(outcome).toEqual({ kind: 'refund-required', why: SHORT })
    expect(events).toMatchObject([{ type: 'refund-required', payment: 'pi', why: SHORT }])
  })

  test('of a paid order by another payment must be given back, that one alone', () => {
    const why = { kind: 'duplicate-payment', paid: 'pi' }
    const decision = decide(make.confirm('o', 'pi_2'), confirmed, plenty)
    expect(decision).toEqual({ events: none, outcome: { kind: 'refund-required', why } })
  })

  test('after a rollback of what it paid for must be given back', () => {
    const rolledBack = { ...released, cause: 'rollback', payment: 'pi' } as const
    const { events } = decide(make.confirm('o', 'pi'), rolledBack, plenty)
    expect(events).toMatchObject([{ type: 'refund-required', payment: 'pi', why: { kind: 'released' } }])
  })

  test('for an unknown id that brings its claims takes them, and pays them late', () => {
    const { events, outcome } = decide(make.confirm('o', 'pi', retake), absent, plenty)
    const uses = [{ counter: 'c', prior: [], quantity: 5, max: 9, lines: [0, 1] }]
    expect(outcome).toMatchObject({ kind: 'confirmed', late: true })
    expect(events).toMatchObject([
      { type: 'granted', version: 1, stock: 'taken', uses, guards: [], strike: null, expiresAt: NOW },
      { type: 'confirmed', version: 2, payment: 'pi', late: true, uses },
    ])
  })

  test('for an unknown id whose claims cannot be had again occupies the id', () => {
    const { events, outcome } = decide(make.confirm('o', 'pi', retake), absent, soldOut)
    expect(outcome).toEqual({ kind: 'refund-required', why: SHORT })
    expect(events).toMatchObject([{ type: 'tombstoned', cause: 'rollback', reason: 'insufficient-stock' }])
  })

  test('for an unknown id whose claims have lapsed takes nothing: it may have been paid before', () => {
    const decision = decide(make.confirm('o', 'pi', { ...retake, until: NOW }), absent, plenty)
    expect(decision).toEqual({ events: none, outcome: { kind: 'unknown-id' } })
  })
})

describe('a strike', () => {
  const unwatched = { ...held, strike: null }
  test.each([
    ['a buyer’s own unpaid cancel', 'buyer', held, true],
    ['a buyer’s cancel of a deferred order', 'buyer', deferred, true],
    ['a buyer’s cancel, where no rule counts strikes', 'buyer', unwatched, false],
    ['a seller’s cancel', 'seller', held, false],
    ['a rollback', 'rollback', held, false],
    ['a rollback of a paid order', 'rollback', confirmed, false],
  ] as const)('follows or not: %s', (_, cause, state, struck) => {
    expect(decide(make.release('o', cause), state, plenty).events).toMatchObject([
      { type: 'released', struck },
    ])
  })

  test('follows an expiry, where a rule counts strikes', () => {
    const expire = { kind: 'expire' } as const
    expect(decideInternal(expire, 'o', held, DUE)).toMatchObject([{ type: 'expired', struck: true }])
    expect(decideInternal(expire, 'o', deferred, DUE)).toMatchObject([{ type: 'expired', struck: true }])
    expect(decideInternal(expire, 'o', unwatched, DUE)).toMatchObject([{ type: 'expired', struck: false }])
  })
})

test.each([
  ['part of what is owed', 2, 1, [{ type: 'filled', account: A, quantity: 2, owedLeft: 1 }]],
  ['all that is owed', 3, 0, [{ type: 'filled', account: A, quantity: 3, owedLeft: 0 }]],
  ['more than is owed', 4, 0, []],
])('filling %s', (_, quantity, _left, events) => {
  const state = { ...held, lines: [line(A, 3, 3)] }
  expect(decideInternal({ kind: 'fill', account: A, quantity }, 'o', state, NOW)).toMatchObject(events)
  expect(decideInternal({ kind: 'fill', account: B, quantity }, 'o', state, NOW), 'another account').toEqual(
    [],
  )
})
