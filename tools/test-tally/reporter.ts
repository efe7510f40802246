import { writeFileSync } from 'node:fs'
import type { Reporter } from 'vitest/node'
import { tally } from './tally.js'

/** Leaves the tally where `npm test` asked for it; tools/workspace/tests.mjs prints it after vitest's own summary. */
export default class TallyReporter implements Reporter {
  onTestRunEnd: NonNullable<Reporter['onTestRunEnd']> = (modules, unhandledErrors) => {
    const path = process.env.HOLDFAST_TALLY
    if (path !== undefined) writeFileSync(path, JSON.stringify(tally(modules, unhandledErrors)))
  }
}
