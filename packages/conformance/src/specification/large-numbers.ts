import type { ReservationStore } from '@holdfast/core/adapter'
import type { Case } from '../kit/case.js'
import { START } from '../kit/virtual-clock.js'
import {
  configure,
  confirm,
  fill,
  giveBack,
  HOLD_MS,
  release,
  reserve,
  SHIRT,
  SHIRT_EU,
  shrink,
  supply,
  transfer,
  units,
  use,
} from '../scenario/commands.js'
import { story } from './story.js'

const MOST = Number.MAX_SAFE_INTEGER
/** Most units of one line. */
const LINE = 1_000_000_000

/** Counts up to 2^53 − 1 are exact; above it, the answer is `overflow` and nothing moves. */
export const LARGE_NUMBERS: readonly Case<ReservationStore>[] = [
  story('an account holds 2^53 − 1 units, and one more is refused', [
    [supply(MOST), { kind: 'supplied', available: MOST }],
    [supply(1), { kind: 'overflow', account: SHIRT }],
    [supply(MOST, SHIRT, 'again'), { kind: 'overflow', account: SHIRT }],
    [supply(0), { kind: 'supplied', available: MOST }],
  ]),
  story('units reserved and sold count towards what an account may hold', [
    [supply(MOST), 'supplied'],
    [reserve('held', { units: [units(LINE)] }), 'granted'],
    [reserve('sold', { units: [units(LINE)] }), 'granted'],
    [confirm('sold'), 'confirmed'],
    [supply(1), { kind: 'overflow', account: SHIRT }],
    [supply(-1), { kind: 'supplied', available: MOST - 2 * LINE - 1 }],
    [supply(1, SHIRT, 'one'), { kind: 'supplied', available: MOST - 2 * LINE }],
  ]),
  story('odd counts near the end are exact', [
    [supply(MOST - 2), { kind: 'supplied', available: MOST - 2 }],
    [supply(1), { kind: 'supplied', available: MOST - 1 }],
    [reserve('order', { units: [units(3)] }), 'granted'],
    [supply(0), { kind: 'supplied', available: MOST - 4 }],
    [shrink('order', units(2)), 'shrunk'],
    [confirm('order'), 'confirmed'],
    [supply(0, SHIRT, 'look'), { kind: 'supplied', available: MOST - 3 }],
    [release('order', 'rollback'), 'released'],
    [supply(0, SHIRT, 'look again'), { kind: 'supplied', available: MOST - 1 }],
  ]),
  story('a shortage of a large count is told exactly', [
    [supply(LINE - 1), 'supplied'],
    [
      reserve('order', { units: [units(LINE)] }),
      { kind: 'insufficient-stock', short: [{ account: SHIRT, requested: LINE, available: LINE - 1 }] },
    ],
    [reserve('order', { units: [units(LINE - 1)] }), 'granted'],
  ]),
  story(
    'a transfer may not pass 2^53 − 1 on its target',
    [
      [supply(5), 'supplied'],
      [supply(MOST - 2, SHIRT_EU), 'supplied'],
      [transfer(3, SHIRT, SHIRT_EU), { kind: 'overflow', account: SHIRT_EU }],
      [supply(0), { kind: 'supplied', available: 5 }],
      [transfer(2, SHIRT, SHIRT_EU), 'transferred'],
      [supply(0, SHIRT_EU), { kind: 'supplied', available: MOST }],
    ],
    'one partition',
  ),
  story('a limit of 2^53 − 1 counts exactly', [
    [supply(MOST), 'supplied'],
    [reserve('one', { units: [units(LINE)], uses: [use('limit', MOST)] }), 'granted'],
    [
      reserve('two', { units: [units(LINE)], uses: [use('limit', LINE + 1)] }),
      {
        kind: 'purchase-limit',
        use: 0,
        counter: 'limit',
        max: LINE + 1,
        used: LINE,
        requested: LINE,
      },
    ],
    [reserve('three', { uses: [use('limit', LINE + 1)] }), 'granted'],
  ]),
  story('a version of 2^53 − 1 is a version like another', [
    [supply(1), 'supplied'],
    [configure(MOST - 1), 'configured'],
    [configure(MOST, { closesAt: START }), 'configured'],
    [configure(MOST - 1), { kind: 'stale-version', version: MOST }],
  ]),
  story('instants far from now are kept to the millisecond', [
    [supply(2), 'supplied'],
    [configure(1, { opensAt: START, closesAt: 253_402_300_799_999 }), 'configured'],
    [
      reserve('order', { notAfter: MOST, holdMs: 100 * 365 * HOLD_MS * 144 + 1, maxHoldMs: 1 }),
      { kind: 'granted', stock: 'taken', owed: [], expiresAt: START + 100 * 365 * HOLD_MS * 144 + 1 },
    ],
  ]),
  story(
    'large backorders are owed and filled exactly',
    [
      [supply(1), 'supplied'],
      [configure(1, { backorderLimit: MOST }), 'configured'],
      [
        reserve('order', { units: [units(LINE)], backorder: true }),
        { kind: 'granted', stock: 'taken', owed: [units(LINE - 1)], expiresAt: START + HOLD_MS },
      ],
      [supply(LINE), 'supplied'],
      [fill(), { kind: 'filled', lines: [{ id: 'order', quantity: LINE - 1 }], more: false }],
      [supply(0), { kind: 'supplied', available: 1 }],
    ],
    'backorder',
  ),
  story(
    'large returns are exact',
    [
      [supply(MOST), 'supplied'],
      [reserve('order', { units: [units(LINE)] }), 'granted'],
      [confirm('order'), 'confirmed'],
      [giveBack('order', 'parcel', { units: [units(LINE - 1)] }), 'returned'],
      [supply(0), { kind: 'supplied', available: MOST - 1 }],
    ],
    'returns',
  ),
]
