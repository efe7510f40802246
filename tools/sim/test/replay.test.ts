import { describe, expect, it } from 'vitest'
import { failureReport } from '../src/report.js'
import { simulate } from '../src/simulate.js'
import { simulatedStore } from '../src/simulated-store.js'
import { WRONG_STORES } from './wrong-stores.js'

const STEPS = 500

describe.each([
  { replies: 'prompt', isAsynchronous: false },
  { replies: 'late', isAsynchronous: true },
] as const)('a seed, replies $replies,', ({ isAsynchronous, replies }) => {
  it('is lived through the same way twice, byte for byte', async () => {
    for (let seed = 1; seed <= 10; seed++) {
      const options = { seed, steps: STEPS, isAsynchronous, isDigested: true, newStore: simulatedStore() }
      const once = await simulate(options)
      const again = await simulate(options)
      expect(once.digest).toMatch(/^[0-9a-f]{64}$/)
      expect(again.digest).toBe(once.digest)
    }
  })

  it('is another life than the next one', async () => {
    const options = { steps: STEPS, isAsynchronous, isDigested: true, newStore: simulatedStore() }
    const digests = await Promise.all(
      [1, 2, 3].map(async (seed) => (await simulate({ ...options, seed })).digest),
    )
    expect(new Set(digests).size).toBe(3)
  })

  it('fails again at the same step, and tells how to see it', async () => {
    const { newStore } = WRONG_STORES[0] as (typeof WRONG_STORES)[number]
    const options = { seed: 1, steps: STEPS, isAsynchronous, isDigested: true, newStore }
    const [once, again] = [await simulate(options), await simulate(options)]
    expect(once).toEqual(again)
    expect(once.passed).toBe(false)
    if (once.passed) return
    const report = failureReport(once, { seed: 1, steps: STEPS, replies, partitions: 1, spread: [] })
    expect(report).toContain(`replay: npm run sim -- --seed 1 --steps 500 --replies ${replies}`)
    expect(report).toContain(`step ${once.step}`)
    expect(report).toContain(once.lastMoments.at(-1))
  })
})
