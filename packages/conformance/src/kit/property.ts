import { AssertionError } from 'node:assert/strict'
import * as fc from 'fast-check'
import type { Kit } from './case.js'

/** The one variable that replays a failure: `name/seed/path`, as the failure printed it. */
const REPLAY_VARIABLE = 'HOLDFAST_REPLAY'

/**
 * Runs a generated test. A failure is shrunk, and its message ends with what replays it.
 * @param name names the test in the replay variable: no `/`
 */
export async function checkProperty<Input>(
  kit: Pick<Kit<never>, 'seed' | 'runs'>,
  test: { readonly name: string; readonly runs: number; readonly inputs: fc.Arbitrary<Input> },
  holds: (input: Input) => Promise<void>,
): Promise<void> {
  const replayed = replayOf(test.name)
  const details = await fc.check(fc.asyncProperty(test.inputs, holds), {
    seed: replayed?.seed ?? kit.seed,
    numRuns: kit.runs ?? test.runs,
    ...(replayed === null ? {} : { path: replayed.path, endOnFailure: true }),
  })
  if (!details.failed) return
  const { seed, counterexamplePath, counterexample, errorInstance, numRuns } = details
  const [input] = counterexample ?? []
  const cause = errorInstance instanceof Error ? errorInstance.message : String(errorInstance)
  throw new AssertionError({
    message: [
      cause,
      `after ${numRuns} runs, with: ${fc.stringify(input)}`,
      `seed ${seed}, path ${counterexamplePath}; replay with`,
      `${REPLAY_VARIABLE}='${test.name}/${seed}/${counterexamplePath}'`,
    ].join('\n'),
    operator: 'checkProperty',
  })
}

function replayOf(name: string): { readonly seed: number; readonly path: string } | null {
  const [asked, seed, path] = (process.env[REPLAY_VARIABLE] ?? '').split('/')
  if (asked !== name || seed === undefined || path === undefined) return null
  return { seed: Number(seed), path }
}
