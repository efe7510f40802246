import type { ReservationStore } from '@holdfast/core/adapter'
import type { Case } from '../kit/case.js'
import { START } from '../kit/virtual-clock.js'
import {
  confirm,
  DAY,
  extend,
  guard,
  HOLD_MS,
  MINUTE,
  MUG,
  release,
  reserve,
  SHIRT,
  SHIRT_EU,
  shrink,
  supply,
  sweep,
  units,
  use,
} from '../scenario/commands.js'
import { pass, story } from './story.js'

const TWO = { kind: 'granted', stock: 'taken', owed: [], expiresAt: START + HOLD_MS } as const

/** Holds, their lines, and what becomes of them when they are due: the deadline decides, not the sweeper. */
export const HOLDS: readonly Case<ReservationStore>[] = [
  story('an overdue hold keeps its units until it is swept or met', [
    [supply(1), 'supplied'],
    [reserve('overdue'), 'granted'],
    pass(HOLD_MS),
    [reserve('next'), 'insufficient-stock'],
    [sweep(), 'swept'],
    [reserve('next'), 'granted'],
  ]),
  story('an overdue hold keeps its uses until it is swept or met', [
    [supply(5), 'supplied'],
    [reserve('overdue', { uses: [use('limit', 1)] }), 'granted'],
    pass(HOLD_MS),
    [reserve('next', { uses: [use('limit', 1)] }), 'purchase-limit'],
    [extend('overdue'), { kind: 'already', status: 'expired' }],
    [reserve('next', { uses: [use('limit', 1)] }), 'granted'],
  ]),
  story('an overdue hold that a guard meets is expired first, and its units are there', [
    [supply(1), 'supplied'],
    [reserve('overdue', { guards: [guard('guard')] }), 'granted'],
    pass(HOLD_MS),
    [reserve('next', { guards: [guard('guard')] }), 'granted'],
    [sweep(), { kind: 'swept', expired: [], more: false, nextDueAt: START + 2 * HOLD_MS }],
  ]),
  story('a refused reserve that meets an overdue hold expires it all the same', [
    [supply(1), 'supplied'],
    [reserve('overdue', { guards: [guard('guard')] }), 'granted'],
    pass(HOLD_MS),
    [reserve('next', { units: [units(2)], guards: [guard('guard')] }), 'insufficient-stock'],
    [reserve('overdue'), { kind: 'replayed', status: 'expired', expiresAt: null }],
    [reserve('another'), 'granted'],
  ]),
  story('a sweep takes the longest due first, and those due together by id', [
    [supply(9), 'supplied'],
    [reserve('late', { holdMs: 3 * MINUTE }), 'granted'],
    [reserve('é', { holdMs: 2 * MINUTE }), 'granted'],
    [reserve('b', { holdMs: 2 * MINUTE }), 'granted'],
    [reserve('B', { holdMs: 2 * MINUTE }), 'granted'],
    [reserve('\uE000', { holdMs: 2 * MINUTE }), 'granted'],
    [reserve('😀', { holdMs: 2 * MINUTE }), 'granted'],
    [reserve('early', { holdMs: MINUTE }), 'granted'],
    pass(5 * MINUTE),
    [
      sweep(4),
      { kind: 'swept', expired: ['early', 'B', 'b', 'é'], more: true, nextDueAt: START + 2 * MINUTE },
    ],
    [sweep(), { kind: 'swept', expired: ['\uE000', '😀', 'late'], more: false, nextDueAt: null }],
  ]),
  story('a sweep tells when the next hold is due', [
    [supply(9), 'supplied'],
    [reserve('one', { holdMs: MINUTE }), 'granted'],
    [reserve('two', { holdMs: 2 * MINUTE }), 'granted'],
    [reserve('three', { holdMs: 3 * MINUTE }), 'granted'],
    [confirm('two'), 'confirmed'],
    pass(MINUTE),
    [sweep(), { kind: 'swept', expired: ['one'], more: false, nextDueAt: START + 3 * MINUTE }],
  ]),
  story('a sweep finds an extended hold at its new deadline only', [
    [supply(9), 'supplied'],
    [reserve('order'), 'granted'],
    pass(MINUTE),
    [extend('order'), 'extended'],
    pass(HOLD_MS - MINUTE),
    [sweep(), { kind: 'swept', expired: [], more: false, nextDueAt: START + HOLD_MS + MINUTE }],
    pass(MINUTE),
    [sweep(), { kind: 'swept', expired: ['order'], more: false, nextDueAt: null }],
  ]),
  story('a sweep leaves what was paid alone', [
    [supply(9), 'supplied'],
    [reserve('paid'), 'granted'],
    [confirm('paid'), 'confirmed'],
    pass(DAY),
    [sweep(), { kind: 'swept', expired: [], more: false, nextDueAt: null }],
    [reserve('paid'), { kind: 'replayed', status: 'confirmed', expiresAt: null }],
  ]),
  story('a sweep of nothing changes nothing', [
    [supply(1), 'supplied'],
    [sweep(), { kind: 'swept', expired: [], more: false, nextDueAt: null }],
  ]),
  story(
    'an order of several accounts is granted whole',
    [
      [supply(2, SHIRT), 'supplied'],
      [supply(1, SHIRT_EU), 'supplied'],
      [supply(1, MUG), 'supplied'],
      [reserve('order', { units: [units(1, MUG), units(2), units(1, SHIRT_EU)] }), TWO],
      [supply(0, SHIRT), { kind: 'supplied', available: 0 }],
      [supply(0, SHIRT_EU), { kind: 'supplied', available: 0 }],
      [supply(0, MUG), { kind: 'supplied', available: 0 }],
    ],
    'one partition',
  ),
  story(
    'an order of several accounts is refused whole, and every short line is named',
    [
      [supply(2, SHIRT), 'supplied'],
      [supply(1, SHIRT_EU), 'supplied'],
      [supply(1, MUG), 'supplied'],
      [
        reserve('order', { units: [units(2, MUG), units(2), units(3, SHIRT_EU)] }),
        {
          kind: 'insufficient-stock',
          short: [
            { account: MUG, requested: 2, available: 1 },
            { account: SHIRT_EU, requested: 3, available: 1 },
          ],
        },
      ],
      [supply(0, SHIRT), { kind: 'supplied', available: 2 }],
    ],
    'one partition',
  ),
  story(
    'the pools of one SKU are counted apart',
    [
      [supply(1, SHIRT), 'supplied'],
      [supply(1, SHIRT_EU), 'supplied'],
      [reserve('one'), 'granted'],
      [reserve('two'), 'insufficient-stock'],
      [reserve('three', { units: [units(1, SHIRT_EU)] }), 'granted'],
    ],
    'one partition',
  ),
  story(
    'every unknown account of an order is named',
    [
      [supply(1, SHIRT), 'supplied'],
      [
        reserve('order', { units: [units(1, MUG), units(1), units(1, SHIRT_EU)] }),
        { kind: 'account-unknown', accounts: [MUG, SHIRT_EU] },
      ],
    ],
    'one partition',
  ),
  story(
    'shrinking gives back the units of the lines that shrink, and those only',
    [
      [supply(5, SHIRT), 'supplied'],
      [supply(5, SHIRT_EU), 'supplied'],
      [reserve('order', { units: [units(3), units(2, SHIRT_EU)] }), 'granted'],
      [shrink('order', units(1)), 'shrunk'],
      [supply(0, SHIRT), { kind: 'supplied', available: 4 }],
      [supply(0, SHIRT_EU), { kind: 'supplied', available: 5 }],
      [shrink('order', units(1), units(1, SHIRT_EU)), { kind: 'exceeds', account: SHIRT_EU, held: 0 }],
      [confirm('order'), 'confirmed'],
    ],
    'one partition',
  ),
  story('an order shrunk to nothing is still an order', [
    [supply(5), 'supplied'],
    [reserve('order', { units: [units(3)], uses: [use('limit', 3)] }), 'granted'],
    [shrink('order'), 'shrunk'],
    [supply(0), { kind: 'supplied', available: 5 }],
    [confirm('order'), 'confirmed'],
    [reserve('order', { units: [units(3)] }), { kind: 'replayed', status: 'confirmed', expiresAt: null }],
  ]),
  story(
    'shrinking an account that the order does not hold is refused',
    [
      [supply(5), 'supplied'],
      [reserve('order'), 'granted'],
      [shrink('order', units(1, SHIRT_EU)), { kind: 'exceeds', account: SHIRT_EU, held: 0 }],
    ],
    'one partition',
  ),
  story(
    'releasing gives back every line',
    [
      [supply(5, SHIRT), 'supplied'],
      [supply(5, MUG), 'supplied'],
      [reserve('order', { units: [units(2, MUG), units(3)] }), 'granted'],
      [release('order', 'seller', 'out of business'), 'released'],
      [supply(0, SHIRT), { kind: 'supplied', available: 5 }],
      [supply(0, MUG), { kind: 'supplied', available: 5 }],
    ],
    'one partition',
  ),
]
