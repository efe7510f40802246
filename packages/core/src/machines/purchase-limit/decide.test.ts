import { expect, test } from 'vitest'
import { missingPairs } from '../../../test/missing-pairs.js'
import { decide, fits } from './decide.js'
import { evolve, initialState } from './evolve.js'
import type { LimitCommand, LimitEvent } from './types.js'

const counters = { unused: 0, 'one left': 4, 'used up': 5 }
type Counter = keyof typeof counters

const commands = {
  'claim 1': { kind: 'claim', quantity: 1, max: 5, usedBefore: 0 },
  'claim 2': { kind: 'claim', quantity: 2, max: 5, usedBefore: 0 },
  'claim 2, with 3 under an older name': { kind: 'claim', quantity: 2, max: 5, usedBefore: 3 },
  'keep 2': { kind: 'keep', quantity: 2 },
  'give back 2': { kind: 'give-back', quantity: 2 },
} satisfies Record<string, LimitCommand>
type Command = keyof typeof commands

const none: readonly unknown[] = []
const claimed = (quantity: number) => [{ type: 'claimed', quantity }]
const reached = (used: number) => ({ kind: 'purchase-limit', used })

const table: readonly [Command, Counter, readonly unknown[], unknown][] = [
  ['claim 1', 'unused', claimed(1), { kind: 'claimed' }],
  ['claim 1', 'one left', claimed(1), { kind: 'claimed' }],
  ['claim 1', 'used up', none, reached(5)],
  ['claim 2', 'unused', claimed(2), { kind: 'claimed' }],
  ['claim 2', 'one left', none, reached(4)],
  ['claim 2', 'used up', none, reached(5)],
  ['claim 2, with 3 under an older name', 'unused', claimed(2), { kind: 'claimed' }],
  ['claim 2, with 3 under an older name', 'one left', none, reached(7)],
  ['claim 2, with 3 under an older name', 'used up', none, reached(8)],
  // What was claimed may always be kept or given back, whatever the counter holds by then.
  ['keep 2', 'unused', [{ type: 'kept', quantity: 2 }], { kind: 'kept' }],
  ['keep 2', 'one left', [{ type: 'kept', quantity: 2 }], { kind: 'kept' }],
  ['keep 2', 'used up', [{ type: 'kept', quantity: 2 }], { kind: 'kept' }],
  ['give back 2', 'unused', [{ type: 'given-back', quantity: 2 }], { kind: 'given-back' }],
  ['give back 2', 'one left', [{ type: 'given-back', quantity: 2 }], { kind: 'given-back' }],
  ['give back 2', 'used up', [{ type: 'given-back', quantity: 2 }], { kind: 'given-back' }],
]

test.each(table)('%s of a counter that is %s', (command, counter, events, outcome) => {
  const state = { used: counters[counter], archived: 0 }
  expect(decide(commands[command], state)).toEqual({ events, outcome })
  expect(state, 'deciding changes nothing').toEqual({ used: counters[counter], archived: 0 })
})

test('the table holds every command beside every counter', () => {
  const all = missingPairs(table, Object.keys(commands) as Command[], Object.keys(counters) as Counter[])
  expect(all).toEqual([])
})

const changes: readonly [LimitEvent, number][] = [
  [{ type: 'claimed', quantity: 2 }, 6],
  // An unpaid claim counts already.
  [{ type: 'kept', quantity: 2 }, 4],
  [{ type: 'given-back', quantity: 2 }, 2],
]

test.each(changes)('%j on 4 uses makes %i', (event, used) => {
  expect(evolve({ used: 4, archived: 1 }, event)).toEqual({ used, archived: 1 })
})

test('a counter begins unused', () => {
  expect(initialState()).toEqual({ used: 0, archived: 0 })
  expect(initialState(), 'nobody shares one').not.toBe(initialState())
})

test.each([
  [4, 1, 5, true],
  [5, 1, 5, false],
  [0, 1_000_000_000, Number.MAX_SAFE_INTEGER, true],
  [Number.MAX_SAFE_INTEGER, 1, Number.MAX_SAFE_INTEGER, false],
])('with %i used, %i more under %i fit: %s', (used, quantity, max, expected) => {
  expect(fits(used, quantity, max)).toBe(expected)
})
