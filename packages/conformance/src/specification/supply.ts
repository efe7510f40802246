import type { Outcome, ReservationStore } from '@holdfast/core/adapter'
import type { Case } from '../kit/case.js'
import { START } from '../kit/virtual-clock.js'
import {
  configure,
  confirm,
  giveBack,
  MINUTE,
  MUG,
  release,
  reserve,
  SHIRT,
  SHIRT_EU,
  supply,
  transfer,
  units,
} from '../scenario/commands.js'
import { pass, story } from './story.js'

const REUSED: Outcome = { kind: 'id-reused', differs: ['lines'] }
const REPLAYED: Outcome = { kind: 'replayed-movement' }

const SUPPLY: readonly Case<ReservationStore>[] = [
  story('a restock creates the account, one of 0 too', [
    [reserve('before'), { kind: 'account-unknown', accounts: [SHIRT] }],
    [supply(0), { kind: 'supplied', available: 0 }],
    [reserve('after'), 'insufficient-stock'],
  ]),
  story('a movement is applied once', [
    [supply(5, SHIRT, 'delivery'), { kind: 'supplied', available: 5 }],
    [supply(5, SHIRT, 'delivery'), REPLAYED],
    [supply(0), { kind: 'supplied', available: 5 }],
  ]),
  story('a movement id with other data is refused', [
    [supply(5, SHIRT, 'delivery'), 'supplied'],
    [supply(6, SHIRT, 'delivery'), REUSED],
    [{ ...supply(5, SHIRT, 'delivery'), cause: 'found in the cellar' }, REUSED],
    [supply(0), { kind: 'supplied', available: 5 }],
  ]),
  story('movement ids are apart from reservation ids', [
    [supply(5, SHIRT, 'one'), 'supplied'],
    [reserve('one'), 'granted'],
    [supply(1, SHIRT, 'two'), 'supplied'],
    [release('two', 'seller'), 'tombstoned'],
  ]),
  story(
    'every account has movement ids of its own',
    [
      [supply(5, SHIRT, 'delivery'), 'supplied'],
      [supply(7, SHIRT_EU, 'delivery'), { kind: 'supplied', available: 7 }],
      [supply(5, SHIRT, 'delivery'), REPLAYED],
    ],
    'one partition',
  ),
  story('adjusting down takes what is available, and not one more', [
    [supply(5), 'supplied'],
    [reserve('order', { units: [units(2)] }), 'granted'],
    [supply(-4), { kind: 'insufficient-stock', short: [{ account: SHIRT, requested: 4, available: 3 }] }],
    [supply(-3), { kind: 'supplied', available: 0 }],
    [confirm('order'), 'confirmed'],
  ]),
  story('an adjustment that was refused leaves its id free', [
    [supply(1), 'supplied'],
    [supply(-2, SHIRT, 'shrinkage'), 'insufficient-stock'],
    [supply(-1, SHIRT, 'shrinkage'), { kind: 'supplied', available: 0 }],
  ]),
  story('an unknown account cannot be adjusted down, nor is it created', [
    [supply(-1), { kind: 'account-unknown', accounts: [SHIRT] }],
    [reserve('order'), { kind: 'account-unknown', accounts: [SHIRT] }],
  ]),
]

const TRANSFERS: readonly Case<ReservationStore>[] = [
  story(
    'a transfer moves units between pools, once',
    [
      [supply(5), 'supplied'],
      [supply(1, SHIRT_EU), 'supplied'],
      [transfer(3, SHIRT, SHIRT_EU), 'transferred'],
      [transfer(3, SHIRT, SHIRT_EU), REPLAYED],
      [supply(0), { kind: 'supplied', available: 2 }],
      [supply(0, SHIRT_EU), { kind: 'supplied', available: 4 }],
    ],
    'one partition',
  ),
  story(
    'a transfer takes what is available, and not one more',
    [
      [supply(5), 'supplied'],
      [supply(0, SHIRT_EU), 'supplied'],
      [reserve('order', { units: [units(2)] }), 'granted'],
      [
        transfer(4, SHIRT, SHIRT_EU),
        { kind: 'insufficient-stock', short: [{ account: SHIRT, requested: 4, available: 3 }] },
      ],
      [transfer(3, SHIRT, SHIRT_EU), 'transferred'],
    ],
    'one partition',
  ),
  story(
    'a transfer id with other data is refused, from either end',
    [
      [supply(5), 'supplied'],
      [supply(5, SHIRT_EU), 'supplied'],
      [transfer(3, SHIRT, SHIRT_EU), 'transferred'],
      [transfer(2, SHIRT, SHIRT_EU), REUSED],
      [transfer(3, SHIRT_EU, SHIRT), REUSED],
      [supply(3, SHIRT_EU, 'transfer'), REUSED],
      [supply(-3, SHIRT, 'transfer'), REUSED],
    ],
    'one partition',
  ),
  story(
    'a transfer whose id stands on the target alone is refused',
    [
      [supply(5), 'supplied'],
      [supply(5, SHIRT_EU, 'transfer'), 'supplied'],
      [transfer(3, SHIRT, SHIRT_EU), REUSED],
      [supply(0), { kind: 'supplied', available: 5 }],
    ],
    'one partition',
  ),
  story(
    'a transfer from or to an unknown account is refused, naming what is unknown',
    [
      [transfer(1, SHIRT, SHIRT_EU), { kind: 'account-unknown', accounts: [SHIRT, SHIRT_EU] }],
      [supply(5), 'supplied'],
      [transfer(1, SHIRT, SHIRT_EU), { kind: 'account-unknown', accounts: [SHIRT_EU] }],
      [transfer(1, SHIRT_EU, SHIRT), { kind: 'account-unknown', accounts: [SHIRT_EU] }],
      [supply(0), { kind: 'supplied', available: 5 }],
    ],
    'one partition',
  ),
]

const CONFIGURATION: readonly Case<ReservationStore>[] = [
  story('an unknown account cannot be configured', [
    [configure(1), { kind: 'account-unknown', accounts: [SHIRT] }],
  ]),
  story('closing now takes effect at once', [
    [supply(5), 'supplied'],
    [reserve('order'), 'granted'],
    [configure(1, { closesAt: START }), 'configured'],
    [reserve('next'), { kind: 'sale-closed', account: SHIRT, closedAt: START }],
    [confirm('order'), 'confirmed'],
  ]),
  story('an older version is told which one stands', [
    [supply(5), 'supplied'],
    [configure(3, { closesAt: START }), 'configured'],
    [configure(2, { closesAt: null }), { kind: 'stale-version', version: 3 }],
    [reserve('order'), 'sale-closed'],
  ]),
  story('the same version with the same window changes nothing, with another it is stale', [
    [supply(5), 'supplied'],
    [configure(1, { opensAt: START - 1, closesAt: START + MINUTE }), 'configured'],
    [configure(1, { opensAt: START - 1, closesAt: START + MINUTE }), 'configured'],
    [configure(1, { opensAt: null, closesAt: START + MINUTE }), { kind: 'stale-version', version: 1 }],
    [configure(1, { opensAt: START - 1, closesAt: null }), { kind: 'stale-version', version: 1 }],
  ]),
  story(
    'the same version with the same backorder limit changes nothing, with another it is stale',
    [
      [supply(5), 'supplied'],
      [configure(1, { backorderLimit: 2 }), 'configured'],
      [configure(1, { backorderLimit: 2 }), 'configured'],
      [configure(1, { backorderLimit: 3 }), { kind: 'stale-version', version: 1 }],
    ],
    'backorder',
  ),
  story('a newer version may open the sale again', [
    [supply(5), 'supplied'],
    [configure(1, { closesAt: START }), 'configured'],
    pass(MINUTE),
    [reserve('order'), 'sale-closed'],
    [configure(7, { opensAt: START, closesAt: START + 2 * MINUTE }), 'configured'],
    [reserve('order'), 'granted'],
  ]),
  story(
    'each account of a SKU has a sale window of its own',
    [
      [supply(5), 'supplied'],
      [supply(5, SHIRT_EU), 'supplied'],
      [configure(1, { closesAt: START }), 'configured'],
      [reserve('order', { units: [units(1, SHIRT_EU)] }), 'granted'],
    ],
    'one partition',
  ),
]

const RETURNS: readonly Case<ReservationStore>[] = [
  story(
    'a return puts units back into stock, once',
    [
      [supply(5), 'supplied'],
      [reserve('order', { units: [units(3)] }), 'granted'],
      [confirm('order'), 'confirmed'],
      [giveBack('order', 'parcel', { units: [units(2)] }), 'returned'],
      [giveBack('order', 'parcel', { units: [units(2)] }), REPLAYED],
      [supply(0), { kind: 'supplied', available: 4 }],
      [giveBack('order', 'next parcel', { units: [units(2)] }), { kind: 'exceeds', account: SHIRT, held: 1 }],
    ],
    'returns',
  ),
  story(
    'a return that is written off leaves supply',
    [
      [supply(5), 'supplied'],
      [reserve('order', { units: [units(3)] }), 'granted'],
      [confirm('order'), 'confirmed'],
      [giveBack('order', 'parcel', { units: [units(2)], restock: false }), 'returned'],
      [supply(0), { kind: 'supplied', available: 2 }],
    ],
    'returns',
  ),
  story(
    'a return id with other data is refused',
    [
      [supply(5), 'supplied'],
      [reserve('order', { units: [units(3)] }), 'granted'],
      [confirm('order'), 'confirmed'],
      [giveBack('order', 'parcel', { units: [units(2)] }), 'returned'],
      [giveBack('order', 'parcel', { units: [units(1)] }), REUSED],
      [giveBack('order', 'parcel', { units: [units(2)], restock: false }), REUSED],
      [giveBack('order', 'parcel', { units: [units(2)], giveBackUses: false }), REUSED],
      [supply(2, SHIRT, 'parcel'), REUSED],
    ],
    'returns',
  ),
  story(
    "a movement's id is taken by a restock for returns too",
    [
      [supply(5, SHIRT, 'parcel'), 'supplied'],
      [reserve('order'), 'granted'],
      [confirm('order'), 'confirmed'],
      [giveBack('order', 'parcel'), REUSED],
    ],
    'returns',
  ),
  story(
    'a return of units that the order never held is refused',
    [
      [supply(5), 'supplied'],
      [supply(5, MUG), 'supplied'],
      [reserve('order'), 'granted'],
      [confirm('order'), 'confirmed'],
      [giveBack('order', 'parcel', { units: [units(1, MUG)] }), { kind: 'exceeds', account: MUG, held: 0 }],
    ],
    'returns',
    'one partition',
  ),
  story(
    'a rollback after a return gives back the rest',
    [
      [supply(5), 'supplied'],
      [reserve('order', { units: [units(3)] }), 'granted'],
      [confirm('order'), 'confirmed'],
      [giveBack('order', 'parcel', { units: [units(1)], restock: false }), 'returned'],
      [release('order', 'rollback'), 'released'],
      [giveBack('order', 'next parcel'), { kind: 'already', status: 'released' }],
      [supply(0), { kind: 'supplied', available: 4 }],
    ],
    'returns',
  ),
]

/** Changes of supply, of an account's settings, and returns: each under a movement's id or a version. */
export const SUPPLY_AND_SETTINGS: readonly Case<ReservationStore>[] = [
  ...SUPPLY,
  ...TRANSFERS,
  ...CONFIGURATION,
  ...RETURNS,
]
