import type { Outcome, ReservationStore } from '@holdfast/core/adapter'
import type { Case } from '../kit/case.js'
import { START } from '../kit/virtual-clock.js'
import {
  configure,
  confirm,
  fill,
  giveBack,
  HOLD_MS,
  MINUTE,
  release,
  reserve,
  SHIRT,
  shrink,
  supply,
  sweep,
  units,
} from '../scenario/commands.js'
import { pass, type Step, story } from './story.js'

const OWING: readonly Step[] = [
  [supply(1), 'supplied'],
  [configure(1, { backorderLimit: 10 }), 'configured'],
]

function wanting(quantity: number) {
  return { units: [units(quantity)], backorder: true }
}

function filled(more: boolean, ...lines: readonly (readonly [id: string, quantity: number])[]): Outcome {
  return { kind: 'filled', lines: lines.map(([id, quantity]) => ({ id, quantity })), more }
}

function backordered(name: string, ...steps: readonly Step[]): Case<ReservationStore> {
  return story(name, [...OWING, ...steps], 'backorder')
}

/** Units past stock: owed, filled by a restock, the oldest first, and never overtaken by newcomers. */
export const BACKORDER: readonly Case<ReservationStore>[] = [
  backordered(
    'stock is taken first, and only what is past it is owed',
    [
      reserve('order', wanting(3)),
      { kind: 'granted', stock: 'taken', owed: [units(2)], expiresAt: START + HOLD_MS },
    ],
    [supply(0), { kind: 'supplied', available: 0 }],
  ),
  backordered('an order that does not allow it is owed nothing', [
    reserve('order', { units: [units(2)] }),
    { kind: 'insufficient-stock', short: [{ account: SHIRT, requested: 2, available: 1 }] },
  ]),
  backordered(
    'newcomers cannot overtake who is owed',
    [reserve('old', wanting(3)), 'granted'],
    [supply(3), 'supplied'],
    [
      reserve('new', { units: [units(2)] }),
      { kind: 'insufficient-stock', short: [{ account: SHIRT, requested: 2, available: 1 }] },
    ],
    [reserve('modest', { units: [units(1)] }), 'granted'],
    [fill(), filled(false, ['old', 2])],
  ),
  backordered(
    'a restock fills the oldest first, as far as it reaches',
    [reserve('b', wanting(3)), 'granted'],
    [reserve('a', wanting(2)), 'granted'],
    [supply(3), 'supplied'],
    [fill(), filled(false, ['b', 2], ['a', 1])],
    [supply(5), 'supplied'],
    [fill(), filled(false, ['a', 1])],
    [supply(0), { kind: 'supplied', available: 4 }],
  ),
  backordered(
    'a fill goes in bounded batches, and says when there is more',
    [reserve('a', wanting(2)), 'granted'],
    [reserve('b', wanting(1)), 'granted'],
    [reserve('c', wanting(1)), 'granted'],
    [supply(3), 'supplied'],
    [fill(2), filled(true, ['a', 1], ['b', 1])],
    [fill(2), filled(false, ['c', 1])],
    [fill(2), filled(false)],
  ),
  backordered(
    'a fill passes over an overdue hold, and expires it',
    [reserve('overdue', wanting(3)), 'granted'],
    [reserve('next', { ...wanting(1), holdMs: 2 * HOLD_MS }), 'granted'],
    [supply(1, SHIRT, 'more'), 'supplied'],
    pass(HOLD_MS),
    [fill(), filled(false, ['next', 1])],
    [reserve('overdue', wanting(3)), { kind: 'replayed', status: 'expired', expiresAt: null }],
    [supply(0), { kind: 'supplied', available: 1 }],
  ),
  backordered(
    'a paid order goes on being owed, and is filled into sold',
    [reserve('order', wanting(3)), 'granted'],
    [confirm('order'), { kind: 'confirmed', late: false, owed: [units(2)] }],
    [supply(5), 'supplied'],
    [fill(), filled(false, ['order', 2])],
    [supply(0), { kind: 'supplied', available: 3 }],
  ),
  backordered(
    'an order that ends is owed nothing any more',
    [reserve('released', wanting(3)), 'granted'],
    [reserve('expired', { ...wanting(2), holdMs: MINUTE }), 'granted'],
    [release('released', 'seller'), 'released'],
    pass(MINUTE),
    [sweep(), 'swept'],
    [supply(4), { kind: 'supplied', available: 5 }],
    [fill(), filled(false)],
    [reserve('next', { units: [units(5)] }), 'granted'],
  ),
  backordered(
    'shrinking gives back what is owed first',
    [reserve('order', wanting(4)), 'granted'],
    [shrink('order', units(2)), 'shrunk'],
    [supply(5), 'supplied'],
    [fill(), filled(false, ['order', 1])],
    [shrink('order', units(1)), 'shrunk'],
    [supply(0), { kind: 'supplied', available: 5 }],
  ),
  backordered(
    'a filled order owes and holds as if it had been taken from stock',
    [reserve('order', wanting(3)), 'granted'],
    [supply(2), 'supplied'],
    [fill(), filled(false, ['order', 2])],
    [release('order', 'seller'), 'released'],
    [supply(0), { kind: 'supplied', available: 3 }],
  ),
  backordered(
    'who comes to be owed by a late payment goes to the end',
    [reserve('late', wanting(2)), 'granted'],
    pass(HOLD_MS),
    [sweep(), 'swept'],
    [reserve('a', wanting(2)), 'granted'],
    [confirm('late'), { kind: 'confirmed', late: true, owed: [units(2)] }],
    [supply(2), 'supplied'],
    [fill(), filled(false, ['a', 1], ['late', 1])],
  ),
  backordered(
    'closing backorder refuses newcomers, and keeps what is owed',
    [reserve('old', wanting(3)), 'granted'],
    [configure(2, { backorderLimit: 0 }), 'configured'],
    [reserve('new', wanting(1)), 'insufficient-stock'],
    [supply(2), 'supplied'],
    [fill(), filled(false, ['old', 2])],
  ),
  story(
    'filling an unknown account is refused',
    [[fill(), { kind: 'account-unknown', accounts: [SHIRT] }]],
    'backorder',
  ),
  backordered('a fill with nothing owed changes nothing', [fill(), filled(false)]),
  backordered(
    'adjusting down takes what is available, promised or not, and no more',
    [reserve('order', wanting(2)), 'granted'],
    [supply(3), { kind: 'supplied', available: 3 }],
    [supply(-3), { kind: 'supplied', available: 0 }],
    [fill(), filled(false)],
  ),
  story(
    'units owed cannot be returned',
    [
      ...OWING,
      [reserve('order', wanting(3)), 'granted'],
      [confirm('order'), 'confirmed'],
      [giveBack('order', 'too many', { units: [units(2)] }), { kind: 'exceeds', account: SHIRT, held: 1 }],
      [giveBack('order', 'return'), 'returned'],
      [supply(2), 'supplied'],
      [fill(), filled(false, ['order', 2])],
      [release('order', 'rollback'), 'released'],
      [supply(0), { kind: 'supplied', available: 3 }],
    ],
    'backorder',
    'returns',
  ),
  backordered(
    'rolling back a paid order that is owed units gives back only what it had',
    [reserve('order', wanting(3)), 'granted'],
    [confirm('order'), 'confirmed'],
    [release('order', 'rollback'), 'released'],
    [supply(0), { kind: 'supplied', available: 1 }],
    [reserve('next'), 'granted'],
  ),
]
