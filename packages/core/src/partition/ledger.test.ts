import { expect, test } from 'vitest'
import { A } from '../../test/commands.js'
import type { StockAccountEvent } from '../machines/stock-account/types.js'
import { ledgerEntry } from './ledger.js'
import type { Cause } from './state.js'

const head = { aggregate: 'reservation', id: 'o', version: 2, at: 500 } as const
const expired: Cause = { ...head, type: 'expired', struck: false }
const restocked: Cause = { type: 'movement', at: 500, cause: 'restock', movement: 'm' }

const changes: readonly [StockAccountEvent, object | null][] = [
  [
    { type: 'taken', quantity: 2, owed: 1 },
    { available: -2, reserved: 2, backordered: 1 },
  ],
  [
    { type: 'given-back', quantity: 2, owed: 1 },
    { available: 2, reserved: -2, backordered: -1 },
  ],
  [
    { type: 'sold', quantity: 2 },
    { reserved: -2, sold: 2 },
  ],
  [
    { type: 'sold-from-stock', quantity: 2, owed: 1 },
    { available: -2, sold: 2, backordered: 1 },
  ],
  [
    { type: 'returned', quantity: 2, owed: 1, restock: true },
    { available: 2, sold: -2, backordered: -1 },
  ],
  [
    { type: 'returned', quantity: 2, owed: 1, restock: false },
    { supplied: -2, sold: -2, backordered: -1 },
  ],
  [
    { type: 'supplied', delta: -2 },
    { available: -2, supplied: -2 },
  ],
  [
    { type: 'filled', quantity: 2, into: 'reserved' },
    { available: -2, reserved: 2, backordered: -2 },
  ],
  [
    { type: 'filled', quantity: 2, into: 'sold' },
    { available: -2, sold: 2, backordered: -2 },
  ],
  [
    {
      type: 'corrected',
      counters: { available: 9, reserved: 9, sold: 9, backordered: 9, supplied: 27 },
      archived: 9,
      ledger: { available: -1, reserved: 2, sold: -3, backordered: 4, supplied: -2 },
    },
    { available: -1, reserved: 2, sold: -3, backordered: 4, supplied: -2 },
  ],
  [{ type: 'configured', version: 1, opensAt: null, closesAt: null, backorderLimit: 0 }, null],
]

test.each(changes)('%j is entered as what it moved', (change, moved) => {
  const entry = ledgerEntry(A, change, expired)
  if (moved === null) expect(entry).toBeNull()
  else {
    const nothing = { available: 0, reserved: 0, sold: 0, backordered: 0, supplied: 0 }
    const whose = { account: A, at: 500, cause: 'expired', reservation: 'o', movement: null }
    expect(entry).toEqual({ ...whose, ...nothing, ...moved })
  }
})

test.each([
  ['a reservation', expired, { cause: 'expired', reservation: 'o', movement: null }],
  ['a movement', restocked, { cause: 'restock', reservation: null, movement: 'm' }],
  [
    'a return, which is both',
    { ...head, type: 'returned', movement: 'm', lines: [], restocked: true, usesGivenBack: false },
    { cause: 'returned', reservation: 'o', movement: 'm' },
  ],
] as const)('an entry names its cause: %s', (_, why, fields) => {
  expect(ledgerEntry(A, { type: 'supplied', delta: 1 }, why)).toMatchObject({ ...fields, at: 500 })
})

test('a zero has no sign', () => {
  const entry = ledgerEntry(A, { type: 'taken', quantity: 0, owed: 2 }, expired)
  expect(entry).toMatchObject({ available: 0, reserved: 0, backordered: 2 })
  expect(Object.is(entry?.available, 0)).toBe(true)
})
