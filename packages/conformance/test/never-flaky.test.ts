import { MemoryStore } from '@holdfast/core'
import { expect, test } from 'vitest'
import { type KitOptions, testCampaignStore, testCompensationStore, testOrderStore } from '../src/index.js'
import { testReservationStore } from '../src/test-reservation-store.js'

/** Runs of the whole kit, each with another seed: a hundred by hand, fewer where others wait for them. */
const ROUNDS = Number(process.env.HOLDFAST_KIT_ROUNDS ?? 10)

/** Runs the kit against fresh stores in memory; the names of the tests that failed. */
async function failures(
  settings: Pick<KitOptions<MemoryStore>, 'profile' | 'seed'>,
): Promise<readonly string[]> {
  const tests: (readonly [name: string, run: () => Promise<void>])[] = []
  const { capabilities } = new MemoryStore({ clock: { now: () => 0 } })
  const options: KitOptions<MemoryStore> = {
    ...settings,
    describe: (_name, define) => define(),
    it: (name, run) => tests.push([name, run]),
    async create({ clock }) {
      const store = new MemoryStore({ clock })
      return { store, clients: [store], close: () => store.close() }
    },
    capabilities: { ...capabilities, clients: true, restart: false },
    report: () => {},
  }
  testReservationStore(options)
  testOrderStore(options)
  testCampaignStore(options)
  testCompensationStore(options)
  const failed: string[] = []
  for (const [name, run] of tests) await run().catch((error: unknown) => failed.push(`${name}: ${error}`))
  expect(tests.length).toBeGreaterThan(900)
  return failed
}

test(`a right store passes ${ROUNDS} times in a row, each time with another seed`, async () => {
  for (let seed = 1; seed <= ROUNDS; seed++) {
    expect({ seed, failed: await failures({ profile: 'quick', seed }) }).toEqual({ seed, failed: [] })
  }
}, 3_600_000)

test('a right store passes the full profile within a minute', async () => {
  const started = performance.now()
  expect(await failures({ profile: 'full', seed: 1 })).toEqual([])
  // Twice the bar of an otherwise idle machine, so that a busy one fails no build.
  expect((performance.now() - started) / 1_000).toBeLessThan(120)
}, 300_000)
