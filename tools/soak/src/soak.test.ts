import { describe, expect, test } from 'vitest'
import { serverForTests } from '../../services/test-services.js'
import { soak } from './soak.js'
import type { Place } from './stores.js'

/** Two minutes for all; `npm run soak` goes on for an hour. */
const EACH_MS = 15_000

const places: readonly (readonly [Place['engine'], Place | null])[] = [
  ['memory', { engine: 'memory' }],
  ['sqlite', { engine: 'sqlite' }],
  ...(await onRedis()),
  ['postgres', await placeOf('postgres')],
  ['mariadb', await placeOf('mariadb')],
]

/** On servers of their own, where one can be had. */
async function onRedis(): Promise<typeof places> {
  const canRun = (await serverForTests('redis')) !== null
  return (['redis', 'redis before sqlite'] as const).map((engine) => [engine, canRun ? { engine } : null])
}

async function placeOf(engine: 'postgres' | 'mariadb'): Promise<Place | null> {
  const url = await serverForTests(engine)
  return url === null ? null : { engine, url }
}

describe.each(places)('%s', (_, place) => {
  test.skipIf(place === null)(
    'what was sold, cancelled and expired leaves nothing behind',
    async () => {
      if (place === null) return
      const { rounds, told, faults } = await soak(place, EACH_MS)
      expect(faults).toEqual([])
      expect(rounds).toBeGreaterThan(10)
      for (const [what, orders] of Object.entries(told)) expect([what, orders > 100]).toEqual([what, true])
    },
    600_000,
  )
})

test('a store that forgets nothing is found out', async () => {
  const { faults } = await soak({ engine: 'memory' }, 1_000, { days: 1_000 })
  expect(faults.join()).toContain('reservations: ')
  expect(faults.join()).toContain('ledger: ')
}, 60_000)
