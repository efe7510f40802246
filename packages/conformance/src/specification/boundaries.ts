import type { Outcome, ReservationStore } from '@holdfast/core/adapter'
import type { Case } from '../kit/case.js'
import { START } from '../kit/virtual-clock.js'
import {
  claimsOf,
  configure,
  confirm,
  DAY,
  extend,
  fill,
  gate,
  guard,
  HOLD_MS,
  HOUR,
  judge,
  MAX_HOLD_MS,
  MINUTE,
  release,
  reserve,
  SHIRT,
  supply,
  sweep,
  units,
  use,
} from '../scenario/commands.js'
import { pass, story } from './story.js'

const SHORT_BY_ONE: Outcome = {
  kind: 'insufficient-stock',
  short: [{ account: SHIRT, requested: 1, available: 0 }],
}

const OF_STOCK: readonly Case<ReservationStore>[] = [
  story('the last unit is sold, and no other', [
    [supply(1), 'supplied'],
    [reserve('last'), { kind: 'granted', stock: 'taken', owed: [], expiresAt: START + HOLD_MS }],
    [reserve('next'), SHORT_BY_ONE],
  ]),
  story('an order may take exactly all there is, and not one more', [
    [supply(5), 'supplied'],
    [
      reserve('more', { units: [units(6)] }),
      { kind: 'insufficient-stock', short: [{ account: SHIRT, requested: 6, available: 5 }] },
    ],
    [reserve('all', { units: [units(5)] }), 'granted'],
    [reserve('next'), SHORT_BY_ONE],
  ]),
  story('an account with no stock sells nothing', [
    [supply(0), { kind: 'supplied', available: 0 }],
    [reserve('order'), SHORT_BY_ONE],
  ]),
  story(
    'the backorder limit is reached exactly, and not passed',
    [
      [supply(1), 'supplied'],
      [configure(1, { backorderLimit: 3 }), 'configured'],
      [
        reserve('owed', { units: [units(3)], backorder: true }),
        { kind: 'granted', stock: 'taken', owed: [units(2)], expiresAt: START + HOLD_MS },
      ],
      [
        reserve('two more', { units: [units(2)], backorder: true }),
        { kind: 'insufficient-stock', short: [{ account: SHIRT, requested: 2, available: 0 }] },
      ],
      [reserve('one more', { backorder: true }), 'granted'],
      [reserve('past it', { backorder: true }), SHORT_BY_ONE],
    ],
    'backorder',
  ),
]

const OF_LIMITS: readonly Case<ReservationStore>[] = [
  story('a limit is reached exactly, and not passed', [
    [supply(10), 'supplied'],
    [reserve('two', { units: [units(2)], uses: [use('limit', 3)] }), 'granted'],
    [
      reserve('two more', { units: [units(2)], uses: [use('limit', 3)] }),
      { kind: 'purchase-limit', use: 0, counter: 'limit', max: 3, used: 2, requested: 2 },
    ],
    [reserve('one more', { uses: [use('limit', 3)] }), 'granted'],
    [
      reserve('past it', { uses: [use('limit', 3)] }),
      { kind: 'purchase-limit', use: 0, counter: 'limit', max: 3, used: 3, requested: 1 },
    ],
  ]),
  story('a single order may not pass a limit either', [
    [supply(10), 'supplied'],
    [
      reserve('four', { units: [units(4)], uses: [use('limit', 3)] }),
      { kind: 'purchase-limit', use: 0, counter: 'limit', max: 3, used: 0, requested: 4 },
    ],
    [reserve('three', { units: [units(3)], uses: [use('limit', 3)] }), 'granted'],
  ]),
  story('a window begins at its first instant', [
    [supply(10), 'supplied'],
    [reserve('early', { uses: [use('limit', 3, { from: START + 1 })] }), { kind: 'window-passed', use: 0 }],
    pass(1),
    [reserve('early', { uses: [use('limit', 3, { from: START + 1 })] }), 'granted'],
  ]),
  story('a window is over at the instant after it', [
    [supply(10), 'supplied'],
    [reserve('in time', { uses: [use('limit', 3, { to: START + 1 })] }), 'granted'],
    pass(1),
    [reserve('after', { uses: [use('limit', 3, { to: START + 1 })] }), { kind: 'window-passed', use: 0 }],
  ]),
  story('a window that has passed is named by its position', [
    [supply(10), 'supplied'],
    [
      reserve('order', { uses: [use('life', 3), use('month', 3, { to: START })] }),
      { kind: 'window-passed', use: 1 },
    ],
  ]),
]

const OF_DEADLINES: readonly Case<ReservationStore>[] = [
  story('a hold lives until the instant before its deadline', [
    [supply(1), 'supplied'],
    [reserve('order'), 'granted'],
    pass(HOLD_MS - 1),
    [sweep(), { kind: 'swept', expired: [], more: false, nextDueAt: START + HOLD_MS }],
    [reserve('order'), { kind: 'replayed', status: 'held', expiresAt: START + HOLD_MS }],
    [confirm('order'), { kind: 'confirmed', late: false, owed: [] }],
  ]),
  story('a hold is over at the very instant of its deadline', [
    [supply(1), 'supplied'],
    [reserve('order'), 'granted'],
    pass(HOLD_MS),
    [reserve('order'), { kind: 'replayed', status: 'expired', expiresAt: null }],
  ]),
  story('a sweep takes a hold at the very instant of its deadline', [
    [supply(1), 'supplied'],
    [reserve('order'), 'granted'],
    pass(HOLD_MS),
    [sweep(), { kind: 'swept', expired: ['order'], more: false, nextDueAt: null }],
    [reserve('next'), 'granted'],
  ]),
  story('an extension ends at the longest hold, counted from the grant', [
    [supply(1), 'supplied'],
    [reserve('order'), 'granted'],
    pass(MINUTE),
    [extend('order', MAX_HOLD_MS - MINUTE), { kind: 'extended', expiresAt: START + MAX_HOLD_MS }],
    [extend('order', HOUR), { kind: 'extended', expiresAt: START + MAX_HOLD_MS }],
    pass(MAX_HOLD_MS - MINUTE - 1),
    [extend('order', HOUR), { kind: 'extended', expiresAt: START + MAX_HOLD_MS }],
    pass(1),
    [extend('order', HOUR), { kind: 'already', status: 'expired' }],
  ]),
  story('an extension never shortens a hold', [
    [supply(1), 'supplied'],
    [reserve('order'), 'granted'],
    [extend('order', 1), { kind: 'extended', expiresAt: START + HOLD_MS }],
  ]),
  story('a hold longer than the longest hold lasts as long as it says', [
    [supply(1), 'supplied'],
    [
      reserve('order', { holdMs: HOUR, maxHoldMs: MINUTE }),
      { kind: 'granted', stock: 'taken', owed: [], expiresAt: START + HOUR },
    ],
    [extend('order', 2 * HOUR), { kind: 'extended', expiresAt: START + HOUR }],
  ]),
  story('a reserve may come at its last instant, and not after it', [
    [supply(2), 'supplied'],
    [reserve('in time', { notAfter: START }), 'granted'],
    pass(1),
    [reserve('late', { notAfter: START }), 'late'],
  ]),
  story('a guard is free at the very instant of its deadline', [
    [supply(2), 'supplied'],
    [reserve('one', { guards: [guard('guard')] }), 'granted'],
    pass(HOLD_MS - 1),
    [
      reserve('two', { guards: [guard('guard')] }),
      { kind: 'unpaid-order', guard: 'guard', id: 'one', expiresAt: START + HOLD_MS },
    ],
    pass(1),
    [reserve('two', { guards: [guard('guard')] }), 'granted'],
  ]),
  story('the claims that a late payment brings are good until the instant before they lapse', [
    [supply(2), 'supplied'],
    [confirm('in time', 'one', { ...claimsOf(), until: START + 1 }), 'confirmed'],
    pass(1),
    [confirm('lapsed', 'two', { ...claimsOf(), until: START + 1 }), 'unknown-id'],
  ]),
  story('a sweep takes exactly as many as it may', [
    [supply(3), 'supplied'],
    [reserve('a'), 'granted'],
    [reserve('b'), 'granted'],
    [reserve('c'), 'granted'],
    pass(HOLD_MS),
    [sweep(2), { kind: 'swept', expired: ['a', 'b'], more: true, nextDueAt: START + HOLD_MS }],
    [sweep(1), { kind: 'swept', expired: ['c'], more: false, nextDueAt: null }],
  ]),
  story(
    'a fill takes exactly as many as it may',
    [
      [supply(0), 'supplied'],
      [configure(1, { backorderLimit: 9 }), 'configured'],
      [reserve('a', { backorder: true }), 'granted'],
      [reserve('b', { backorder: true }), 'granted'],
      [supply(5), 'supplied'],
      [fill(1), { kind: 'filled', lines: [{ id: 'a', quantity: 1 }], more: true }],
      [fill(1), { kind: 'filled', lines: [{ id: 'b', quantity: 1 }], more: false }],
    ],
    'backorder',
  ),
]

const OF_SALES: readonly Case<ReservationStore>[] = [
  story('a sale opens at the very instant', [
    [supply(1), 'supplied'],
    [configure(1, { opensAt: START + 1 }), 'configured'],
    [reserve('order'), { kind: 'sale-not-open', account: SHIRT, opensAt: START + 1 }],
    pass(1),
    [reserve('order'), 'granted'],
  ]),
  story('a sale closes at the very instant', [
    [supply(2), 'supplied'],
    [configure(1, { closesAt: START + 1 }), 'configured'],
    [reserve('order'), 'granted'],
    pass(1),
    [reserve('next'), { kind: 'sale-closed', account: SHIRT, closedAt: START + 1 }],
  ]),
  story('strikes lapse at the very instant', [
    [supply(1), 'supplied'],
    [reserve('struck', { risk: gate('strikes') }), 'granted'],
    [release('struck', 'buyer'), 'released'],
    pass(DAY - 1),
    [
      reserve('order', { risk: gate('strikes', { refuseAt: 1 }) }),
      { kind: 'buyer-refused', strikes: 1, until: START + DAY },
    ],
    pass(1),
    [reserve('order', { risk: gate('strikes', { refuseAt: 1 }) }), 'granted'],
  ]),
  story('a tag lapses at the very instant', [
    [supply(1), 'supplied'],
    [judge('strikes', { effect: 'refuse', until: START + 1 }), 'judged'],
    [reserve('order', { risk: gate('strikes') }), { kind: 'buyer-refused', strikes: 0, until: START + 1 }],
    pass(1),
    [reserve('order', { risk: gate('strikes') }), 'granted'],
  ]),
]

export const BOUNDARIES: readonly Case<ReservationStore>[] = [
  ...OF_STOCK,
  ...OF_LIMITS,
  ...OF_DEADLINES,
  ...OF_SALES,
]
