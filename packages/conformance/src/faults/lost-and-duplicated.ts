import type { Command, ReservationStore } from '@holdfast/core/adapter'
import type { Case, Need } from '../kit/case.js'
import { assertSame } from '../kit/comparison.js'
import { START } from '../kit/virtual-clock.js'
import {
  configure,
  confirm,
  extend,
  fill,
  gate,
  giveBack,
  guard,
  HOLD_MS,
  judge,
  release,
  reserve,
  SHIRT,
  SHIRT_EU,
  shrink,
  supply,
  sweep,
  transfer,
  units,
  use,
} from '../scenario/commands.js'
import type { Expected } from '../scenario/scenario.js'
import { type Step, scene, tell } from '../specification/story.js'
import { FaultyClient } from './faulty-client.js'

const CLAIMS = { uses: [use('limit', 1)], guards: [guard('guard')], risk: gate('strikes') }

interface Called {
  readonly given: readonly Step[]
  readonly command: Command
  /** What the second delivery is answered. */
  readonly again: Expected
  readonly needs?: readonly Need[]
}

const HELD: readonly Step[] = [
  [supply(5), 'supplied'],
  [reserve('order', { ...CLAIMS, units: [units(2)], uses: [use('limit', 2)] }), 'granted'],
]
const OWED: readonly Step[] = [
  [supply(0), 'supplied'],
  [configure(1, { backorderLimit: 5 }), 'configured'],
  [reserve('a', { backorder: true }), 'granted'],
  [reserve('b', { backorder: true }), 'granted'],
  [supply(1), 'supplied'],
]

/** A call of each kind, and what the same call is answered when it was applied already. */
const CALLS: Readonly<Record<string, Called>> = {
  'a reserve of the last unit': {
    given: [[supply(1), 'supplied']],
    command: reserve('order', CLAIMS),
    again: { kind: 'replayed', status: 'held', expiresAt: START + HOLD_MS },
  },
  'a reserve that was refused': {
    given: [[supply(1), 'supplied']],
    command: reserve('order', { guards: CLAIMS.guards, units: [units(2)] }),
    again: 'insufficient-stock',
  },
  'a payment': { given: HELD, command: confirm('order'), again: { kind: 'already', status: 'confirmed' } },
  'a late payment': {
    given: [...HELD, { pass: HOLD_MS }],
    command: confirm('order'),
    again: { kind: 'already', status: 'confirmed' },
  },
  "a buyer's cancel": {
    given: HELD,
    command: release('order', 'buyer'),
    again: { kind: 'already', status: 'released' },
  },
  'a rollback': {
    given: [...HELD, [confirm('order'), 'confirmed']],
    command: release('order', 'rollback'),
    again: { kind: 'already', status: 'released' },
  },
  'an undo before do': {
    given: [[supply(1), 'supplied']],
    command: release('order', 'seller'),
    again: { kind: 'already', status: 'tombstoned' },
  },
  'an extension': {
    given: HELD,
    command: extend('order', 2 * HOLD_MS),
    again: { kind: 'extended', expiresAt: START + 2 * HOLD_MS },
  },
  'a shrink': { given: HELD, command: shrink('order', units(1)), again: 'shrunk' },
  'a restock': { given: [], command: supply(5), again: 'replayed-movement' },
  'an adjustment': { given: [[supply(5), 'supplied']], command: supply(-3), again: 'replayed-movement' },
  'a transfer': {
    given: [
      [supply(5), 'supplied'],
      [supply(0, SHIRT_EU), 'supplied'],
    ],
    command: transfer(3, SHIRT, SHIRT_EU),
    again: 'replayed-movement',
    needs: ['one partition'],
  },
  'a configuration': {
    given: [[supply(5), 'supplied']],
    command: configure(1, { closesAt: START }),
    again: 'configured',
  },
  'a judgement': {
    given: [[supply(5), 'supplied']],
    command: judge('strikes', { effect: 'refuse', until: null }),
    again: 'judged',
  },
  'a sweep': {
    given: [...HELD, { pass: HOLD_MS }],
    command: sweep(),
    again: { kind: 'swept', expired: [], more: false, nextDueAt: null },
  },
  'a return': {
    given: [...HELD, [confirm('order'), 'confirmed']],
    command: giveBack('order', 'parcel'),
    again: 'replayed-movement',
    needs: ['returns'],
  },
  'a fill': {
    given: OWED,
    command: fill(),
    again: { kind: 'filled', lines: [], more: false },
    needs: ['backorder'],
  },
}

/** Calls of every kind whose answer is lost, or that are delivered twice. */
export const LOST_AND_DUPLICATED: readonly Case<ReservationStore>[] = Object.entries(CALLS).flatMap(
  ([name, { given, command, again, needs = [] }]) => [
    scene(
      `the answer to ${name} is lost: its retry is answered, and changes nothing more`,
      async (scenario) => {
        await tell(scenario, given)
        await new FaultyClient(scenario).replyLost([command])
        const applied = await scenario.assertStands()
        await scenario.expect(command, again)
        assertSame(await scenario.assertStands(), applied, 'the retry changed something:')
      },
      ...needs,
    ),
    scene(
      `${name} is delivered twice at once: it is applied once`,
      async (scenario) => {
        await tell(scenario, given)
        const { answers, expected } = await new FaultyClient(scenario).duplicated([command])
        assertSame(sorted(answers), sorted(expected), 'the answers to both deliveries, in some order:')
        await scenario.expect(command, again)
      },
      ...needs,
    ),
  ],
)

function sorted(answers: readonly unknown[]): readonly string[] {
  return answers.map((answer) => JSON.stringify(answer)).sort()
}
