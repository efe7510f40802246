import { expect, test } from 'vitest'
import * as make from '../../test/commands.js'
import { A, A_SOUTH, B, claims, gate, guard, units, use } from '../../test/commands.js'
import { reservations } from '../../test/reservations.js'
import type { Command } from '../port/commands.js'
import { TouchedKeys } from './keys.js'

/** Keys by kind, those that are empty left out. */
function told(keys: TouchedKeys): object {
  const { reservations: ids, counters, guards, strikes, movements, sweepLimit, fills } = keys
  const all = {
    accounts: keys.accounts().map(({ sku, pool }) => `${sku} ${pool}`),
    reservations: [...ids],
    counters: [...counters],
    guards: [...guards],
    strikes: [...strikes],
    movements: movements.map(({ account, movement }) => `${movement} of ${account.sku} ${account.pool}`),
    fills: fills.map(({ account, limit }) => `${limit} of ${account.sku} ${account.pool}`),
  }
  const named = Object.entries(all).filter(([, names]) => names.length > 0)
  return { ...Object.fromEntries(named), ...(sweepLimit > 0 && { sweepLimit }) }
}

const retake = { ...claims({ units: [units(B, 1)], uses: [use('c', 1, { prior: ['older c'] })] }), until: 1 }
const all = {
  units: [units(A, 1), units(B, 1)],
  uses: [use('c', 1, { prior: ['older c'] }), use('d', 1)],
  guards: [guard('g', 'older g')],
  risk: gate('s', { prior: ['older s'] }),
}

const NOTHING = { available: 0, reserved: 0, sold: 0, backordered: 0, supplied: 0 }

const table: readonly [Command, object][] = [
  [
    make.reserve('o', all),
    {
      reservations: ['o'],
      accounts: ['A north', 'B north'],
      counters: ['c', 'older c', 'd'],
      guards: ['g', 'older g'],
      strikes: ['s', 'older s'],
    },
  ],
  [make.reserve('plain'), { reservations: ['plain'], accounts: ['A north'] }],
  [make.extend('o'), { reservations: ['o'] }],
  [make.shrink('o', units(A, 1)), { reservations: ['o'] }],
  [make.confirm('o'), { reservations: ['o'] }],
  [
    make.confirm('o', 'pi', retake),
    { reservations: ['o'], accounts: ['B north'], counters: ['c', 'older c'] },
  ],
  [make.release('o'), { reservations: ['o'] }],
  [
    make.correct('r', { of: 'account', account: B, counters: NOTHING, archived: 0, ledger: NOTHING }),
    { reservations: ['r'], accounts: ['B north'] },
  ],
  [make.correct('r', { of: 'counter', counter: 'c', used: 1 }), { reservations: ['r'], counters: ['c'] }],
  [
    make.correct('r', { of: 'guard', guard: 'g', found: 'o', order: 'p' }),
    { reservations: ['r', 'o', 'p'], guards: ['g'] },
  ],
  [
    make.correct('r', { of: 'guard', guard: 'g', found: null, order: null }),
    { reservations: ['r'], guards: ['g'] },
  ],
  [
    make.returned('o', 'm', [units(A, 1), units(B, 1)]),
    { reservations: ['o'], accounts: ['A north', 'B north'], movements: ['m of A north', 'm of B north'] },
  ],
  [make.supply('m', A, 1), { accounts: ['A north'], movements: ['m of A north'] }],
  [
    make.transfer('m', A, A_SOUTH, 1),
    { accounts: ['A north', 'A south'], movements: ['m of A north', 'm of A south'] },
  ],
  [make.configure(A, 1), { accounts: ['A north'] }],
  [make.judge('s', { prior: ['older s'] }), { strikes: ['s', 'older s'] }],
  [make.sweep(7), { sweepLimit: 7 }],
  [make.fill(A, 7), { accounts: ['A north'], fills: ['7 of A north'] }],
]

test.each(table)('$kind names all that it asks for', (command, expected) => {
  const keys = new TouchedKeys()
  keys.addCommand(command)
  expect(told(keys)).toEqual(expected)
})

test('a batch names each key once, and sums what it sweeps', () => {
  const keys = new TouchedKeys()
  for (const command of [make.reserve('o', all), make.reserve('o', all), make.sweep(2), make.sweep(3)])
    keys.addCommand(command)
  expect(told(keys)).toEqual({ ...table[0]?.[1], sweepLimit: 5 })
})

test('a reservation names all that its ending gives back', () => {
  const keys = new TouchedKeys()
  keys.addReservation(reservations.held)
  expect(told(keys)).toEqual({
    accounts: ['A north', 'B north'],
    counters: ['A of ada', 'shop of ada', 'shop of ada, older'],
    guards: ['guard of ada'],
    strikes: ['strikes of ada'],
  })
})

test('a tombstone names nothing', () => {
  const keys = new TouchedKeys()
  keys.addReservation(reservations.tombstoned)
  expect(told(keys)).toEqual({})
})
