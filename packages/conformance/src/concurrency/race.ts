import { AssertionError } from 'node:assert/strict'
import type { Command, ReservationStore } from '@holdfast/core/adapter'
import type { Case, Kit, Need } from '../kit/case.js'
import { Scenario } from '../scenario/scenario.js'
import { checkLinearizable } from './linearizability.js'
import { type Operation, Recorder } from './operation.js'

/** What many callers do at once. */
export interface Race {
  /** Applied before, one batch each. */
  readonly given: readonly (readonly Command[])[]
  /** Time between that and the race, ms. */
  readonly pass?: number
  /** What each caller sends, one call after the other. */
  readonly callers: readonly (readonly Command[])[]
}

/** A race under a name, run as often as the profile says. */
export function race(
  name: string,
  of: (round: number) => Race,
  ...needs: readonly Need[]
): Case<ReservationStore> {
  return {
    name,
    needs,
    async run(kit) {
      for (let round = 0; round < kit.figures.rounds; round++) await runRace(kit, of(round), kit.seed + round)
    },
  }
}

/**
 * Lets the callers loose over all clients of a fresh store, and fails unless their record is linearizable, the state
 * that it ends in is that of such an order, and every law holds.
 * @param seed decides how long each caller tarries before each of its calls
 */
export async function runRace(
  kit: Kit<ReservationStore>,
  { given, pass = 0, callers }: Race,
  seed: number,
): Promise<void> {
  await Scenario.play(kit, async (scenario) => {
    for (const commands of given) await scenario.apply(...commands)
    scenario.clock.pass(pass)
    const before = scenario.expected()
    const clients = scenario.clients()
    const recorder = new Recorder()
    const tarries = tarrying(seed)
    await Promise.all(
      callers.map(async (commands, caller) => {
        const client = clients[caller % clients.length] as ReservationStore
        for (const command of commands) {
          for (let turns = tarries(); turns > 0; turns--)
            await new Promise((resolve) => setImmediate(resolve))
          await recorder.record(caller, [command], scenario.clock.now(), () =>
            scenario.send(client, [command]),
          )
        }
      }),
    )
    const { operations } = recorder
    const after = await scenario.stands()
    const verdict = checkLinearizable({ before, operations, after, now: scenario.clock.now() })
    if (!verdict.linearizable) throw notLinearizable(verdict.group, verdict.stuck)
    await scenario.assertLawfulAlone()
  })
}

/** Turns of the event loop to wait: 0 to 2, the same ones for the same seed. */
function tarrying(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return (state >>> 16) % 3
  }
}

function notLinearizable(group: readonly Operation[], stuck: readonly Operation[]): AssertionError {
  const told = ({ caller, invoked, completed, commands, outcomes }: Operation) =>
    `  ${invoked}–${completed ?? '?'} caller ${caller}: ${JSON.stringify(commands)} → ${JSON.stringify(outcomes)}`
  return new AssertionError({
    message: [
      'no order of the calls explains their answers and the state that was found:',
      ...group.map(told),
      'the furthest that an order reaches:',
      ...stuck.map(told),
    ].join('\n'),
    operator: 'linearizable',
  })
}
