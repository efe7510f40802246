import { describe, expect, it } from 'vitest'
import { failureReport, type Replies } from '../src/report.js'
import { simulate } from '../src/simulate.js'
import { simulatedStore } from '../src/simulated-store.js'

/** Seeds of one form of replies; `HOLDFAST_SIM_SEEDS` says how many. */
const SEEDS = Number(process.env.HOLDFAST_SIM_SEEDS ?? 2_000)
const STEPS = 500
const PARTS = 8
const TIMEOUT_MS = 600_000

/** Lives through all seeds, in parts that each say how far they came. */
export function testSeeds(replies: Replies): void {
  const parts = Array.from({ length: PARTS }, (_, part) => {
    return { first: Math.floor((part * SEEDS) / PARTS) + 1, last: Math.floor(((part + 1) * SEEDS) / PARTS) }
  })
  describe(`a simulated shop, replies ${replies}`, () => {
    it.each(parts)(
      'keeps every law in seeds $first to $last',
      { timeout: TIMEOUT_MS },
      async ({ first, last }) => {
        for (let seed = first; seed <= last; seed++) {
          const isAsynchronous = replies === 'late'
          const result = await simulate({ seed, steps: STEPS, isAsynchronous, newStore: simulatedStore })
          expect(result.passed ? '' : failureReport(result, { seed, steps: STEPS, replies })).toBe('')
        }
      },
    )
  })
}
