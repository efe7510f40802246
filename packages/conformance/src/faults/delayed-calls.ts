import type { Command, ReservationStore } from '@holdfast/core/adapter'
import type { Case, Need } from '../kit/case.js'
import { START } from '../kit/virtual-clock.js'
import {
  configure,
  confirm,
  extend,
  gate,
  guard,
  HOLD_MS,
  MINUTE,
  release,
  reserve,
  shrink,
  supply,
  sweep,
  units,
  use,
} from '../scenario/commands.js'
import { type Step, scene, tell } from '../specification/story.js'
import { FaultyClient } from './faulty-client.js'

const CLAIMS = { uses: [use('limit', 1)], guards: [guard('guard')], risk: gate('strikes') }

const HELD: readonly Step[] = [
  [supply(5), 'supplied'],
  [reserve('order', { ...CLAIMS, units: [units(2)], uses: [use('limit', 2)] }), 'granted'],
]
/** Sends `commands` on their way, lets `meanwhile` happen, and then has them delivered. */
function delayed(
  name: string,
  given: readonly Step[],
  commands: readonly Command[],
  meanwhile: readonly Step[],
  afterwards: readonly Step[],
  ...needs: readonly Need[]
): Case<ReservationStore> {
  return scene(
    name,
    async (scenario) => {
      await tell(scenario, given)
      const arrive = new FaultyClient(scenario).delayed(commands)
      await tell(scenario, meanwhile)
      await arrive()
      await scenario.assertStands()
      await tell(scenario, afterwards)
    },
    ...needs,
  )
}

/** Calls that arrive after others that were sent later. */
export const DELAYED: readonly Case<ReservationStore>[] = [
  delayed(
    'a reserve that arrives after its last instant takes nothing',
    [[supply(5), 'supplied']],
    [reserve('order', { ...CLAIMS, notAfter: START + MINUTE })],
    [{ pass: MINUTE + 1 }],
    [
      [supply(0), { kind: 'supplied', available: 5 }],
      [reserve('next', CLAIMS), 'granted'],
    ],
  ),
  delayed(
    'a reserve that was retried with success, and arrives after that order ended, is a replay',
    [[supply(5), 'supplied']],
    [reserve('order', CLAIMS)],
    [
      [reserve('order', CLAIMS), 'granted'],
      [release('order', 'seller'), 'released'],
    ],
    [[supply(0), { kind: 'supplied', available: 5 }]],
  ),
  delayed(
    'a reserve that arrives after its undo is refused',
    [[supply(5), 'supplied']],
    [reserve('order', CLAIMS)],
    [[release('order', 'seller'), 'tombstoned']],
    [[supply(0), { kind: 'supplied', available: 5 }]],
  ),
  delayed(
    'a cancel that arrives after the payment leaves it paid',
    HELD,
    [release('order', 'buyer')],
    [[confirm('order'), 'confirmed']],
    [[reserve('order', { units: [units(2)] }), { kind: 'replayed', status: 'confirmed', expiresAt: null }]],
  ),
  delayed(
    'a payment that arrives after the sweep takes the units again, once',
    HELD,
    [confirm('order')],
    [{ pass: HOLD_MS }, [sweep(), 'swept']],
    [
      [confirm('order'), { kind: 'already', status: 'confirmed' }],
      [supply(0), { kind: 'supplied', available: 3 }],
    ],
  ),
  delayed(
    'a sweep that arrives after an extension leaves the hold alone',
    HELD,
    [sweep()],
    [[extend('order', 2 * HOLD_MS), 'extended'], { pass: HOLD_MS }],
    [[confirm('order'), { kind: 'confirmed', late: false, owed: [] }]],
  ),
  delayed(
    'an older configuration that arrives after a newer one is stale',
    [[supply(5), 'supplied']],
    [configure(1, { closesAt: START })],
    [[configure(2), 'configured']],
    [[reserve('order'), 'granted']],
  ),
  delayed(
    'a shrink that arrives after a later one gives back nothing more',
    HELD,
    [shrink('order', units(2))],
    [[shrink('order', units(1)), 'shrunk']],
    [[supply(0), { kind: 'supplied', available: 4 }]],
  ),
  delayed(
    'an extension that arrives after the deadline revives nothing',
    HELD,
    [extend('order', 2 * HOLD_MS)],
    [{ pass: HOLD_MS }],
    [[reserve('next', CLAIMS), 'granted']],
  ),
]
