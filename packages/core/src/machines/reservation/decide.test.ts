import { expect, test } from 'vitest'
import * as make from '../../../test/commands.js'
import { A, HOLD, units } from '../../../test/commands.js'
import { missingPairs } from '../../../test/missing-pairs.js'
import { ASKED, ENDED as NOW, plenty, reservations, STATUSES } from '../../../test/reservations.js'
import type { ReservationEvent } from '../../port/events.js'
import { decide, decideInternal } from './decide.js'
import { evolve } from './evolve.js'
import type { InternalCommand, ReservationState } from './types.js'

// Every command beside every status, with all that can be had to be had; what else may be is in decide-edges.test.ts.

const commands = {
  reserve: make.reserve('o', { units: ASKED }),
  extend: make.extend('o', HOLD),
  shrink: make.shrink('o', units(A, 1)),
  confirm: make.confirm('o', 'pi'),
  'release by the buyer': make.release('o', 'buyer'),
  'release by the seller': make.release('o', 'seller'),
  'roll back': make.release('o', 'rollback'),
  return: make.returned('o', 'back', [units(A, 2)]),
}
const internal = {
  expire: { kind: 'expire' },
  fill: { kind: 'fill', account: A, quantity: 1 },
} satisfies Record<string, InternalCommand>
type Command = keyof typeof commands
type Internal = keyof typeof internal
type Status = ReservationState['status']

const owed = [units(A, 1)]
const already = (status: Status) => ({ kind: 'already', status })
const replayed = (status: Status) => ({ kind: 'replayed', status, expiresAt: null })
const refund = (why: unknown) => ({ kind: 'refund-required', why })
const unknown = { kind: 'unknown-id' }
const granted = { kind: 'granted', stock: 'taken', owed, expiresAt: NOW + HOLD }
const extended = { kind: 'extended', expiresAt: NOW + HOLD }
const open = { kind: 'replayed', expiresAt: 11_000 }
const short = { kind: 'insufficient-stock', short: [] }

/** Command, status before, types of the events, status after, outcome. */
const table: readonly [Command, Status, string, Status, unknown][] = [
  ['reserve', 'absent', 'granted', 'held', granted],
  ['reserve', 'held', '', 'held', { ...open, status: 'held' }],
  ['reserve', 'deferred', '', 'deferred', { ...open, status: 'deferred' }],
  ['reserve', 'confirmed', '', 'confirmed', replayed('confirmed')],
  ['reserve', 'expired', '', 'expired', replayed('expired')],
  ['reserve', 'released', '', 'released', replayed('released')],
  ['reserve', 'refund-required', '', 'refund-required', replayed('refund-required')],
  // Undo came before do.
  ['reserve', 'tombstoned', '', 'tombstoned', { kind: 'tombstoned' }],

  ['extend', 'absent', '', 'absent', unknown],
  ['extend', 'held', 'extended', 'held', extended],
  ['extend', 'deferred', 'extended', 'deferred', extended],
  ['extend', 'confirmed', '', 'confirmed', already('confirmed')],
  ['extend', 'expired', '', 'expired', already('expired')],
  ['extend', 'released', '', 'released', already('released')],
  ['extend', 'refund-required', '', 'refund-required', already('refund-required')],
  ['extend', 'tombstoned', '', 'tombstoned', already('tombstoned')],

  ['shrink', 'absent', '', 'absent', unknown],
  ['shrink', 'held', 'shrunk', 'held', { kind: 'shrunk' }],
  ['shrink', 'deferred', 'shrunk', 'deferred', { kind: 'shrunk' }],
  ['shrink', 'confirmed', '', 'confirmed', already('confirmed')],
  ['shrink', 'expired', '', 'expired', already('expired')],
  ['shrink', 'released', '', 'released', already('released')],
  ['shrink', 'refund-required', '', 'refund-required', already('refund-required')],
  ['shrink', 'tombstoned', '', 'tombstoned', already('tombstoned')],

  ['confirm', 'absent', '', 'absent', unknown],
  ['confirm', 'held', 'confirmed', 'confirmed', { kind: 'confirmed', late: false, owed }],
  ['confirm', 'deferred', 'confirmed', 'confirmed', { kind: 'confirmed', late: false, owed }],
  ['confirm', 'confirmed', '', 'confirmed', already('confirmed')],
  ['confirm', 'expired', 'confirmed', 'confirmed', { kind: 'confirmed', late: true, owed }],
  ['confirm', 'released', 'refund-required', 'refund-required', refund({ kind: 'released' })],
  // It never takes again, however often the payment is delivered.
  ['confirm', 'refund-required', '', 'refund-required', refund(short)],
  ['confirm', 'tombstoned', '', 'tombstoned', refund({ kind: 'released' })],

  ['release by the buyer', 'absent', 'tombstoned', 'tombstoned', { kind: 'tombstoned' }],
  ['release by the buyer', 'held', 'released', 'released', { kind: 'released' }],
  ['release by the buyer', 'deferred', 'released', 'released', { kind: 'released' }],
  ['release by the buyer', 'confirmed', '', 'confirmed', already('confirmed')],
  ['release by the buyer', 'expired', '', 'expired', already('expired')],
  ['release by the buyer', 'released', '', 'released', already('released')],
  ['release by the buyer', 'refund-required', '', 'refund-required', already('refund-required')],
  ['release by the buyer', 'tombstoned', '', 'tombstoned', already('tombstoned')],

  ['release by the seller', 'absent', 'tombstoned', 'tombstoned', { kind: 'tombstoned' }],
  ['release by the seller', 'held', 'released', 'released', { kind: 'released' }],
  ['release by the seller', 'deferred', 'released', 'released', { kind: 'released' }],
  ['release by the seller', 'confirmed', '', 'confirmed', already('confirmed')],
  ['release by the seller', 'expired', '', 'expired', already('expired')],
  ['release by the seller', 'released', '', 'released', already('released')],
  ['release by the seller', 'refund-required', '', 'refund-required', already('refund-required')],
  ['release by the seller', 'tombstoned', '', 'tombstoned', already('tombstoned')],

  ['roll back', 'absent', 'tombstoned', 'tombstoned', { kind: 'tombstoned' }],
  ['roll back', 'held', 'released', 'released', { kind: 'released' }],
  ['roll back', 'deferred', 'released', 'released', { kind: 'released' }],
  // Of what was paid for, a rollback alone gives all back.
  ['roll back', 'confirmed', 'released', 'released', { kind: 'released' }],
  ['roll back', 'expired', '', 'expired', already('expired')],
  ['roll back', 'released', '', 'released', already('released')],
  ['roll back', 'refund-required', '', 'refund-required', already('refund-required')],
  ['roll back', 'tombstoned', '', 'tombstoned', already('tombstoned')],

  ['return', 'absent', '', 'absent', unknown],
  ['return', 'held', '', 'held', already('held')],
  ['return', 'deferred', '', 'deferred', already('deferred')],
  ['return', 'confirmed', 'returned', 'confirmed', { kind: 'returned' }],
  ['return', 'expired', '', 'expired', already('expired')],
  ['return', 'released', '', 'released', already('released')],
  ['return', 'refund-required', '', 'refund-required', already('refund-required')],
  ['return', 'tombstoned', '', 'tombstoned', already('tombstoned')],
]

const inside: readonly [Internal, Status, string, Status][] = [
  ['expire', 'absent', '', 'absent'],
  ['expire', 'held', 'expired', 'expired'],
  ['expire', 'deferred', 'expired', 'expired'],
  ['expire', 'confirmed', '', 'confirmed'],
  ['expire', 'expired', '', 'expired'],
  ['expire', 'released', '', 'released'],
  ['expire', 'refund-required', '', 'refund-required'],
  ['expire', 'tombstoned', '', 'tombstoned'],
  ['fill', 'absent', '', 'absent'],
  ['fill', 'held', 'filled', 'held'],
  // It takes its units at payment.
  ['fill', 'deferred', '', 'deferred'],
  ['fill', 'confirmed', 'filled', 'confirmed'],
  ['fill', 'expired', '', 'expired'],
  ['fill', 'released', '', 'released'],
  ['fill', 'refund-required', '', 'refund-required'],
  ['fill', 'tombstoned', '', 'tombstoned'],
]

test.each(table)('%s × %s: %s → %s', (command, status, events, after, outcome) => {
  const state = frozen(reservations[status])
  const decision = decide(commands[command], state, plenty)
  expect(decision.outcome).toEqual(outcome)
  expectEvents(state, decision.events, events, after)
})

test.each(inside)('%s × %s: %s → %s', (command, status, events, after) => {
  const state = frozen(reservations[status])
  const decided = state.status === 'absent' ? [] : decideInternal(internal[command], 'o', state, NOW)
  expectEvents(state, decided, events, after)
})

test('the tables hold every command beside every status', () => {
  expect(missingPairs(table, Object.keys(commands) as Command[], STATUSES)).toEqual([])
  expect(missingPairs(inside, Object.keys(internal) as Internal[], STATUSES)).toEqual([])
})

/** The events are of these types, one version after another, and make this status of the state. */
function expectEvents(
  state: ReservationState,
  events: readonly ReservationEvent[],
  types: string,
  status: Status,
) {
  expect(events.map((event) => event.type).join(' ')).toBe(types)
  let version = state.status === 'absent' ? 0 : state.version
  let after = state
  for (const event of events) {
    version += 1
    expect(event).toMatchObject({ aggregate: 'reservation', id: 'o', version, at: NOW })
    after = evolve(after, event)
  }
  expect(after).toMatchObject(status === 'absent' ? { status } : { status, version })
}

/** Whoever decides changes nothing. */
function frozen(state: ReservationState): ReservationState {
  for (const value of Object.values(state)) Object.freeze(value)
  return Object.freeze(state)
}
