import type { SerializedError } from 'vitest'
import type { TestCase, TestModule, TestSuite } from 'vitest/node'

/** What `npm test` says in its last line. */
export interface Tally {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/**
 * Counts tests by result. A file or a group that broke outside its tests, and an error that no test caught, count
 * as one failure each, so that a broken run never reads as a clean one.
 */
export function tally(modules: readonly TestModule[], unhandled: readonly SerializedError[]): Tally {
  const cases = modules.flatMap((module) => [...module.children.allTests()])
  const groups: (TestModule | TestSuite)[] = modules.flatMap((module) => [
    module,
    ...module.children.allSuites(),
  ])
  const count = (...states: ReturnType<TestCase['result']>['state'][]) =>
    cases.filter((each) => states.includes(each.result().state)).length
  return {
    passed: count('passed'),
    failed: count('failed') + groups.filter((each) => each.errors().length > 0).length + unhandled.length,
    skipped: count('skipped', 'pending'),
  }
}
