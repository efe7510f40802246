import { describe, expect, it } from 'vitest'
import { failureReport, type Replies } from '../src/report.js'
import { simulate } from '../src/simulate.js'
import { simulatedStore } from '../src/simulated-store.js'

const STEPS = 500
/** Parts that each say how far they came. */
const PARTS = 8
const TIMEOUT_MS = 900_000

interface Lives {
  readonly replies: Replies
  readonly partitions: number
  /** SKUs in buckets; none if absent. */
  readonly spread?: readonly string[]
  /** Seeds from 1 on; `HOLDFAST_SIM_SEEDS` says another number. */
  readonly seeds: number
}

/** Lives through as many seeds. */
export function testSeeds({ replies, partitions, spread = [], seeds }: Lives): void {
  const count = Number(process.env.HOLDFAST_SIM_SEEDS ?? seeds)
  const parts = Array.from({ length: PARTS }, (_, part) => {
    return { first: Math.floor((part * count) / PARTS) + 1, last: Math.floor(((part + 1) * count) / PARTS) }
  })
  const newStore = simulatedStore(partitions, spread)
  describe(`a simulated shop, replies ${replies}, partitions: ${partitions}, spread: ${spread},`, () => {
    it.each(parts)(
      'keeps every law in seeds $first to $last',
      { timeout: TIMEOUT_MS },
      async ({ first, last }) => {
        for (let seed = first; seed <= last; seed++) {
          const result = await simulate({ seed, steps: STEPS, isAsynchronous: replies === 'late', newStore })
          expect(
            result.passed ? '' : failureReport(result, { seed, steps: STEPS, replies, partitions, spread }),
          ).toBe('')
        }
      },
    )
  })
}
