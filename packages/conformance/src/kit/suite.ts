import { type Group, type Kit, missingNeed } from './case.js'
import { DeclinedCases } from './declined.js'
import type { KitOptions } from './options.js'
import { PROFILES } from './profile.js'

/** Long enough for the longest generated test of the full profile on a store behind a network. */
const TIMEOUT_MS = 300_000

/**
 * Hands every case to the test runner, in order. What the store does not declare is left out and reported.
 * @throws TypeError if the store does not take its time from the caller
 */
export function defineSuite<Store>(
  name: string,
  options: KitOptions<Store>,
  groups: readonly Group<Store>[],
): void {
  const { capabilities, describe } = options
  if (capabilities.clock !== 'virtual') {
    throw new TypeError(`capabilities.clock must be 'virtual': the kit moves the store's time itself`)
  }
  const run = new Run(options)
  const declined = new DeclinedCases()
  describe(name, () => {
    for (const group of groups) {
      const cases = group.cases.filter(({ needs }) => {
        const missing = missingNeed(needs, capabilities)
        if (missing !== null) declined.add(missing)
        return missing === null
      })
      if (cases.length === 0) continue
      describe(group.name, () => {
        for (const one of cases) run.define(`${group.name}: ${one.name}`, one)
      })
    }
  })
  declined.report(name, options.report)
}

/** One run of a suite: remembers the first failure, after which the quick profile runs nothing more. */
class Run<Store> {
  private readonly kit: Kit<Store>
  private failed: string | null = null

  constructor(private readonly options: KitOptions<Store>) {
    const { capabilities, profile, runs = null, seed = Math.trunc(Math.random() * 2 ** 31) } = options
    this.kit = {
      capabilities,
      figures: PROFILES[profile],
      runs,
      seed,
      create: (setting) => options.create(setting),
    }
  }

  define(path: string, one: Group<Store>['cases'][number]): void {
    // Rest arguments leave the function's length at 0: one with a length is given a callback by Jest and Mocha.
    const body = async (...context: unknown[]) => {
      if (this.failed !== null && this.kit.figures.stopsAtFailure) {
        notRun(`not run after the failure of "${this.failed}"`, context[0])
        return
      }
      try {
        await one.run(this.kit)
      } catch (error) {
        this.failed ??= path
        throw error
      }
    }
    this.options.it(one.name, body, TIMEOUT_MS)
  }
}

/** Reports a test as skipped where the runner can tell, else as failed: never as passed. */
function notRun(why: string, context: unknown): void {
  // An object in node:test, a function in vitest.
  const skip: unknown = Object(context).skip
  if (typeof skip !== 'function') throw new Error(why)
  skip.call(context, why)
}
