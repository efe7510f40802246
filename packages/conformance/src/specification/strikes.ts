import type { ReservationStore } from '@holdfast/core/adapter'
import type { Case } from '../kit/case.js'
import { START } from '../kit/virtual-clock.js'
import {
  confirm,
  DAY,
  gate,
  HOLD_MS,
  HOUR,
  judge,
  release,
  reserve,
  supply,
  sweep,
} from '../scenario/commands.js'
import { pass, type Step, story } from './story.js'

const STRIKES = { risk: gate('strikes') }
const REFUSED_AT_ONE = { risk: gate('strikes', { refuseAt: 1 }) }

/** An order of the buyer's that is cancelled unpaid: one strike. */
function strike(id: string): readonly Step[] {
  return [
    [reserve(id, STRIKES), 'granted'],
    [release(id, 'buyer'), 'released'],
  ]
}

/** Buyer risk: strikes for orders left unpaid, and the shop's own tag that goes before them. */
export const STRIKES_AND_TAGS: readonly Case<ReservationStore>[] = [
  story("a buyer's own unpaid cancel is a strike", [
    [supply(9), 'supplied'],
    ...strike('one'),
    [reserve('next', REFUSED_AT_ONE), { kind: 'buyer-refused', strikes: 1, until: START + DAY }],
  ]),
  story('an expiry is a strike, written in the same step', [
    [supply(9), 'supplied'],
    [reserve('one', STRIKES), 'granted'],
    pass(HOLD_MS),
    [sweep(), 'swept'],
    [reserve('next', REFUSED_AT_ONE), { kind: 'buyer-refused', strikes: 1, until: START + HOLD_MS + DAY }],
  ]),
  story("a seller's cancel is no strike", [
    [supply(9), 'supplied'],
    [reserve('one', STRIKES), 'granted'],
    [release('one', 'seller'), 'released'],
    [reserve('next', REFUSED_AT_ONE), 'granted'],
  ]),
  story('a rollback is no strike', [
    [supply(9), 'supplied'],
    [reserve('one', STRIKES), 'granted'],
    [release('one', 'rollback'), 'released'],
    [reserve('two', STRIKES), 'granted'],
    [confirm('two'), 'confirmed'],
    [release('two', 'rollback'), 'released'],
    [reserve('next', REFUSED_AT_ONE), 'granted'],
  ]),
  story('a paid order is no strike', [
    [supply(9), 'supplied'],
    [reserve('one', STRIKES), 'granted'],
    [confirm('one'), 'confirmed'],
    pass(2 * HOLD_MS),
    [sweep(), 'swept'],
    [reserve('next', REFUSED_AT_ONE), 'granted'],
  ]),
  story('an undo before do is no strike', [
    [supply(9), 'supplied'],
    [release('one', 'buyer'), 'tombstoned'],
    [reserve('next', REFUSED_AT_ONE), 'granted'],
  ]),
  story('strikes count up to a threshold: defer first, then refuse', [
    [supply(9), 'supplied'],
    ...strike('one'),
    [
      reserve('taken', { risk: gate('strikes', { deferAt: 2, refuseAt: 3 }) }),
      { kind: 'granted', stock: 'taken', owed: [], expiresAt: START + HOLD_MS },
    ],
    ...strike('two'),
    [
      reserve('deferred', { risk: gate('strikes', { deferAt: 2, refuseAt: 3 }) }),
      { kind: 'granted', stock: 'deferred', owed: [], expiresAt: START + HOLD_MS },
    ],
    ...strike('three'),
    [
      reserve('refused', { risk: gate('strikes', { deferAt: 2, refuseAt: 3 }) }),
      { kind: 'buyer-refused', strikes: 3, until: START + DAY },
    ],
  ]),
  story('each strike starts the time anew', [
    [supply(9), 'supplied'],
    ...strike('one'),
    pass(DAY - HOUR),
    ...strike('two'),
    pass(2 * HOUR),
    [
      reserve('next', { risk: gate('strikes', { refuseAt: 2 }) }),
      { kind: 'buyer-refused', strikes: 2, until: START + 2 * DAY - HOUR },
    ],
  ]),
  story('after they lapsed, strikes count from one again', [
    [supply(9), 'supplied'],
    ...strike('one'),
    pass(DAY),
    ...strike('two'),
    [reserve('next', { risk: gate('strikes', { refuseAt: 2 }) }), 'granted'],
    [reserve('again', REFUSED_AT_ONE), { kind: 'buyer-refused', strikes: 1, until: START + 2 * DAY }],
  ]),
  story('strikes under older names are added', [
    [supply(9), 'supplied'],
    ...strike('one'),
    [
      reserve('two', { risk: gate('new strikes', { prior: ['strikes'], refuseAt: 1 }) }),
      { kind: 'buyer-refused', strikes: 1, until: START + DAY },
    ],
    [reserve('two', { risk: gate('new strikes', { prior: ['strikes'] }) }), 'granted'],
    [release('two', 'buyer'), 'released'],
    [
      reserve('three', { risk: gate('new strikes', { prior: ['strikes'], refuseAt: 2 }) }),
      { kind: 'buyer-refused', strikes: 2, until: START + DAY },
    ],
    [reserve('of the old name', { risk: gate('strikes', { refuseAt: 2 }) }), 'granted'],
  ]),
  story('strikes of one buyer and another are counted apart', [
    [supply(9), 'supplied'],
    ...strike('one'),
    [reserve('next', { risk: gate('of another', { refuseAt: 1 }) }), 'granted'],
  ]),
  story("the shop's tag goes before strikes, in both directions", [
    [supply(9), 'supplied'],
    ...strike('one'),
    [judge('strikes', { effect: 'none', until: null }), 'judged'],
    [reserve('trusted', REFUSED_AT_ONE), 'granted'],
    [judge('strikes', { effect: 'defer-stock', until: null }), 'judged'],
    [
      reserve('deferred', REFUSED_AT_ONE),
      { kind: 'granted', stock: 'deferred', owed: [], expiresAt: START + HOLD_MS },
    ],
    [judge('strikes', { effect: 'refuse', until: null }), 'judged'],
    [reserve('refused', STRIKES), { kind: 'buyer-refused', strikes: 1, until: null }],
  ]),
  story('lifting a tag leaves the strikes, forgiving leaves the tag', [
    [supply(9), 'supplied'],
    ...strike('one'),
    [judge('strikes', { effect: 'refuse', until: null }), 'judged'],
    [judge('strikes', undefined, true), 'judged'],
    [reserve('refused', STRIKES), { kind: 'buyer-refused', strikes: 0, until: null }],
    [judge('strikes', null), 'judged'],
    [reserve('two', REFUSED_AT_ONE), 'granted'],
    [release('two', 'buyer'), 'released'],
    [judge('strikes', null), 'judged'],
    [reserve('three', REFUSED_AT_ONE), 'buyer-refused'],
  ]),
  story('what is lifted or forgiven is so under older names too', [
    [supply(9), 'supplied'],
    ...strike('one'),
    [judge('strikes', { effect: 'refuse', until: null }), 'judged'],
    [judge('new strikes', null, true, ['strikes']), 'judged'],
    [reserve('next', { risk: gate('new strikes', { prior: ['strikes'], refuseAt: 1 }) }), 'granted'],
  ]),
]
