import type { ReservationStore } from '@holdfast/core/adapter'
import type { Case } from '../kit/case.js'
import { assertSame } from '../kit/comparison.js'
import { START } from '../kit/virtual-clock.js'
import {
  configure,
  confirm,
  gate,
  guard,
  HOLD_MS,
  release,
  reserve,
  supply,
  sweep,
  units,
  use,
} from '../scenario/commands.js'
import type { Scenario } from '../scenario/scenario.js'
import { type Step, scene, tell } from '../specification/story.js'

const CLAIMS = { uses: [use('limit', 1)], guards: [guard('guard')], risk: gate('strikes') }

const HELD: readonly Step[] = [
  [supply(5), 'supplied'],
  [reserve('order', { ...CLAIMS, units: [units(2)], uses: [use('limit', 2)] }), 'granted'],
]
async function forEachStepARestart(scenario: Scenario, steps: readonly Step[]): Promise<void> {
  for (const step of steps) {
    await tell(scenario, [step])
    await scenario.restart()
    await scenario.assertStands()
  }
}

/** A process that is ended and started again between commands. */
export const RESTARTED: readonly Case<ReservationStore>[] = [
  scene(
    'the process is restarted after every command, and nothing that was answered is lost',
    (scenario) =>
      forEachStepARestart(scenario, [
        ...HELD,
        [
          reserve('order', { units: [units(2)] }),
          { kind: 'replayed', status: 'held', expiresAt: START + HOLD_MS },
        ],
        [reserve('second', { guards: [guard('guard')] }), 'unpaid-order'],
        [reserve('third', { uses: [use('limit', 2)] }), 'purchase-limit'],
        [supply(5), 'replayed-movement'],
        [confirm('order'), 'confirmed'],
        [confirm('order'), { kind: 'already', status: 'confirmed' }],
        [reserve('fourth', { risk: gate('strikes') }), 'granted'],
        [release('fourth', 'buyer'), 'released'],
        [reserve('fifth', { risk: gate('strikes', { refuseAt: 1 }) }), 'buyer-refused'],
        [release('unknown', 'seller'), 'tombstoned'],
        [reserve('unknown'), 'tombstoned'],
        [configure(1, { closesAt: START }), 'configured'],
        [reserve('sixth'), 'sale-closed'],
      ]),
    'restart',
    'durability',
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
    'restart',
    'durability',
  ),
  scene(
    'the restarted process sweeps what fell due while it was gone',
    async (scenario) => {
      await tell(scenario, HELD)
      scenario.clock.pass(HOLD_MS)
      await scenario.restart()
      await scenario.expect(sweep(), { kind: 'swept', expired: ['order'], more: false, nextDueAt: null })
    },
    'restart',
    'durability',
  ),
]
