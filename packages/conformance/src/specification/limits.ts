import type { ReservationStore } from '@holdfast/core/adapter'
import type { Case } from '../kit/case.js'
import { START } from '../kit/virtual-clock.js'
import {
  confirm,
  DAY,
  giveBack,
  HOLD_MS,
  MUG,
  release,
  reserve,
  SHIRT,
  shrink,
  supply,
  sweep,
  units,
  use,
} from '../scenario/commands.js'
import { pass, story } from './story.js'

const MONTH = { from: START - DAY, to: START + DAY }
const NEXT_MONTH = { from: START + DAY, to: START + 2 * DAY }

/** Purchase limits: claimed with the order, kept when it is paid, given back when it ends otherwise. */
export const LIMITS: readonly Case<ReservationStore>[] = [
  story('an unpaid claim counts', [
    [supply(9), 'supplied'],
    [reserve('unpaid', { uses: [use('limit', 1)] }), 'granted'],
    [
      reserve('next', { uses: [use('limit', 1)] }),
      { kind: 'purchase-limit', use: 0, counter: 'limit', max: 1, used: 1, requested: 1 },
    ],
  ]),
  story('a paid claim counts', [
    [supply(9), 'supplied'],
    [reserve('paid', { uses: [use('limit', 1)] }), 'granted'],
    [confirm('paid'), 'confirmed'],
    pass(10 * HOLD_MS),
    [sweep(), 'swept'],
    [reserve('next', { uses: [use('limit', 1)] }), 'purchase-limit'],
  ]),
  story('a released claim is given back', [
    [supply(9), 'supplied'],
    [reserve('released', { uses: [use('limit', 1)] }), 'granted'],
    [release('released', 'buyer'), 'released'],
    [reserve('next', { uses: [use('limit', 1)] }), 'granted'],
  ]),
  story('an expired claim is given back', [
    [supply(9), 'supplied'],
    [reserve('expired', { uses: [use('limit', 1)] }), 'granted'],
    pass(HOLD_MS),
    [sweep(), 'swept'],
    [reserve('next', { uses: [use('limit', 1)] }), 'granted'],
  ]),
  story('uses shrink with their lines', [
    [supply(9), 'supplied'],
    [reserve('order', { units: [units(3)], uses: [use('limit', 3)] }), 'granted'],
    [shrink('order', units(1)), 'shrunk'],
    [reserve('next', { units: [units(2)], uses: [use('limit', 3)] }), 'granted'],
    [reserve('third', { uses: [use('limit', 3)] }), 'purchase-limit'],
  ]),
  story(
    'a limit over several lines counts their sum',
    [
      [supply(9, MUG), 'supplied'],
      [supply(9), 'supplied'],
      [
        reserve('four', { units: [units(2, MUG), units(2)], uses: [use('limit', 3, { lines: [0, 1] })] }),
        { kind: 'purchase-limit', use: 0, counter: 'limit', max: 3, used: 0, requested: 4 },
      ],
      [
        reserve('three', { units: [units(1, MUG), units(2)], uses: [use('limit', 3, { lines: [0, 1] })] }),
        'granted',
      ],
    ],
    'one partition',
  ),
  story(
    'a limit counts its own lines alone',
    [
      [supply(9, MUG), 'supplied'],
      [supply(9), 'supplied'],
      [
        reserve('order', { units: [units(5, MUG), units(1)], uses: [use('limit', 1, { lines: [1] })] }),
        'granted',
      ],
      [shrink('order', units(1)), 'shrunk'],
      [reserve('next', { uses: [use('limit', 1)] }), 'purchase-limit'],
    ],
    'one partition',
  ),
  story('of several limits the first that is reached is named, and none is claimed', [
    [supply(9), 'supplied'],
    [reserve('first', { uses: [use('b', 1)] }), 'granted'],
    [
      reserve('order', { uses: [use('a', 1), use('b', 1), use('c', 0)] }),
      { kind: 'purchase-limit', use: 1, counter: 'b', max: 1, used: 1, requested: 1 },
    ],
    [reserve('next', { uses: [use('a', 1)] }), 'granted'],
  ]),
  story('limits of one buyer and another are counted apart', [
    [supply(9), 'supplied'],
    [reserve('one', { uses: [use('limit of one', 1)] }), 'granted'],
    [reserve('two', { uses: [use('limit of two', 1)] }), 'granted'],
  ]),
  story('an attempt refused for stock costs nothing of its limit', [
    [supply(1), 'supplied'],
    [reserve('refused', { units: [units(2)], uses: [use('limit', 2)] }), 'insufficient-stock'],
    [supply(1, SHIRT, 'more'), 'supplied'],
    [reserve('next', { units: [units(2)], uses: [use('limit', 2)] }), 'granted'],
  ]),
  story('a limit that was lowered refuses what it would have granted, and takes nothing back', [
    [supply(9), 'supplied'],
    [reserve('before', { units: [units(3)], uses: [use('limit', 5)] }), 'granted'],
    [
      reserve('after', { uses: [use('limit', 2)] }),
      { kind: 'purchase-limit', use: 0, counter: 'limit', max: 2, used: 3, requested: 1 },
    ],
    [confirm('before'), 'confirmed'],
  ]),
  story('uses of a counter under its older names are added, and never written to them', [
    [supply(9), 'supplied'],
    [reserve('old', { uses: [use('key 1', 3)] }), 'granted'],
    [
      reserve('three', { units: [units(3)], uses: [use('key 2', 3, { prior: ['key 1'] })] }),
      { kind: 'purchase-limit', use: 0, counter: 'key 2', max: 3, used: 1, requested: 3 },
    ],
    [reserve('two', { units: [units(2)], uses: [use('key 2', 3, { prior: ['key 1'] })] }), 'granted'],
    [release('old', 'seller'), 'released'],
    [reserve('one', { uses: [use('key 2', 3, { prior: ['key 1'] })] }), 'granted'],
    [reserve('under the old name', { units: [units(3)], uses: [use('key 1', 3)] }), 'granted'],
  ]),
  story('uses go back to the counter first claimed, whatever the window is by then', [
    [supply(9), 'supplied'],
    [reserve('order', { uses: [use('march', 1, MONTH)], holdMs: 2 * DAY }), 'granted'],
    pass(DAY),
    [reserve('next', { uses: [use('april', 1, NEXT_MONTH)] }), 'granted'],
    [release('order', 'seller'), 'released'],
    [reserve('third', { uses: [use('april', 1, NEXT_MONTH)] }), 'purchase-limit'],
  ]),
  story('a late payment is counted in the window of its order, over or not', [
    [supply(9), 'supplied'],
    [reserve('order', { uses: [use('march', 1, MONTH)] }), 'granted'],
    pass(DAY),
    [sweep(), 'swept'],
    [confirm('order'), 'confirmed'],
    [reserve('next', { uses: [use('april', 1, NEXT_MONTH)] }), 'granted'],
    [reserve('in march', { uses: [use('march', 1)] }), 'purchase-limit'],
  ]),
  story(
    'a return gives back as many uses as units, if its policy says so',
    [
      [supply(9), 'supplied'],
      [reserve('order', { units: [units(3)], uses: [use('limit', 3)] }), 'granted'],
      [confirm('order'), 'confirmed'],
      [giveBack('order', 'one', { giveBackUses: false }), 'returned'],
      [reserve('next', { uses: [use('limit', 3)] }), 'purchase-limit'],
      [giveBack('order', 'two'), 'returned'],
      [reserve('next', { uses: [use('limit', 3)] }), 'granted'],
      [reserve('third', { uses: [use('limit', 3)] }), 'purchase-limit'],
    ],
    'returns',
  ),
]
