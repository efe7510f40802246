import type { Outcome, ReservationStore } from '@holdfast/core/adapter'
import type { Case } from '../kit/case.js'
import { assertSame } from '../kit/comparison.js'
import { MUG, reserve, SHIRT, supply, transfer, units } from '../scenario/commands.js'
import type { Scenario } from '../scenario/scenario.js'
import { scene, story, tell } from './story.js'

const REUSED: Outcome = { kind: 'id-reused', differs: ['lines'] }
const REPLAYED: Outcome = { kind: 'replayed-movement' }

/** Longer than any name of a shop's. */
const LONG = 'é'.repeat(200)
/** The account beside the bucket that leads to another one. */
const TRANSIT = { sku: SHIRT.sku, pool: `${LONG} to another bucket` }
const [OPENED, DEBIT, CREDIT, CLEAR] = ['opened', 'debit', 'credit', 'clear'].map(
  (step) => `${LONG} ${step}`,
) as [string, string, string, string]

/** What one bucket of a SKU that is spread does when units leave it and come: movements under names of core's own. */
export const BUCKETS: readonly Case<ReservationStore>[] = [
  story(
    'units that leave for another bucket lie beside the one they left until they are brought, each step once',
    [
      [supply(5), 'supplied'],
      [transfer(3, SHIRT, TRANSIT, DEBIT), { kind: 'account-unknown', accounts: [TRANSIT] }],
      [supply(0, TRANSIT, OPENED), { kind: 'supplied', available: 0 }],
      [supply(0, TRANSIT, OPENED), REPLAYED],
      [transfer(3, SHIRT, TRANSIT, DEBIT), 'transferred'],
      [transfer(3, SHIRT, TRANSIT, DEBIT), REPLAYED],
      // Another who saw it empty as well.
      [transfer(2, SHIRT, TRANSIT, DEBIT), REUSED],
      [reserve('order', { units: [units(3)] }), 'insufficient-stock'],
      [supply(-3, TRANSIT, CLEAR), { kind: 'supplied', available: 0 }],
      [supply(-3, TRANSIT, CLEAR), REPLAYED],
      [reserve('order', { units: [units(2)] }), 'granted'],
    ],
    'buckets',
  ),
  story(
    'units come to a bucket once, and create it',
    [
      [supply(4, MUG, CREDIT), { kind: 'supplied', available: 4 }],
      [supply(4, MUG, CREDIT), REPLAYED],
      [supply(5, MUG, CREDIT), REUSED],
    ],
    'buckets',
  ),
  scene(
    'the version of an account tells each batch that changed it, and no other',
    async (scenario) => {
      await tell(scenario, [[supply(9), 'supplied']])
      const versions = [await versionOf(scenario)]
      const steps = [
        supply(0, TRANSIT, OPENED),
        supply(0, TRANSIT, OPENED),
        transfer(10, SHIRT, TRANSIT, 'too many'),
        transfer(3, SHIRT, TRANSIT, DEBIT),
        supply(-3, TRANSIT, CLEAR),
        supply(-3, TRANSIT, CLEAR),
      ]
      for (const step of steps) {
        await scenario.apply(step)
        versions.push(await versionOf(scenario))
      }
      assertSame(versions, [0, 1, 1, 1, 2, 3, 3], 'versions of the account that leads to another bucket:')
    },
    'buckets',
  ),
]

/** 0: it is not there. */
async function versionOf(scenario: Scenario): Promise<number> {
  const { accounts } = await scenario.read({
    ...{ kind: 'keys', accounts: [TRANSIT], reservations: [], counters: [], guards: [], strikes: [] },
  })
  return accounts[0]?.version ?? 0
}
