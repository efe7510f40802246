import { expect, test } from 'vitest'
import { soak } from './soak.js'
import { ENGINES } from './stores.js'

/** A minute for all; `npm run soak` goes on for an hour. */
const EACH_MS = 30_000

test.each(ENGINES)(
  'what was sold, cancelled and expired leaves nothing behind: %s',
  async (engine) => {
    const { rounds, told, faults } = await soak(engine, EACH_MS)
    expect(faults).toEqual([])
    expect(rounds).toBeGreaterThan(10)
    for (const [what, orders] of Object.entries(told)) expect([what, orders > 100]).toEqual([what, true])
  },
  300_000,
)

test('a store that forgets nothing is found out', async () => {
  const { faults } = await soak('memory', 1_000, { days: 1_000 })
  expect(faults.join()).toContain('reservations: ')
  expect(faults.join()).toContain('ledger: ')
}, 60_000)
