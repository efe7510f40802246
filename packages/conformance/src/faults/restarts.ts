import type { ReservationStore } from '@holdfast/core/adapter'
import type { Case, Need } from '../kit/case.js'
import { assertSame } from '../kit/comparison.js'
import { START } from '../kit/virtual-clock.js'
import {
  configure,
  confirm,
  fill,
  gate,
  giveBack,
  guard,
  HOLD_MS,
  judge,
  release,
  reserve,
  SHIRT,
  supply,
  sweep,
  use,
} from '../scenario/commands.js'
import { type Step, scene, tell } from '../specification/story.js'

const NEEDS: readonly Need[] = ['restart', 'durability']

/** Plays `before`, ends the process and starts it again, and plays on. */
function restarted(
  name: string,
  before: readonly Step[],
  after: readonly Step[],
  ...needs: readonly Need[]
): Case<ReservationStore> {
  return scene(
    name,
    async (scenario) => {
      await tell(scenario, [[supply(5), 'supplied'], ...before])
      await scenario.restart()
      await scenario.assertStands()
      await tell(scenario, after)
    },
    ...NEEDS,
    ...needs,
  )
}

/** A process that is ended and started again between commands: nothing that was answered is lost. */
export const RESTARTED: readonly Case<ReservationStore>[] = [
  restarted(
    'a hold is still held',
    [[reserve('order'), 'granted']],
    [
      [reserve('order'), { kind: 'replayed', status: 'held', expiresAt: START + HOLD_MS }],
      [supply(0), { kind: 'supplied', available: 4 }],
    ],
  ),
  restarted(
    'a paid order is still paid, by its payment',
    [
      [reserve('order'), 'granted'],
      [confirm('order', 'one'), 'confirmed'],
    ],
    [
      [confirm('order', 'one'), { kind: 'already', status: 'confirmed' }],
      [confirm('order', 'two'), { kind: 'refund-required', why: { kind: 'duplicate-payment', paid: 'one' } }],
    ],
  ),
  restarted(
    'an ended order still occupies its id',
    [
      [reserve('order'), 'granted'],
      [release('order', 'seller'), 'released'],
    ],
    [[reserve('order'), { kind: 'replayed', status: 'released', expiresAt: null }]],
  ),
  restarted(
    'a tombstone still stands',
    [[release('order', 'seller'), 'tombstoned']],
    [[reserve('order'), 'tombstoned']],
  ),
  restarted(
    'a limit still counts',
    [[reserve('order', { uses: [use('limit', 1)] }), 'granted']],
    [[reserve('next', { uses: [use('limit', 1)] }), 'purchase-limit']],
  ),
  restarted(
    'a guard is still open',
    [[reserve('order', { guards: [guard('guard')] }), 'granted']],
    [[reserve('next', { guards: [guard('guard')] }), 'unpaid-order']],
  ),
  restarted(
    'strikes and tags still count',
    [
      [reserve('order', { risk: gate('strikes') }), 'granted'],
      [release('order', 'buyer'), 'released'],
      [judge('tagged', { effect: 'refuse', until: null }), 'judged'],
    ],
    [
      [reserve('one', { risk: gate('strikes', { refuseAt: 1 }) }), 'buyer-refused'],
      [reserve('two', { risk: gate('tagged') }), 'buyer-refused'],
    ],
  ),
  restarted(
    'a movement is still applied once',
    [[supply(3, SHIRT, 'delivery'), 'supplied']],
    [
      [supply(3, SHIRT, 'delivery'), 'replayed-movement'],
      [supply(4, SHIRT, 'delivery'), 'id-reused'],
    ],
  ),
  restarted(
    'settings still stand, with their version',
    [[configure(3, { closesAt: START }), 'configured']],
    [
      [reserve('order'), 'sale-closed'],
      [configure(2), { kind: 'stale-version', version: 3 }],
    ],
  ),
  restarted(
    'what fell due meanwhile is swept',
    [[reserve('order'), 'granted'], { pass: HOLD_MS }],
    [[sweep(), { kind: 'swept', expired: ['order'], more: false, nextDueAt: null }]],
  ),
  restarted(
    'who is owed units is still owed them, the longest first',
    [
      [configure(1, { backorderLimit: 9 }), 'configured'],
      [supply(-5), 'supplied'],
      [reserve('b', { backorder: true }), 'granted'],
      [reserve('a', { backorder: true }), 'granted'],
      [supply(1), 'supplied'],
    ],
    [[fill(), { kind: 'filled', lines: [{ id: 'b', quantity: 1 }], more: false }]],
    'backorder',
  ),
  restarted(
    'a return is still applied once',
    [
      [reserve('order'), 'granted'],
      [confirm('order'), 'confirmed'],
      [giveBack('order', 'parcel'), 'returned'],
    ],
    [[giveBack('order', 'parcel'), 'replayed-movement']],
    'returns',
  ),
  scene(
    'events told before are told no other way, and later ones follow them',
    async (scenario) => {
      await scenario.apply(supply(5), reserve('one'))
      const before = await scenario.events()
      await scenario.restart()
      assertSame(await scenario.events(), before, 'the events after the restart:')
      await scenario.apply(reserve('two'))
      const after = await scenario.events()
      assertSame(after.slice(0, before.length), before, 'the events before the restart:')
    },
    ...NEEDS,
  ),
  scene(
    'the epoch stands over a restart that lost nothing',
    async (scenario) => {
      await scenario.apply(supply(5))
      const { epoch } = await scenario.send(scenario.store, [reserve('one')])
      scenario.foresee([reserve('one')])
      await scenario.restart()
      const applied = await scenario.store.apply(scenario.partitionOf([]), epoch, [reserve('two')])
      scenario.foresee([reserve('two')])
      assertSame(
        [applied.kind, applied.epoch],
        ['applied', epoch],
        'a batch of the epoch before the restart:',
      )
    },
    ...NEEDS,
  ),
]
