import { expect, test } from 'vitest'
import { missingPairs } from '../../../test/missing-pairs.js'
import { decide } from './decide.js'
import { evolve, initialState } from './evolve.js'
import type { CompensationCommand, CompensationEvent, CompensationState } from './types.js'

const NOW = 20_000

const common = {
  order: 'o',
  home: 'home',
  reason: 'no van',
  execution: 'run 1',
  attempts: 1,
  version: 4,
  requiredAt: 10_000,
}
const waiting = { ...common, status: 'required', nextAttemptAt: 11_000, lastError: 'boom' } as const
const states = {
  none: null,
  required: { ...waiting, done: [] },
  'rolled back': { ...waiting, done: ['order-rolled-back'] },
  restored: { ...waiting, done: ['order-rolled-back', 'units-restored'] },
  parked: { ...common, status: 'parked', done: ['order-rolled-back'], lastError: 'boom' },
  done: {
    ...common,
    status: 'done',
    done: ['order-rolled-back', 'units-restored', 'notified'],
    doneAt: 12_000,
  },
} satisfies Record<string, CompensationState | null>
type Standing = keyof typeof states

const step = { kind: 'step', order: 'o', execution: 'run 1' } as const
const fail = {
  kind: 'fail',
  order: 'o',
  execution: 'run 1',
  error: 'bang',
  budget: 3,
  retryAfterMs: 500,
} as const
const commands = {
  require: { kind: 'require', order: 'o', home: 'home', reason: 'no van', execution: 'run 1' },
  'roll back': { ...step, step: 'order-rolled-back' },
  restore: { ...step, step: 'units-restored' },
  notify: { ...step, step: 'notified' },
  'notify in another run': { ...step, step: 'notified', execution: 'run 2' },
  fail,
  'fail for the last time': { ...fail, budget: 2 },
  'fail in another run': { ...fail, execution: 'run 2' },
  resume: { kind: 'resume', order: 'o' },
} satisfies Record<string, CompensationCommand>
type Command = keyof typeof commands
type Status = CompensationState['status'] | 'none'

const unknown = { kind: 'unknown-id' }
const already = (status: Status) => ({ kind: 'already', status })
const early = (expected: string) => ({ kind: 'out-of-order', expected })
const stepDone = { kind: 'step-done' }
const otherRun = { kind: 'other-execution', execution: 'run 1' }
const retrying = { kind: 'retrying' }

/** Command, state before, types of the events, status after, outcome. */
const table: readonly [Command, Standing, string, Status, unknown][] = [
  ['require', 'none', 'required', 'required', { kind: 'required' }],
  ['require', 'required', '', 'required', already('required')],
  ['require', 'rolled back', '', 'required', already('required')],
  ['require', 'restored', '', 'required', already('required')],
  ['require', 'parked', '', 'parked', already('parked')],
  ['require', 'done', '', 'done', already('done')],

  ['roll back', 'none', '', 'none', unknown],
  ['roll back', 'required', 'step-done', 'required', stepDone],
  ['roll back', 'rolled back', '', 'required', already('required')],
  ['roll back', 'restored', '', 'required', already('required')],
  ['roll back', 'parked', '', 'parked', already('parked')],
  ['roll back', 'done', '', 'done', already('done')],

  ['restore', 'none', '', 'none', unknown],
  ['restore', 'required', '', 'required', early('order-rolled-back')],
  ['restore', 'rolled back', 'step-done', 'required', stepDone],
  ['restore', 'restored', '', 'required', already('required')],
  // Whoever was at it while it was parked got it done after all.
  ['restore', 'parked', 'step-done', 'required', stepDone],
  ['restore', 'done', '', 'done', already('done')],

  ['notify', 'none', '', 'none', unknown],
  ['notify', 'required', '', 'required', early('order-rolled-back')],
  ['notify', 'rolled back', '', 'required', early('units-restored')],
  ['notify', 'restored', 'step-done done', 'done', { kind: 'done' }],
  ['notify', 'parked', '', 'parked', early('units-restored')],
  ['notify', 'done', '', 'done', already('done')],

  ['notify in another run', 'none', '', 'none', unknown],
  ['notify in another run', 'required', '', 'required', otherRun],
  ['notify in another run', 'rolled back', '', 'required', otherRun],
  ['notify in another run', 'restored', '', 'required', otherRun],
  ['notify in another run', 'parked', '', 'parked', otherRun],
  ['notify in another run', 'done', '', 'done', otherRun],

  ['fail', 'none', '', 'none', unknown],
  ['fail', 'required', 'attempt-failed', 'required', retrying],
  ['fail', 'rolled back', 'attempt-failed', 'required', retrying],
  ['fail', 'restored', 'attempt-failed', 'required', retrying],
  ['fail', 'parked', '', 'parked', already('parked')],
  ['fail', 'done', '', 'done', already('done')],

  ['fail for the last time', 'none', '', 'none', unknown],
  ['fail for the last time', 'required', 'parked', 'parked', { kind: 'parked' }],
  ['fail for the last time', 'rolled back', 'parked', 'parked', { kind: 'parked' }],
  ['fail for the last time', 'restored', 'parked', 'parked', { kind: 'parked' }],
  ['fail for the last time', 'parked', '', 'parked', already('parked')],
  ['fail for the last time', 'done', '', 'done', already('done')],

  ['fail in another run', 'none', '', 'none', unknown],
  ['fail in another run', 'required', '', 'required', otherRun],
  ['fail in another run', 'rolled back', '', 'required', otherRun],
  ['fail in another run', 'restored', '', 'required', otherRun],
  ['fail in another run', 'parked', '', 'parked', otherRun],
  ['fail in another run', 'done', '', 'done', otherRun],

  ['resume', 'none', '', 'none', unknown],
  ['resume', 'required', '', 'required', already('required')],
  ['resume', 'rolled back', '', 'required', already('required')],
  ['resume', 'restored', '', 'required', already('required')],
  ['resume', 'parked', 'resumed', 'required', { kind: 'resumed' }],
  ['resume', 'done', '', 'done', already('done')],
]

test.each(table)('%s × %s: %s → %s', (command, standing, types, status, outcome) => {
  const before = states[standing]
  const copy = structuredClone(before)
  const decision = decide(commands[command], before, NOW)
  expect(decision.outcome).toEqual(outcome)
  expect(decision.events.map((event) => event.type).join(' ')).toBe(types)
  let state: CompensationState | null = before
  let version = before?.version ?? 0
  for (const event of decision.events) {
    version += 1
    expect(event).toMatchObject({ aggregate: 'compensation', order: 'o', version, at: NOW })
    state = evolve(state, event)
  }
  expect(state?.status ?? 'none').toBe(status)
  expect(before, 'deciding changes nothing').toEqual(copy)
})

test('the table holds every command beside every state', () => {
  expect(missingPairs(table, Object.keys(commands) as Command[], Object.keys(states) as Standing[])).toEqual(
    [],
  )
})

const head = { aggregate: 'compensation', order: 'o', version: 5, at: NOW } as const
const events = {
  required: { ...head, type: 'required', home: 'home', reason: 'no van', execution: 'run 1' },
  'step-done': { ...head, type: 'step-done', step: 'units-restored', execution: 'run 1' },
  'attempt-failed': { ...head, type: 'attempt-failed', error: 'bang', nextAttemptAt: 21_000 },
  parked: { ...head, type: 'parked', attempts: 3, error: 'bang' },
  resumed: { ...head, type: 'resumed' },
  done: { ...head, type: 'done' },
} satisfies { readonly [Type in CompensationEvent['type']]: Extract<CompensationEvent, { type: Type }> }
type Type = CompensationEvent['type']

const twoDone = ['order-rolled-back', 'units-restored']
/** What each event makes of each state; where the decider cannot emit it, the state stays as it is. */
const evolutions: readonly [Type, Standing, object | 'stays'][] = [
  [
    'required',
    'none',
    { status: 'required', requiredAt: NOW, done: [], attempts: 0, nextAttemptAt: NOW, lastError: null },
  ],
  ['required', 'required', 'stays'],
  ['required', 'parked', 'stays'],
  ['required', 'done', 'stays'],
  ['step-done', 'none', 'stays'],
  [
    'step-done',
    'rolled back',
    { status: 'required', done: twoDone, attempts: 0, nextAttemptAt: NOW, lastError: null },
  ],
  [
    'step-done',
    'parked',
    { status: 'required', done: twoDone, attempts: 0, nextAttemptAt: NOW, lastError: null },
  ],
  ['step-done', 'done', 'stays'],
  ['attempt-failed', 'none', 'stays'],
  [
    'attempt-failed',
    'required',
    { status: 'required', attempts: 2, nextAttemptAt: 21_000, lastError: 'bang', done: [] },
  ],
  ['attempt-failed', 'parked', 'stays'],
  ['attempt-failed', 'done', 'stays'],
  ['parked', 'none', 'stays'],
  ['parked', 'restored', { status: 'parked', attempts: 3, lastError: 'bang', done: twoDone }],
  ['parked', 'parked', 'stays'],
  ['parked', 'done', 'stays'],
  ['resumed', 'none', 'stays'],
  ['resumed', 'required', 'stays'],
  [
    'resumed',
    'parked',
    { status: 'required', attempts: 0, nextAttemptAt: NOW, lastError: null, done: ['order-rolled-back'] },
  ],
  ['resumed', 'done', 'stays'],
  ['done', 'none', 'stays'],
  ['done', 'restored', { status: 'done', doneAt: NOW, done: twoDone }],
  ['done', 'parked', 'stays'],
  ['done', 'done', 'stays'],
]

test.each(evolutions)('%s on %s', (type, standing, expected) => {
  const before = states[standing]
  const copy = structuredClone(before)
  const after = evolve(before, events[type])
  if (expected === 'stays') expect(after).toBe(before)
  else
    expect(after).toMatchObject({ ...expected, order: 'o', version: 5, reason: 'no van', execution: 'run 1' })
  expect(before, 'a state may be shared').toEqual(copy)
})

test('nothing is to be undone at first', () => {
  expect(initialState()).toBeNull()
})

test('an attempt that failed is tried again after the wait that was asked for', () => {
  expect(decide(commands.fail, states.required, NOW).events).toMatchObject([
    { type: 'attempt-failed', error: 'bang', nextAttemptAt: NOW + 500 },
  ])
})
