import { expect, test } from 'vitest'
import { missingPairs } from '../../../test/missing-pairs.js'
import { decide, openAttempt } from './decide.js'
import { evolve, initialState } from './evolve.js'
import type { AdmittedOrder, PiecedOrderCommand, PiecedOrderEvent, PiecedOrderState } from './types.js'

const limits = { id: 'limits', partition: 'p1', lines: null }
const units = { id: 'units', partition: 'p2', lines: [0, 1] }
const late = { id: 'late', partition: 'p2', lines: [0, 1] }
const mine = { token: 'mine', plan: 'plan', pieces: [limits, units] }
const theirs = { token: 'theirs', plan: 'plan', pieces: [limits] }
const payment = { token: 'payment', plan: 'pay', pieces: [late] }
const refusal = { kind: 'tombstoned' } as const
const returned = { movement: 'back', units: [], restock: true, giveBackUses: false }

const admitted: AdmittedOrder = {
  status: 'admitted',
  pieces: [limits, units],
  taking: null,
  strays: [],
  followed: 0,
  returns: [],
}
const states = {
  absent: { status: 'absent' },
  'pending, mine': { status: 'pending', attempt: mine },
  'pending, another’s': { status: 'pending', attempt: theirs },
  admitted,
  'admitted, taking': { ...admitted, taking: payment },
  'aborted, mine': { status: 'aborted', token: 'mine', refusal, strays: [limits, units] },
  'aborted, another’s': { status: 'aborted', token: 'theirs', refusal, strays: [limits] },
} satisfies Record<string, PiecedOrderState>
type State = keyof typeof states

const commands = {
  begin: { kind: 'begin', attempt: mine },
  admit: { kind: 'admit', token: 'mine', deferred: false },
  'admit, deferred': { kind: 'admit', token: 'mine', deferred: true },
  abort: { kind: 'abort', token: 'mine', refusal },
  'abort the payment': { kind: 'abort', token: 'payment', refusal: null },
  take: { kind: 'take', attempt: payment },
  taken: { kind: 'taken', token: 'payment', adds: false },
  'taken, added': { kind: 'taken', token: 'payment', adds: true },
  return: { kind: 'return', returned },
  followed: { kind: 'followed', version: 2, strays: ['limits'] },
} satisfies Record<string, PiecedOrderCommand>
type Command = keyof typeof commands

const none: readonly PiecedOrderEvent[] = []
const begun = { kind: 'begun' }
const decided = { kind: 'decided' }
const noted = { kind: 'noted' }
const aborted = { kind: 'aborted', refusal }
const lost = { kind: 'aborted', refusal: null }
const abortedEvent = [{ type: 'aborted', refusal }]
const admittedEvent = [{ type: 'admitted', pieces: [limits, units], strays: [] }]
const deferredEvent = [{ type: 'admitted', pieces: [limits], strays: [units] }]
const takenEvent = [{ type: 'taken', pieces: [late], strays: [limits, units] }]
const addedEvent = [{ type: 'taken', pieces: [limits, units, late], strays: [] }]
const returnedEvent = [{ type: 'returned', returned }]
const followedEvent = [{ type: 'followed', version: 2, strays: ['limits'] }]

const table: readonly [Command, State, readonly unknown[], unknown][] = [
  ['begin', 'absent', [{ type: 'begun', attempt: mine }], begun],
  ['begin', 'pending, mine', none, { kind: 'pending', attempt: mine }],
  ['begin', 'pending, another’s', none, { kind: 'pending', attempt: theirs }],
  ['begin', 'admitted', none, decided],
  ['begin', 'admitted, taking', none, decided],
  // Its pieces are given back first: its own guard would keep the next attempt out.
  ['begin', 'aborted, mine', none, { kind: 'unsettled' }],
  ['begin', 'aborted, another’s', none, { kind: 'unsettled' }],
  ['admit', 'absent', none, lost],
  ['admit', 'pending, mine', admittedEvent, { kind: 'admitted' }],
  ['admit', 'pending, another’s', none, lost],
  ['admit', 'admitted', none, decided],
  ['admit', 'admitted, taking', none, decided],
  // Aborted first: it stays aborted, and who comes late learns why.
  ['admit', 'aborted, mine', none, aborted],
  ['admit', 'aborted, another’s', none, lost],
  ['admit, deferred', 'absent', none, lost],
  ['admit, deferred', 'pending, mine', deferredEvent, { kind: 'admitted' }],
  ['admit, deferred', 'pending, another’s', none, lost],
  ['admit, deferred', 'admitted', none, decided],
  ['admit, deferred', 'admitted, taking', none, decided],
  ['admit, deferred', 'aborted, mine', none, aborted],
  ['admit, deferred', 'aborted, another’s', none, lost],
  ['abort', 'absent', none, lost],
  ['abort', 'pending, mine', abortedEvent, aborted],
  ['abort', 'pending, another’s', none, lost],
  // Admitted first: it stays admitted.
  ['abort', 'admitted', none, decided],
  ['abort', 'admitted, taking', none, decided],
  ['abort', 'aborted, mine', none, aborted],
  ['abort', 'aborted, another’s', none, lost],
  ['abort the payment', 'absent', none, lost],
  ['abort the payment', 'pending, mine', none, lost],
  ['abort the payment', 'pending, another’s', none, lost],
  ['abort the payment', 'admitted', none, decided],
  ['abort the payment', 'admitted, taking', [{ type: 'aborted', refusal: null }], lost],
  ['abort the payment', 'aborted, mine', none, lost],
  ['abort the payment', 'aborted, another’s', none, lost],
  ['take', 'absent', none, lost],
  ['take', 'pending, mine', none, lost],
  ['take', 'pending, another’s', none, lost],
  ['take', 'admitted', [{ type: 'taking', attempt: payment }], begun],
  ['take', 'admitted, taking', none, { kind: 'pending', attempt: payment }],
  ['take', 'aborted, mine', none, lost],
  ['take', 'aborted, another’s', none, lost],
  ['taken', 'absent', none, lost],
  ['taken', 'pending, mine', none, lost],
  ['taken', 'pending, another’s', none, lost],
  ['taken', 'admitted', none, lost],
  // A late payment took everything again: what the order had before is nothing of its own.
  ['taken', 'admitted, taking', takenEvent, { kind: 'taken' }],
  ['taken', 'aborted, mine', none, lost],
  ['taken', 'aborted, another’s', none, lost],
  ['taken, added', 'absent', none, lost],
  ['taken, added', 'pending, mine', none, lost],
  ['taken, added', 'pending, another’s', none, lost],
  ['taken, added', 'admitted', none, lost],
  ['taken, added', 'admitted, taking', addedEvent, { kind: 'taken' }],
  ['taken, added', 'aborted, mine', none, lost],
  ['taken, added', 'aborted, another’s', none, lost],
  ['return', 'absent', none, noted],
  ['return', 'pending, mine', none, noted],
  ['return', 'pending, another’s', none, noted],
  ['return', 'admitted', returnedEvent, noted],
  ['return', 'admitted, taking', returnedEvent, noted],
  ['return', 'aborted, mine', none, noted],
  ['return', 'aborted, another’s', none, noted],
  ['followed', 'absent', none, noted],
  ['followed', 'pending, mine', none, noted],
  ['followed', 'pending, another’s', none, noted],
  ['followed', 'admitted', followedEvent, noted],
  ['followed', 'admitted, taking', followedEvent, noted],
  ['followed', 'aborted, mine', followedEvent, noted],
  ['followed', 'aborted, another’s', followedEvent, noted],
]

test.each(table)('%s of a record that is %s', (command, state, events, outcome) => {
  expect(decide(commands[command], states[state])).toEqual({ events, outcome })
})

test('the table holds every command beside every state', () => {
  expect(missingPairs(table, Object.keys(commands) as Command[], Object.keys(states) as State[])).toEqual([])
})

const changes: readonly [PiecedOrderEvent, State, PiecedOrderState][] = [
  [{ type: 'begun', attempt: mine }, 'absent', { status: 'pending', attempt: mine }],
  [
    { type: 'admitted', pieces: [limits], strays: [units] },
    'pending, mine',
    { ...admitted, pieces: [limits], strays: [units] },
  ],
  [{ type: 'aborted', refusal }, 'pending, mine', states['aborted, mine']],
  // Nothing is undecided.
  [{ type: 'aborted', refusal }, 'admitted', admitted],
  [{ type: 'aborted', refusal }, 'absent', states.absent],
  // The order stands; what its payment had taken is given back.
  [{ type: 'aborted', refusal: null }, 'admitted, taking', { ...admitted, strays: [late] }],
  [{ type: 'taking', attempt: payment }, 'admitted', states['admitted, taking']],
  [{ type: 'taking', attempt: payment }, 'absent', states.absent],
  [
    { type: 'taken', pieces: [late], strays: [limits, units] },
    'admitted, taking',
    { ...admitted, pieces: [late], strays: [limits, units] },
  ],
  [{ type: 'returned', returned }, 'admitted', { ...admitted, returns: [returned] }],
  [{ type: 'returned', returned }, 'pending, mine', states['pending, mine']],
  [{ type: 'followed', version: 2, strays: [] }, 'admitted', { ...admitted, followed: 2 }],
  [{ type: 'followed', version: -1, strays: [] }, 'admitted', admitted],
  [
    { type: 'followed', version: 0, strays: ['limits'] },
    'aborted, mine',
    { status: 'aborted', token: 'mine', refusal, strays: [units] },
  ],
  // Refusals are not remembered.
  [{ type: 'followed', version: 0, strays: ['limits'] }, 'aborted, another’s', { status: 'absent' }],
  [{ type: 'followed', version: 2, strays: [] }, 'absent', { status: 'absent' }],
]

test.each(changes)('%j on a record that is %s', (event, state, after) => {
  expect(evolve(states[state], event)).toEqual(after)
})

test('a record begins absent, with nothing undecided', () => {
  expect(initialState()).toEqual({ status: 'absent' })
  expect(openAttempt(initialState())).toBeNull()
  expect(openAttempt(states['pending, mine'])).toBe(mine)
  expect(openAttempt(states['admitted, taking'])).toBe(payment)
})
