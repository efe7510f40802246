import type { Outcome, ReservationStore } from '@holdfast/core/adapter'
import type { Case } from '../kit/case.js'
import { START } from '../kit/virtual-clock.js'
import {
  claimsOf,
  configure,
  confirm,
  DAY,
  guard,
  HOLD_MS,
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

const CONFIRMED: Outcome = { kind: 'confirmed', late: false, owed: [] }
const CONFIRMED_LATE: Outcome = { kind: 'confirmed', late: true, owed: [] }
const SOLD_OUT: Outcome = {
  kind: 'refund-required',
  why: { kind: 'insufficient-stock', short: [{ account: SHIRT, requested: 1, available: 0 }] },
}
const RELEASED: Outcome = { kind: 'refund-required', why: { kind: 'released' } }
const RETAKE = { ...claimsOf({ uses: [use('limit', 1)] }), until: START + DAY }

const LATE: readonly Case<ReservationStore>[] = [
  story('a late payment takes units and limits again', [
    [supply(1), 'supplied'],
    [reserve('order', { uses: [use('limit', 1)] }), 'granted'],
    pass(HOLD_MS),
    [sweep(), 'swept'],
    [confirm('order'), CONFIRMED_LATE],
    [reserve('next'), 'insufficient-stock'],
    [supply(1, SHIRT, 'more'), 'supplied'],
    [reserve('next', { uses: [use('limit', 1)] }), 'purchase-limit'],
  ]),
  story('a late payment does not open the guard again', [
    [supply(5), 'supplied'],
    [reserve('order', { guards: [guard('guard')] }), 'granted'],
    pass(HOLD_MS),
    [reserve('next', { guards: [guard('guard')] }), 'granted'],
    [confirm('order'), CONFIRMED_LATE],
    [
      reserve('third', { guards: [guard('guard')] }),
      { kind: 'unpaid-order', guard: 'guard', id: 'next', expiresAt: START + 2 * HOLD_MS },
    ],
  ]),
  story('a late payment of an overdue hold finds its own units', [
    [supply(1), 'supplied'],
    [reserve('order'), 'granted'],
    pass(HOLD_MS),
    [confirm('order'), CONFIRMED_LATE],
  ]),
  story('a late payment that finds the units sold is to be refunded, and never takes again', [
    [supply(1), 'supplied'],
    [reserve('order'), 'granted'],
    pass(HOLD_MS),
    [sweep(), 'swept'],
    [reserve('next'), 'granted'],
    [confirm('order'), SOLD_OUT],
    [supply(5), 'supplied'],
    [confirm('order'), SOLD_OUT],
    [confirm('order', 'another payment'), SOLD_OUT],
    [supply(0), { kind: 'supplied', available: 5 }],
  ]),
  story('a late payment that finds its limit used up is to be refunded', [
    [supply(5), 'supplied'],
    [reserve('order', { uses: [use('limit', 1)] }), 'granted'],
    pass(HOLD_MS),
    [sweep(), 'swept'],
    [reserve('next', { uses: [use('limit', 1)] }), 'granted'],
    [
      confirm('order'),
      {
        kind: 'refund-required',
        why: { kind: 'purchase-limit', use: 0, counter: 'limit', max: 1, used: 1, requested: 1 },
      },
    ],
    [supply(0), { kind: 'supplied', available: 4 }],
  ]),
  story('a late payment does not ask the sale window', [
    [supply(1), 'supplied'],
    [configure(1, { closesAt: START + HOLD_MS }), 'configured'],
    [reserve('order'), 'granted'],
    pass(HOLD_MS),
    [sweep(), 'swept'],
    [confirm('order'), CONFIRMED_LATE],
  ]),
  story('a late payment of a shrunk order takes what it had shrunk to', [
    [supply(3), 'supplied'],
    [reserve('order', { units: [units(3)], uses: [use('limit', 3)] }), 'granted'],
    [shrink('order', units(1)), 'shrunk'],
    pass(HOLD_MS),
    [sweep(), 'swept'],
    [confirm('order'), CONFIRMED_LATE],
    [supply(0), { kind: 'supplied', available: 2 }],
  ]),
  story(
    'a late payment may be owed units if its order allowed it',
    [
      [supply(1), 'supplied'],
      [configure(1, { backorderLimit: 5 }), 'configured'],
      [reserve('order', { backorder: true }), 'granted'],
      pass(HOLD_MS),
      [sweep(), 'swept'],
      [reserve('next'), 'granted'],
      [confirm('order'), { kind: 'confirmed', late: true, owed: [units(1)] }],
    ],
    'backorder',
  ),
]

const REPEATED: readonly Case<ReservationStore>[] = [
  story('a payment delivered twice is counted once', [
    [supply(2), 'supplied'],
    [reserve('order'), 'granted'],
    [confirm('order'), CONFIRMED],
    [confirm('order'), { kind: 'already', status: 'confirmed' }],
    [supply(0), { kind: 'supplied', available: 1 }],
  ]),
  story('another payment for a paid order is to be refunded, and the paid order stands', [
    [supply(2), 'supplied'],
    [reserve('order'), 'granted'],
    [confirm('order', 'one'), CONFIRMED],
    [confirm('order', 'two'), { kind: 'refund-required', why: { kind: 'duplicate-payment', paid: 'one' } }],
    [confirm('order', 'one'), { kind: 'already', status: 'confirmed' }],
    [reserve('order'), { kind: 'replayed', status: 'confirmed', expiresAt: null }],
  ]),
  story('a late payment delivered twice is counted once', [
    [supply(5), 'supplied'],
    [reserve('order'), 'granted'],
    pass(HOLD_MS),
    [confirm('order'), CONFIRMED_LATE],
    [confirm('order'), { kind: 'already', status: 'confirmed' }],
    [supply(0), { kind: 'supplied', available: 4 }],
  ]),
  story('a payment after a cancel is to be refunded, however often it comes', [
    [supply(2), 'supplied'],
    [reserve('order'), 'granted'],
    [release('order', 'buyer'), 'released'],
    [confirm('order'), RELEASED],
    [confirm('order'), RELEASED],
    [supply(0), { kind: 'supplied', available: 2 }],
  ]),
  story('a paid order is released by a rollback alone', [
    [supply(2), 'supplied'],
    [reserve('order', { uses: [use('limit', 1)] }), 'granted'],
    [confirm('order'), CONFIRMED],
    [release('order', 'buyer'), { kind: 'already', status: 'confirmed' }],
    [release('order', 'seller'), { kind: 'already', status: 'confirmed' }],
    [release('order', 'rollback'), 'released'],
    [supply(0), { kind: 'supplied', available: 2 }],
    [reserve('next', { uses: [use('limit', 1)] }), 'granted'],
  ]),
  story('a paid order does not expire', [
    [supply(1), 'supplied'],
    [reserve('order'), 'granted'],
    [confirm('order'), CONFIRMED],
    pass(10 * HOLD_MS),
    [confirm('order'), { kind: 'already', status: 'confirmed' }],
  ]),
]

const DEFERRED: readonly Case<ReservationStore>[] = [
  story('a deferred order takes no unit until it is paid', [
    [supply(1), 'supplied'],
    [
      reserve('deferred', { stock: 'defer' }),
      { kind: 'granted', stock: 'deferred', owed: [], expiresAt: START + HOLD_MS },
    ],
    [supply(0), { kind: 'supplied', available: 1 }],
    [confirm('deferred'), CONFIRMED],
    [reserve('next'), 'insufficient-stock'],
  ]),
  story('a deferred order is refused at once if units are short at that moment', [
    [supply(1), 'supplied'],
    [reserve('deferred', { stock: 'defer', units: [units(2)] }), 'insufficient-stock'],
  ]),
  story('a deferred order claims its limits and its guard', [
    [supply(9), 'supplied'],
    [reserve('deferred', { stock: 'defer', uses: [use('limit', 1)], guards: [guard('guard')] }), 'granted'],
    [reserve('one', { uses: [use('limit', 1)] }), 'purchase-limit'],
    [reserve('two', { guards: [guard('guard')] }), 'unpaid-order'],
    [release('deferred', 'seller'), 'released'],
    [reserve('one', { uses: [use('limit', 1)], guards: [guard('guard')] }), 'granted'],
  ]),
  story('a deferred order that finds the units sold is to be refunded, and its uses come back', [
    [supply(1), 'supplied'],
    [reserve('deferred', { stock: 'defer', uses: [use('limit', 1)] }), 'granted'],
    [reserve('next'), 'granted'],
    [confirm('deferred'), SOLD_OUT],
    [supply(1, SHIRT, 'more'), 'supplied'],
    [reserve('again', { uses: [use('limit', 1)] }), 'granted'],
  ]),
  story('releasing or sweeping a deferred order gives back no unit', [
    [supply(2), 'supplied'],
    [reserve('one', { stock: 'defer' }), 'granted'],
    [reserve('two', { stock: 'defer' }), 'granted'],
    [release('one', 'seller'), 'released'],
    pass(HOLD_MS),
    [sweep(), 'swept'],
    [supply(0), { kind: 'supplied', available: 2 }],
  ]),
  story(
    'a deferred order may be owed units at payment if it allowed it',
    [
      [supply(1), 'supplied'],
      [configure(1, { backorderLimit: 5 }), 'configured'],
      [reserve('deferred', { stock: 'defer', backorder: true }), 'granted'],
      [reserve('next'), 'granted'],
      [confirm('deferred'), { kind: 'confirmed', late: false, owed: [units(1)] }],
    ],
    'backorder',
  ),
]

const UNKNOWN: readonly Case<ReservationStore>[] = [
  story('a payment for an unknown id that brings no claims is told so', [
    [supply(5), 'supplied'],
    [confirm('order'), 'unknown-id'],
    [reserve('order'), 'granted'],
  ]),
  story('a payment for an unknown id takes the claims that it brings', [
    [supply(1), 'supplied'],
    [confirm('order', 'payment', RETAKE), CONFIRMED_LATE],
    [confirm('order', 'payment', RETAKE), { kind: 'already', status: 'confirmed' }],
    [
      reserve('order', { uses: [use('limit', 1)] }),
      { kind: 'replayed', status: 'confirmed', expiresAt: null },
    ],
    [reserve('next', { uses: [use('limit', 1)] }), 'purchase-limit'],
  ]),
  story('a payment whose claims cannot be had occupies its id, and never takes', [
    [supply(0), 'supplied'],
    [confirm('order', 'payment', RETAKE), SOLD_OUT],
    [supply(5), 'supplied'],
    [confirm('order', 'payment', RETAKE), RELEASED],
    [reserve('order'), 'tombstoned'],
  ]),
  story('a payment that brings claims on an unknown account is to be refunded', [
    [
      confirm('order', 'payment', { ...claimsOf({ units: [units(1)] }), until: START + DAY }),
      {
        kind: 'refund-required',
        why: { kind: 'insufficient-stock', short: [{ account: SHIRT, requested: 1, available: 0 }] },
      },
    ],
  ]),
]

/** What a payment meets: on time, late, repeated, of a deferred order, of an id that is not known. */
export const PAYMENTS: readonly Case<ReservationStore>[] = [...LATE, ...REPEATED, ...DEFERRED, ...UNKNOWN]
