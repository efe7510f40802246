import { describe, expect, it } from 'vitest'
import { simulate } from '../src/simulate.js'
import { simulatedStore } from '../src/simulated-store.js'
import type { WorldOptions } from '../src/world/world.js'
import { WRONG_DESKS } from './wrong-desks.js'
import { WRONG_STORES } from './wrong-stores.js'

/** Every planted bug is met within so many seeds; the right store lives through all of them (`prompt-replies.test.ts`). */
const SEEDS = 30
const STEPS = 500

type Faulty = Partial<Pick<WorldOptions, 'newStore' | 'wrapDesk'>>

/** The first law that breaks, with its seed; `null` if none does. */
async function firstFailure(faulty: Faulty) {
  for (let seed = 1; seed <= SEEDS; seed++) {
    for (const isAsynchronous of [false, true]) {
      const result = await simulate({
        newStore: simulatedStore(),
        ...faulty,
        seed,
        steps: STEPS,
        isAsynchronous,
      })
      if (!result.passed) return { seed, law: result.law, lines: result.lastMoments.length }
    }
  }
  return null
}

describe('the simulation finds', () => {
  it.each(WRONG_STORES)('a store where $name', async ({ newStore }) => {
    const found = await firstFailure({ newStore })
    expect(found?.law).not.toMatch(/only errors/)
    expect(found?.lines).toBeGreaterThan(0)
  })

  it.each(WRONG_DESKS)('a desk that $name', async ({ wrapDesk }) => {
    const found = await firstFailure({ wrapDesk })
    expect(found?.law).not.toMatch(/only errors/)
    expect(found?.lines).toBeGreaterThan(0)
  })
})
