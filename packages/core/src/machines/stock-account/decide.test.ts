import { expect, test } from 'vitest'
import { A } from '../../../test/commands.js'
import { missingPairs } from '../../../test/missing-pairs.js'
import { decide, owedOf, sellable } from './decide.js'
import { evolve, initialState } from './evolve.js'
import type { StockAccountCommand, StockAccountEvent, StockAccountState } from './types.js'

const MOST = Number.MAX_SAFE_INTEGER
const settings = { opensAt: 10, closesAt: 20, backorderLimit: 5 }
const plain = { opensAt: null, closesAt: null, backorderLimit: 0 }

const accounts = {
  empty: {},
  stocked: { available: 5, reserved: 2, sold: 3, supplied: 10, ...settings, configVersion: 3 },
  owing: { available: 2, reserved: 4, backordered: 4, supplied: 6, backorderLimit: 6, configVersion: 3 },
  full: { available: MOST - 4, sold: 4, supplied: MOST, configVersion: 3 },
} satisfies Record<string, Partial<StockAccountState>>
type Account = keyof typeof accounts

const commands = {
  'take 3': { kind: 'take', quantity: 3, backorder: false },
  'take 3 or owe': { kind: 'take', quantity: 3, backorder: true },
  'supply 0': { kind: 'supply', delta: 0 },
  'supply 1': { kind: 'supply', delta: 1 },
  'supply −5': { kind: 'supply', delta: -5 },
  'configure 2': { kind: 'configure', version: 2, ...settings },
  'configure 3': { kind: 'configure', version: 3, ...settings },
  'configure 4': { kind: 'configure', version: 4, ...settings },
} satisfies Record<string, StockAccountCommand>
type Command = keyof typeof commands

function stateOf(account: Account): StockAccountState {
  return { ...initialState(A), ...accounts[account] }
}

const short = (available: number) => ({ kind: 'insufficient-stock', available })
const none: readonly unknown[] = []
const configured = (version: number) => [{ type: 'configured', version, ...settings }]

const table: readonly [Command, Account, readonly unknown[], unknown][] = [
  ['take 3', 'empty', none, short(0)],
  ['take 3', 'stocked', [{ type: 'taken', quantity: 3, owed: 0 }], { kind: 'taken', owed: 0 }],
  ['take 3', 'owing', none, short(0)],
  ['take 3', 'full', [{ type: 'taken', quantity: 3, owed: 0 }], { kind: 'taken', owed: 0 }],
  ['take 3 or owe', 'empty', none, short(0)],
  ['take 3 or owe', 'stocked', [{ type: 'taken', quantity: 3, owed: 0 }], { kind: 'taken', owed: 0 }],
  // What is available is promised to those who wait: a newcomer gets none of it, and may not wait past the limit.
  ['take 3 or owe', 'owing', none, short(0)],
  ['take 3 or owe', 'full', [{ type: 'taken', quantity: 3, owed: 0 }], { kind: 'taken', owed: 0 }],
  ['supply 0', 'empty', [{ type: 'supplied', delta: 0 }], { kind: 'supplied', available: 0 }],
  ['supply 0', 'stocked', [{ type: 'supplied', delta: 0 }], { kind: 'supplied', available: 5 }],
  ['supply 0', 'owing', [{ type: 'supplied', delta: 0 }], { kind: 'supplied', available: 2 }],
  ['supply 0', 'full', [{ type: 'supplied', delta: 0 }], { kind: 'supplied', available: MOST - 4 }],
  ['supply 1', 'empty', [{ type: 'supplied', delta: 1 }], { kind: 'supplied', available: 1 }],
  ['supply 1', 'stocked', [{ type: 'supplied', delta: 1 }], { kind: 'supplied', available: 6 }],
  ['supply 1', 'owing', [{ type: 'supplied', delta: 1 }], { kind: 'supplied', available: 3 }],
  ['supply 1', 'full', none, { kind: 'overflow' }],
  ['supply −5', 'empty', none, short(0)],
  ['supply −5', 'stocked', [{ type: 'supplied', delta: -5 }], { kind: 'supplied', available: 0 }],
  // Reserved units are promised: only what is available can be taken out.
  ['supply −5', 'owing', none, short(2)],
  ['supply −5', 'full', [{ type: 'supplied', delta: -5 }], { kind: 'supplied', available: MOST - 9 }],
  ['configure 2', 'empty', configured(2), { kind: 'configured' }],
  ['configure 2', 'stocked', none, { kind: 'stale-version', version: 3 }],
  ['configure 2', 'owing', none, { kind: 'stale-version', version: 3 }],
  ['configure 2', 'full', none, { kind: 'stale-version', version: 3 }],
  ['configure 3', 'empty', configured(3), { kind: 'configured' }],
  // Said before, and in the same words: nothing to do.
  ['configure 3', 'stocked', none, { kind: 'configured' }],
  ['configure 3', 'owing', none, { kind: 'stale-version', version: 3 }],
  ['configure 3', 'full', none, { kind: 'stale-version', version: 3 }],
  ['configure 4', 'empty', configured(4), { kind: 'configured' }],
  ['configure 4', 'stocked', configured(4), { kind: 'configured' }],
  ['configure 4', 'owing', configured(4), { kind: 'configured' }],
  ['configure 4', 'full', configured(4), { kind: 'configured' }],
]

test.each(table)('%s of an account that is %s', (command, account, events, outcome) => {
  const state = stateOf(account)
  expect(decide(commands[command], state)).toEqual({ events, outcome })
  expect(state, 'deciding changes nothing').toEqual(stateOf(account))
})

test('the table holds every command beside every account', () => {
  const all = missingPairs(table, Object.keys(commands) as Command[], Object.keys(accounts) as Account[])
  expect(all).toEqual([])
})

const NOTHING = { available: 0, reserved: 0, sold: 0, backordered: 0, supplied: 0 }
const corrections: readonly [
  what: string,
  Account,
  moved: Partial<typeof NOTHING>,
  archived: number,
  holds: boolean,
][] = [
  ['nothing', 'stocked', {}, 0, true],
  ['each figure to zero', 'stocked', { available: -5, reserved: -2, sold: -3, supplied: -10 }, 0, true],
  ['units from one figure to another', 'stocked', { available: -5, reserved: 3, sold: 2 }, 0, true],
  ['what is owed, to zero', 'owing', { backordered: -4 }, 0, true],
  ['what was archived', 'stocked', {}, 4, true],
  ['available below zero', 'stocked', { available: -6, reserved: 6 }, 0, false],
  ['reserved below zero', 'stocked', { available: 3, reserved: -3 }, 0, false],
  ['sold below zero', 'stocked', { available: 4, sold: -4 }, 0, false],
  ['supplied below zero', 'empty', { available: -1, supplied: -1 }, 0, false],
  ['owed below zero', 'owing', { backordered: -5 }, 0, false],
  ['archived below zero', 'stocked', {}, -1, false],
  ['more than can be counted', 'full', { available: 1, supplied: 1 }, 0, false],
  ['units out of nowhere', 'stocked', { available: 1 }, 0, false],
  ['units into nowhere', 'stocked', { supplied: 1 }, 0, false],
  ['as many units sold as are lost', 'stocked', { reserved: -1, sold: -1 }, 0, false],
]

test.each(corrections)(
  'a correction of %s, of an account that is %s',
  (_, account, moved, archived, holds) => {
    const counters = { ...NOTHING, ...moved }
    const state = stateOf(account)
    const { events, outcome } = decide({ kind: 'correct', counters, archived, ledger: NOTHING }, state)
    expect(state, 'deciding changes nothing').toEqual(stateOf(account))
    expect(outcome).toEqual({ kind: holds ? 'corrected' : 'outdated' })
    expect(events).toEqual(holds ? [{ type: 'corrected', counters, archived, ledger: NOTHING }] : [])
  },
)

const claims: readonly [
  available: number,
  backordered: number,
  limit: number,
  asked: number,
  may: boolean,
  owed: number,
][] = [
  [5, 0, 0, 5, false, 0],
  [5, 0, 0, 6, false, -1],
  [5, 0, 9, 6, false, -1],
  [5, 0, 9, 6, true, 1],
  [5, 0, 1, 7, true, -1],
  [0, 3, 5, 2, true, 2],
  [0, 3, 5, 3, true, -1],
  [5, 3, 9, 2, false, 0],
  [5, 3, 9, 3, true, 1],
  // Units on their way to those who wait are nobody's else.
  [2, 3, 9, 1, false, -1],
  [2, 3, 9, 1, true, 1],
]

test.each(claims)(
  'of %i available and %i owed (limit %i), a claim on %i (backorder: %s) is owed %i',
  (available, backordered, backorderLimit, asked, may, owed) => {
    const state = { ...initialState(A), available, backordered, backorderLimit }
    expect(sellable(state)).toBe(Math.max(0, available - backordered))
    expect(owedOf(state, asked, may)).toBe(owed)
  },
)

const changes: readonly [StockAccountEvent, Partial<StockAccountState>][] = [
  [
    { type: 'taken', quantity: 2, owed: 1 },
    { available: 18, reserved: 12, backordered: 8 },
  ],
  [
    { type: 'given-back', quantity: 2, owed: 1 },
    { available: 22, reserved: 8, backordered: 6 },
  ],
  [
    { type: 'sold', quantity: 2 },
    { reserved: 8, sold: 12 },
  ],
  [
    { type: 'sold-from-stock', quantity: 2, owed: 1 },
    { available: 18, sold: 12, backordered: 8 },
  ],
  [
    { type: 'returned', quantity: 2, owed: 1, restock: true },
    { available: 22, sold: 8, backordered: 6 },
  ],
  [
    { type: 'returned', quantity: 2, owed: 1, restock: false },
    { sold: 8, supplied: 38, backordered: 6 },
  ],
  [
    { type: 'supplied', delta: 2 },
    { available: 22, supplied: 42 },
  ],
  [
    { type: 'supplied', delta: -2 },
    { available: 18, supplied: 38 },
  ],
  [
    { type: 'filled', quantity: 2, into: 'reserved' },
    { available: 18, reserved: 12, backordered: 5 },
  ],
  [
    { type: 'filled', quantity: 2, into: 'sold' },
    { available: 18, sold: 12, backordered: 5 },
  ],
  [
    { type: 'configured', version: 9, ...settings },
    { ...settings, configVersion: 9 },
  ],
  [
    {
      type: 'corrected',
      counters: { available: 1, reserved: 2, sold: 3, backordered: 4, supplied: 6 },
      archived: 5,
      ledger: { available: 0, reserved: 0, sold: 0, backordered: 0, supplied: 0 },
    },
    { available: 21, reserved: 12, sold: 13, backordered: 11, supplied: 46, archived: 5 },
  ],
]

test.each(changes)('%j moves its own figures alone, and keeps the balance', (event, moved) => {
  const before = { ...initialState(A), available: 20, reserved: 10, sold: 10, supplied: 40, backordered: 7 }
  const after = evolve({ ...before }, event)
  expect(after).toEqual({ ...before, ...moved })
  expect(after.available + after.reserved + after.sold).toBe(after.supplied)
})

test('an account begins with nothing, open, and not configured', () => {
  const counters = { available: 0, reserved: 0, sold: 0, backordered: 0, supplied: 0, archived: 0 }
  expect(initialState(A)).toEqual({ key: A, ...counters, ...plain, configVersion: 0, version: 0 })
  expect(initialState(A), 'nobody shares one').not.toBe(initialState(A))
})
