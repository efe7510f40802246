import { expect, test } from 'vitest'
import { missingPairs } from '../../../test/missing-pairs.js'
import { blocks, decide } from './decide.js'
import { evolve, FREE, initialState } from './evolve.js'
import type { GuardCommand, GuardEvent, GuardState } from './types.js'

const NOW = 1_000

const guards = {
  free: FREE,
  'open for a': { status: 'open', id: 'a', expiresAt: NOW + 1 },
  'open for b': { status: 'open', id: 'b', expiresAt: NOW + 1 },
  'due of b': { status: 'open', id: 'b', expiresAt: NOW },
} satisfies Record<string, GuardState>
type Guard = keyof typeof guards

const commands = {
  'open for a': { kind: 'open', id: 'a', expiresAt: 5_000, now: NOW },
  'extend for a': { kind: 'extend', id: 'a', expiresAt: 5_000 },
  'free by a': { kind: 'free', id: 'a' },
} satisfies Record<string, GuardCommand>
type Command = keyof typeof commands

const none: readonly unknown[] = []
const opened = [{ type: 'opened', id: 'a', expiresAt: 5_000 }]
const notOwn = { kind: 'not-own' }

const table: readonly [Command, Guard, readonly unknown[], unknown][] = [
  ['open for a', 'free', opened, { kind: 'opened' }],
  ['open for a', 'open for a', opened, { kind: 'opened' }],
  ['open for a', 'open for b', none, { kind: 'unpaid-order', id: 'b', expiresAt: NOW + 1 }],
  // Due means free, whether swept or not.
  ['open for a', 'due of b', opened, { kind: 'opened' }],
  ['extend for a', 'free', none, notOwn],
  ['extend for a', 'open for a', [{ type: 'extended', expiresAt: 5_000 }], { kind: 'extended' }],
  ['extend for a', 'open for b', none, notOwn],
  ['extend for a', 'due of b', none, notOwn],
  ['free by a', 'free', none, notOwn],
  ['free by a', 'open for a', [{ type: 'freed' }], { kind: 'freed' }],
  // Freed only by its own id.
  ['free by a', 'open for b', none, notOwn],
  ['free by a', 'due of b', none, notOwn],
]

test.each(table)('%s of a guard that is %s', (command, guard, events, outcome) => {
  expect(decide(commands[command], guards[guard])).toEqual({ events, outcome })
})

test('the table holds every command beside every guard', () => {
  const all = missingPairs(table, Object.keys(commands) as Command[], Object.keys(guards) as Guard[])
  expect(all).toEqual([])
})

const changes: readonly [GuardEvent, Guard, GuardState][] = [
  [{ type: 'opened', id: 'c', expiresAt: 9 }, 'free', { status: 'open', id: 'c', expiresAt: 9 }],
  [{ type: 'opened', id: 'c', expiresAt: 9 }, 'due of b', { status: 'open', id: 'c', expiresAt: 9 }],
  [{ type: 'extended', expiresAt: 9 }, 'open for a', { status: 'open', id: 'a', expiresAt: 9 }],
  // Nothing is open that could be extended.
  [{ type: 'extended', expiresAt: 9 }, 'free', FREE],
  [{ type: 'freed' }, 'open for a', FREE],
  [{ type: 'freed' }, 'free', FREE],
]

test.each(changes)('%j on a guard that is %s', (event, guard, after) => {
  expect(evolve(guards[guard], event)).toEqual(after)
})

test('a guard begins free', () => {
  expect(initialState()).toEqual({ status: 'free' })
})

test.each([
  ['nobody', undefined, NOW, false],
  ['another order', { status: 'open', id: 'b', expiresAt: NOW + 1 }, NOW, true],
  ['another order, due at this instant', { status: 'open', id: 'b', expiresAt: NOW }, NOW, false],
  ['itself', { status: 'open', id: 'a', expiresAt: NOW + 1 }, NOW, false],
] as const)('a guard kept by %s', (_, open, now, kept) => {
  expect(blocks(open, 'a', now)).toBe(kept)
})
