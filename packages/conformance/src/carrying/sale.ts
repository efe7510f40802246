import type { Command } from '@holdfast/core/adapter'
import {
  configure,
  confirm,
  extend,
  fill,
  gate,
  giveBack,
  guard,
  HOLD_MS,
  release,
  reserve,
  SHIRT,
  SHIRT_EU,
  shrink,
  supply,
  sweep,
  transfer,
  units,
  use,
} from '../scenario/commands.js'

/** Batches of commands, and times that pass between them, ms. */
export type Steps = readonly (readonly Command[] | number)[]

/** Nearly everything that a store tells of. */
export const SALE: Steps = [
  [supply(5), supply(0, SHIRT_EU), configure(1, { backorderLimit: 10 })],
  ['a', 'b', 'c', 'd'].map((id) =>
    reserve(id, {
      uses: [use(`limit/${id}`, 4)],
      guards: [guard(`guard/${id}`)],
      risk: gate(`strikes/${id}`),
    }),
  ),
  [
    confirm('a'),
    release('b'),
    extend('c', HOLD_MS * 2),
    reserve('two', { units: [units(3)], backorder: true }),
  ],
  [shrink('two', units(2))],
  HOLD_MS,
  [sweep()],
  [confirm('d', 'late'), giveBack('a', 'parcel'), release('nobody')],
  [supply(4), fill()],
  [transfer(1, SHIRT, SHIRT_EU)],
]

/** Behind it: what is held, deferred and owed at its end, and what was refused for good. */
export const STANDING: Steps = [
  [
    supply(3, SHIRT, 'for those who stand'),
    reserve('e', { uses: [use('limit/e', 4)], guards: [guard('guard/e')], data: '{"gift":"é\u0000"}' }),
    reserve('deferred', { units: [units(1)], guards: [guard('guard/deferred')], stock: 'defer' }),
  ],
  [
    reserve('owed first', { units: [units(9)], backorder: true }),
    reserve('owed second', { units: [units(2)], backorder: true, holdMs: 2 * HOLD_MS }),
  ],
  [confirm('owed first', 'paid'), reserve('over', { holdMs: 1 }), release('e', 'rollback')],
  2,
  [sweep(), confirm('over', 'too late'), confirm('b', 'after a release')],
]

/** What shows whether a store is what another was: its outcomes, step by step. */
export const GOING_ON: Steps = [
  [
    ...[supply(5), supply(6), giveBack('a', 'parcel'), transfer(1, SHIRT, SHIRT_EU)],
    ...[configure(1, { backorderLimit: 10 }), configure(1, { backorderLimit: 11 })],
    reserve('a', { uses: [use('limit/a', 4)], guards: [guard('guard/a')], risk: gate('strikes/a') }),
    ...['b', 'two', 'nobody', 'over', 'deferred'].map((id) => reserve(id)),
  ],
  [
    reserve('by c', { uses: [use('limit/c', 1)] }),
    reserve('guarded', { guards: [guard('guard/deferred')] }),
    reserve('risky', { risk: gate('strikes/b') }),
    ...[confirm('d', 'another'), confirm('over', 'too late'), confirm('b', 'after a release')],
  ],
  [supply(2, SHIRT, 'more'), fill(1), supply(4, SHIRT, 'and more'), fill(1), fill(1)],
  [extend('owed second', HOLD_MS), confirm('deferred', 'at last')],
  [reserve('plain', { uses: [use('limit/new', 4)], guards: [guard('guard/new')] }), confirm('plain', 'paid')],
  HOLD_MS,
  [sweep(100), sweep(100)],
  [confirm('owed second', 'paid'), release('plain', 'rollback'), giveBack('owed first', 'back')],
]
