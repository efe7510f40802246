import { expect, test } from 'vitest'
import { A, B, units } from '../../../test/commands.js'
import { missingPairs } from '../../../test/missing-pairs.js'
import { LINES, line, reservations, STATUSES, USES } from '../../../test/reservations.js'
import type { ReservationEvent } from '../../port/events.js'
import { evolve, initialState, usesGivenBack } from './evolve.js'
import type { ReservationState } from './types.js'

const AT = 20_000
const head = { aggregate: 'reservation', id: 'o', version: 5, at: AT } as const
const { held, confirmed } = reservations

const events = {
  granted: {
    ...{
      ...head,
      type: 'granted',
      home: 'home',
      stock: 'taken',
      fingerprint: held.fingerprint,
      lines: LINES,
    },
    ...{ uses: USES, guards: [], strike: null, backorder: true, expiresAt: 1, maxExpiresAt: 2, data: null },
  },
  tombstoned: { ...head, type: 'tombstoned', home: 'home', cause: 'seller', reason: 'gone' },
  extended: { ...head, type: 'extended', expiresAt: 12_000 },
  shrunk: { ...head, type: 'shrunk', lines: [line(A, 1), line(B, 2)] },
  filled: { ...head, type: 'filled', account: A, quantity: 1, owedLeft: 0 },
  confirmed: { ...head, type: 'confirmed', payment: 'pi', late: true, lines: LINES, uses: USES },
  released: { ...head, type: 'released', cause: 'rollback', reason: null, struck: false },
  expired: { ...head, type: 'expired', struck: true },
  'refund-required': { ...head, type: 'refund-required', payment: 'pi', why: { kind: 'released' } },
  returned: {
    ...head,
    type: 'returned',
    movement: 'm',
    lines: [units(A, 1)],
    restocked: true,
    usesGivenBack: true,
  },
} satisfies { readonly [Type in ReservationEvent['type']]: Extract<ReservationEvent, { type: Type }> }
type Type = ReservationEvent['type']
type Status = ReservationState['status']

/** Status before, and after each event; where the decider cannot emit it, the state stays as it is. */
const stays = 'stays'
const table: readonly [Type, Status, Status | typeof stays][] = [
  ['granted', 'absent', 'held'],
  ['granted', 'held', stays],
  ['granted', 'deferred', stays],
  ['granted', 'confirmed', stays],
  ['granted', 'expired', stays],
  ['granted', 'released', stays],
  ['granted', 'refund-required', stays],
  ['granted', 'tombstoned', stays],
  ['tombstoned', 'absent', 'tombstoned'],
  ['tombstoned', 'held', stays],
  ['tombstoned', 'deferred', stays],
  ['tombstoned', 'confirmed', stays],
  ['tombstoned', 'expired', stays],
  ['tombstoned', 'released', stays],
  ['tombstoned', 'refund-required', stays],
  ['tombstoned', 'tombstoned', stays],
  ['extended', 'absent', stays],
  ['extended', 'held', 'held'],
  ['extended', 'deferred', 'deferred'],
  ['extended', 'confirmed', stays],
  ['extended', 'expired', stays],
  ['extended', 'released', stays],
  ['extended', 'refund-required', stays],
  ['extended', 'tombstoned', stays],
  ['shrunk', 'absent', stays],
  ['shrunk', 'held', 'held'],
  ['shrunk', 'deferred', 'deferred'],
  ['shrunk', 'confirmed', stays],
  ['shrunk', 'expired', stays],
  ['shrunk', 'released', stays],
  ['shrunk', 'refund-required', stays],
  ['shrunk', 'tombstoned', stays],
  ['filled', 'absent', stays],
  ['filled', 'held', 'held'],
  ['filled', 'deferred', stays],
  ['filled', 'confirmed', 'confirmed'],
  ['filled', 'expired', stays],
  ['filled', 'released', stays],
  ['filled', 'refund-required', stays],
  ['filled', 'tombstoned', stays],
  ['confirmed', 'absent', stays],
  ['confirmed', 'held', 'confirmed'],
  ['confirmed', 'deferred', 'confirmed'],
  ['confirmed', 'confirmed', stays],
  ['confirmed', 'expired', 'confirmed'],
  ['confirmed', 'released', stays],
  ['confirmed', 'refund-required', stays],
  ['confirmed', 'tombstoned', stays],
  ['released', 'absent', stays],
  ['released', 'held', 'released'],
  ['released', 'deferred', 'released'],
  ['released', 'confirmed', 'released'],
  ['released', 'expired', stays],
  ['released', 'released', stays],
  ['released', 'refund-required', stays],
  ['released', 'tombstoned', stays],
  ['expired', 'absent', stays],
  ['expired', 'held', 'expired'],
  ['expired', 'deferred', 'expired'],
  ['expired', 'confirmed', stays],
  ['expired', 'expired', stays],
  ['expired', 'released', stays],
  ['expired', 'refund-required', stays],
  ['expired', 'tombstoned', stays],
  ['refund-required', 'absent', stays],
  ['refund-required', 'held', stays],
  ['refund-required', 'deferred', 'refund-required'],
  ['refund-required', 'confirmed', stays],
  ['refund-required', 'expired', 'refund-required'],
  ['refund-required', 'released', 'refund-required'],
  ['refund-required', 'refund-required', stays],
  ['refund-required', 'tombstoned', stays],
  ['returned', 'absent', stays],
  ['returned', 'held', stays],
  ['returned', 'deferred', stays],
  ['returned', 'confirmed', 'confirmed'],
  ['returned', 'expired', stays],
  ['returned', 'released', stays],
  ['returned', 'refund-required', stays],
  ['returned', 'tombstoned', stays],
]

test.each(table)('%s on %s: %s', (type, status, expected) => {
  const before = reservations[status]
  const copy = structuredClone(before)
  const after = evolve(before, events[type])
  if (expected === stays) expect(after).toBe(before)
  else expect(after).toMatchObject({ status: expected, version: 5 })
  expect(before, 'a state may be shared').toEqual(copy)
})

test('the table holds every event beside every status', () => {
  expect(missingPairs(table, Object.keys(events) as Type[], STATUSES)).toEqual([])
})

test('an id begins absent', () => {
  expect(initialState()).toEqual({ status: 'absent' })
})

test('a grant that defers its units makes a deferred one', () => {
  expect(evolve(initialState(), { ...events.granted, stock: 'deferred' }).status).toBe('deferred')
})

const [perSku, perShop] = USES
const uses = (ofA: number, ofShop: number) => [
  { ...perSku, quantity: ofA },
  { ...perShop, quantity: ofShop },
]

const changes: readonly [Type, 'held' | 'confirmed' | 'expired', object][] = [
  ['extended', 'held', { expiresAt: 12_000, lines: LINES }],
  // Uses follow their lines.
  ['shrunk', 'held', { lines: [line(A, 1), line(B, 2)], uses: uses(1, 3) }],
  ['filled', 'held', { lines: [line(A, 3), line(B, 2)], uses: USES }],
  ['filled', 'confirmed', { lines: [line(A, 3), line(B, 2)], payment: 'pi' }],
  ['confirmed', 'expired', { payment: 'pi', late: true, lines: LINES, endedAt: AT }],
  ['released', 'held', { cause: 'rollback', payment: null, endedAt: AT }],
  ['released', 'confirmed', { cause: 'rollback', payment: 'pi', endedAt: AT }],
  ['expired', 'held', { endedAt: AT, lines: LINES, uses: USES, guards: held.guards }],
  ['refund-required', 'expired', { payment: 'pi', why: { kind: 'released' }, endedAt: AT }],
  [
    'returned',
    'confirmed',
    { lines: [line(A, 3, 1, 1), line(B, 2)], uses: uses(2, 4), endedAt: confirmed.endedAt },
  ],
]

test.each(changes)('%s on %s keeps and changes what it should', (type, status, fields) => {
  expect(evolve(reservations[status], events[type])).toMatchObject(fields)
})

test('a return that keeps uses leaves them', () => {
  const after = evolve(confirmed, { ...events.returned, usesGivenBack: false })
  expect(after).toMatchObject({ uses: USES, lines: [line(A, 3, 1, 1), line(B, 2)] })
})

test.each([
  ['of one line', [units(A, 2)], [2, 2]],
  ['of both lines', [units(A, 2), units(B, 1)], [2, 3]],
  ['of more than its uses are', [units(A, 9), units(B, 9)], [3, 5]],
  ['of another account', [units({ sku: 'C', pool: 'north' }, 2)], [0, 0]],
])('a return %s gives back uses of its lines, never more than there are', (_, lines, expected) => {
  expect(usesGivenBack(confirmed, lines).map(({ quantity }) => quantity)).toEqual(expected)
})
