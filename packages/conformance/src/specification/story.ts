import type { Command, ReservationStore } from '@holdfast/core/adapter'
import type { Case, Need } from '../kit/case.js'
import { type Expected, Scenario } from '../scenario/scenario.js'

/** One command in a batch of its own with its answer, several as one batch, or time that passes. */
export type Step = readonly [Command, Expected] | Together | { readonly pass: number }

interface Together {
  readonly together: readonly (readonly [Command, Expected])[]
}

/** A case as a table: a line a step, the outcome in the last column. */
export function story(
  name: string,
  steps: readonly Step[],
  ...needs: readonly Need[]
): Case<ReservationStore> {
  return scene(name, (scenario) => tell(scenario, steps), ...needs)
}

/** A case that asks more of the store than commands. */
export function scene(
  name: string,
  body: (scenario: Scenario) => Promise<void>,
  ...needs: readonly Need[]
): Case<ReservationStore> {
  return { name, needs, run: (kit) => Scenario.play(kit, body) }
}

export function together(...rows: readonly (readonly [Command, Expected])[]): Together {
  return { together: rows }
}

export function pass(ms: number): Step {
  return { pass: ms }
}

export async function tell(scenario: Scenario, steps: readonly Step[]): Promise<void> {
  for (const step of steps) {
    if ('pass' in step) scenario.clock.pass(step.pass)
    else if ('together' in step) await scenario.expectTogether(step.together)
    else await scenario.expect(step[0], step[1])
  }
}
