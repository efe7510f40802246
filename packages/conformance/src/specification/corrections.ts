import type { Correction, FigureChanges, ReservationStore } from '@holdfast/core/adapter'
import type { Case } from '../kit/case.js'
import { START } from '../kit/virtual-clock.js'
import { confirm, correct, HOLD_MS, MUG, reserve, SHIRT, supply, units } from '../scenario/commands.js'
import { pass, story } from './story.js'

const NONE: FigureChanges = { available: 0, reserved: 0, sold: 0, backordered: 0, supplied: 0 }

/** Units that nobody can account for leave the counters and the ledger alike: every law holds before and after. */
function writtenOff(quantity: number, account = SHIRT): Correction {
  const change = { ...NONE, available: 0 - quantity, supplied: 0 - quantity }
  return { of: 'account', account, counters: change, archived: 0, ledger: change }
}

function guard(found: string | null, order: string | null): Correction {
  return { of: 'guard', guard: 'slot', found, order }
}

/** Repairs that an audit called for; most stores let core decide them. */
export const CORRECTIONS: readonly Case<ReservationStore>[] = [
  story(
    'a correction is made once, and its id stays taken',
    [
      [supply(5), 'supplied'],
      [correct('repair', writtenOff(2)), 'corrected'],
      [correct('repair', writtenOff(2)), { kind: 'already', status: 'tombstoned' }],
      [correct('repair', writtenOff(1)), 'outdated'],
      [reserve('repair'), 'tombstoned'],
      [supply(0), { kind: 'supplied', available: 3 }],
    ],
    'corrections',
  ),
  story(
    'a correction that would leave a figure below zero, or lose a unit, changes nothing',
    [
      [supply(5), 'supplied'],
      [reserve('order', { units: [units(4)] }), 'granted'],
      [correct('too much', writtenOff(2)), 'outdated'],
      [
        correct('lost', {
          ...{ of: 'account', account: SHIRT, archived: 0 },
          ...{ counters: { ...NONE, available: -1 }, ledger: NONE },
        }),
        'outdated',
      ],
      [correct('unused', { of: 'counter', counter: 'limit', used: -1 }), 'outdated'],
      [correct('unknown', writtenOff(1, MUG)), 'outdated'],
      // What was not made leaves its id free.
      [confirm('order'), 'confirmed'],
      [correct('too much', writtenOff(1)), 'corrected'],
    ],
    'corrections',
  ),
  story(
    'a correction is made until it is too late',
    [
      [supply(5), 'supplied'],
      pass(1),
      [correct('late', writtenOff(1), START), 'late'],
      [correct('in time', writtenOff(1), START + 1), 'corrected'],
    ],
    'corrections',
  ),
  story(
    'a guard that an order keeps by right is not taken from it',
    [
      [supply(5), 'supplied'],
      [reserve('order', { guards: [{ name: 'slot', prior: [] }] }), 'granted'],
      [reserve('other'), 'granted'],
      [correct('freed', guard('order', null)), 'outdated'],
      [correct('given away', guard('order', 'other')), 'outdated'],
      [correct('of another', guard('other', null)), 'outdated'],
      [correct('not free', guard(null, 'other')), 'outdated'],
      // Due, the order is expired before that is decided, and has freed the guard.
      pass(HOLD_MS),
      [correct('due', guard('order', null)), 'outdated'],
      [reserve('next', { guards: [{ name: 'slot', prior: [] }] }), 'granted'],
    ],
    'corrections',
  ),
]
