import type { ReservationStore } from '@holdfast/core/adapter'
import type { Case } from '../kit/case.js'
import { START } from '../kit/virtual-clock.js'
import {
  confirm,
  extend,
  guard,
  HOLD_MS,
  MINUTE,
  release,
  reserve,
  SHIRT_EU,
  shrink,
  supply,
  sweep,
  units,
  use,
} from '../scenario/commands.js'
import { pass, story } from './story.js'

/** An id is granted once, a refusal is not remembered, and an undo may come before what it undoes. */
export const RETRIES: readonly Case<ReservationStore>[] = [
  story('a retry of the call that took the last unit is answered its success', [
    [supply(1), 'supplied'],
    [reserve('order'), 'granted'],
    [reserve('order'), { kind: 'replayed', status: 'held', expiresAt: START + HOLD_MS }],
  ]),
  story('a retry after the limit was reached is answered its success', [
    [supply(5), 'supplied'],
    [reserve('order', { uses: [use('limit', 1)] }), 'granted'],
    [
      reserve('order', { uses: [use('limit', 1)] }),
      { kind: 'replayed', status: 'held', expiresAt: START + HOLD_MS },
    ],
  ]),
  story('an order does not stand in its own way as unpaid', [
    [supply(5), 'supplied'],
    [reserve('order', { guards: [guard('guard')] }), 'granted'],
    [
      reserve('order', { guards: [guard('guard')] }),
      { kind: 'replayed', status: 'held', expiresAt: START + HOLD_MS },
    ],
  ]),
  story('a refusal for stock is not remembered', [
    [supply(0), 'supplied'],
    [reserve('order'), 'insufficient-stock'],
    [supply(1), 'supplied'],
    [reserve('order'), 'granted'],
  ]),
  story('a refusal for a limit is not remembered', [
    [supply(5), 'supplied'],
    [reserve('first', { uses: [use('limit', 1)] }), 'granted'],
    [reserve('order', { uses: [use('limit', 1)] }), 'purchase-limit'],
    [release('first', 'seller'), 'released'],
    [reserve('order', { uses: [use('limit', 1)] }), 'granted'],
  ]),
  story('an id that was refused may be asked again with other lines by another buyer', [
    [supply(1), 'supplied'],
    [reserve('order', { units: [units(2)] }), 'insufficient-stock'],
    [reserve('order', { buyer: 'another' }), 'granted'],
  ]),
  story('an id that was refused as late is free', [
    [supply(1), 'supplied'],
    [reserve('order', { notAfter: START - 1 }), 'late'],
    [reserve('order'), 'granted'],
  ]),
  story('a delayed duplicate of a refused reserve makes no ghost hold', [
    [supply(0), 'supplied'],
    [reserve('order', { notAfter: START + MINUTE }), 'insufficient-stock'],
    [supply(1), 'supplied'],
    pass(MINUTE + 1),
    [reserve('order', { notAfter: START + MINUTE }), 'late'],
  ]),
  story(
    'a retry after the rules changed is answered its success',
    [
      [supply(5), 'supplied'],
      [reserve('order', { lines: 'same', uses: [use('limit', 3)] }), 'granted'],
      [
        reserve('order', {
          lines: 'same',
          units: [units(1, SHIRT_EU)],
          uses: [use('another', 0)],
          guards: [guard('another')],
          holdMs: MINUTE,
        }),
        { kind: 'replayed', status: 'held', expiresAt: START + HOLD_MS },
      ],
    ],
    'one partition',
  ),
  story('a retry that the policy would refuse by now is answered its success', [
    [supply(5), 'supplied'],
    [reserve('order'), 'granted'],
    [
      reserve('order', { refuse: { kind: 'pool-not-served', region: 'mars', served: [] } }),
      { kind: 'replayed', status: 'held', expiresAt: START + HOLD_MS },
    ],
  ]),
  story('a replay tells the status as it is now', [
    [supply(5), 'supplied'],
    [reserve('order'), 'granted'],
    pass(MINUTE),
    [extend('order', HOLD_MS), { kind: 'extended', expiresAt: START + MINUTE + HOLD_MS }],
    [reserve('order'), { kind: 'replayed', status: 'held', expiresAt: START + MINUTE + HOLD_MS }],
    [confirm('order'), 'confirmed'],
    [reserve('order'), { kind: 'replayed', status: 'confirmed', expiresAt: null }],
  ]),
  story('a shrunk order is replayed by the lines it was asked with', [
    [supply(5), 'supplied'],
    [reserve('order', { units: [units(3)] }), 'granted'],
    [shrink('order', units(1)), 'shrunk'],
    [
      reserve('order', { units: [units(3)] }),
      { kind: 'replayed', status: 'held', expiresAt: START + HOLD_MS },
    ],
    [reserve('order', { units: [units(1)] }), { kind: 'id-reused', differs: ['lines'] }],
  ]),
  story('an id that ended is never granted again', [
    [supply(5), 'supplied'],
    [reserve('released'), 'granted'],
    [reserve('expired'), 'granted'],
    [release('released', 'seller'), 'released'],
    pass(HOLD_MS),
    [sweep(), 'swept'],
    [reserve('released'), { kind: 'replayed', status: 'released', expiresAt: null }],
    [reserve('expired'), { kind: 'replayed', status: 'expired', expiresAt: null }],
  ]),
  story('undo before do: the late reserve is refused', [
    [supply(5), 'supplied'],
    [release('order', 'seller', 'payment failed'), 'tombstoned'],
    [reserve('order'), 'tombstoned'],
    [reserve('order', { buyer: 'another' }), 'tombstoned'],
  ]),
  story('undo twice: nothing comes back twice', [
    [supply(5), { kind: 'supplied', available: 5 }],
    [reserve('order', { units: [units(2)], uses: [use('limit', 2)] }), 'granted'],
    [release('order', 'seller'), 'released'],
    [release('order', 'seller'), { kind: 'already', status: 'released' }],
    [release('order', 'buyer'), { kind: 'already', status: 'released' }],
    [supply(0), { kind: 'supplied', available: 5 }],
  ]),
  story('undo twice before do: one tombstone', [
    [supply(5), 'supplied'],
    [release('order', 'seller'), 'tombstoned'],
    [release('order', 'buyer'), { kind: 'already', status: 'tombstoned' }],
  ]),
  story('shrink is idempotent, and never grows again', [
    [supply(5), 'supplied'],
    [reserve('order', { units: [units(3)] }), 'granted'],
    [shrink('order', units(2)), 'shrunk'],
    [shrink('order', units(2)), 'shrunk'],
    [supply(0), { kind: 'supplied', available: 3 }],
    [shrink('order', units(3)), 'exceeds'],
  ]),
]
