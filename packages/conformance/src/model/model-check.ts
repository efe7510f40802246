import type { ReservationStore } from '@holdfast/core/adapter'
import type { Case, Kit } from '../kit/case.js'
import { checkProperty } from '../kit/property.js'
import { Scenario } from '../scenario/scenario.js'
import { atTime } from './at-time.js'
import { type HistoryStep, historyArbitrary } from './history.js'

/** Generated histories: after every batch the store must have answered and must stand as the reference does. */
export const MODEL_CHECK: readonly Case<ReservationStore>[] = [
  {
    name: 'generated histories end, batch by batch, as in the reference',
    needs: [],
    run: (kit) =>
      checkProperty(
        kit,
        {
          name: 'model',
          runs: kit.figures.histories,
          inputs: historyArbitrary(kit.capabilities, kit.figures.steps),
        },
        (history) => playHistory(kit, history),
      ),
  },
]

function playHistory(kit: Kit<ReservationStore>, history: readonly HistoryStep[]): Promise<void> {
  return Scenario.play(kit, async (scenario) => {
    for (const { pass, commands } of history) {
      scenario.clock.pass(pass)
      await scenario.apply(...commands.map((command) => atTime(command, scenario.clock.now())))
    }
  })
}
