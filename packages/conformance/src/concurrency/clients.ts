import type { ReservationStore } from '@holdfast/core/adapter'
import type { Case } from '../kit/case.js'
import { assertSame } from '../kit/comparison.js'
import { confirm, guard, release, reserve, SHIRT, supply, sweep, units, use } from '../scenario/commands.js'
import type { Scenario } from '../scenario/scenario.js'
import { scene } from '../specification/story.js'

/** The clients in turn, beginning with the first. */
function inTurn(scenario: Scenario): () => ReservationStore {
  const clients = scenario.clients()
  let turn = 0
  return () => clients[turn++ % clients.length] as ReservationStore
}

/** What one client was answered, every other one sees at once. */
export const CLIENTS: readonly Case<ReservationStore>[] = [
  scene(
    'the store was opened with further clients',
    async (scenario) => {
      assertSame(scenario.clients().length > 1, true, '`create` gives clients as the capabilities declare:')
    },
    'clients',
  ),
  scene(
    'clients that take turns are one store',
    async (scenario) => {
      const next = inTurn(scenario)
      const details = { uses: [use('limit', 2)], guards: [guard('guard')] }
      for (const command of [
        supply(3),
        reserve('one', details),
        reserve('one', details),
        reserve('two', details),
        confirm('one'),
        confirm('one'),
        reserve('two', details),
        release('two', 'buyer'),
        reserve('two', details),
        reserve('three', details),
        supply(3),
        sweep(),
        reserve('four', { ...details, units: [units(2)] }),
      ]) {
        const { outcomes } = await scenario.send(next(), [command])
        assertSame(outcomes, scenario.foresee([command]), `over another client, ${JSON.stringify(command)}:`)
      }
    },
    'clients',
  ),
  scene(
    'what one client wrote, every other one reads at once',
    async (scenario) => {
      const next = inTurn(scenario)
      await scenario.apply(supply(9))
      const keys = { kind: 'keys', accounts: [SHIRT], counters: [], guards: [], strikes: [] } as const
      for (let sold = 1; sold <= 6; sold++) {
        const id = `order ${sold}`
        await scenario.send(next(), [reserve(id)])
        scenario.foresee([reserve(id)])
        for (const client of scenario.clients()) {
          const page = await client.read(scenario.partitionOf([]), { ...keys, reservations: [id] })
          assertSame(
            [page.accounts[0]?.available, page.reservations[0]?.id],
            [9 - sold, id],
            'read over another client:',
          )
        }
      }
    },
    'clients',
  ),
]
