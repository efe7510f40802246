import type { ReservationStore } from '@holdfast/core/adapter'
import { describe, expect, test } from 'vitest'
import type { Group } from '../../src/kit/case.js'
import { RESERVATION_STORE_GROUPS } from '../../src/reservation-store-groups.js'
import { CONCURRENT } from './bugs/concurrent.js'
import { FAULTS } from './bugs/faults.js'
import { RESTARTS } from './bugs/restarts.js'
import { kitOf } from './kit-of.js'
import type { PlantedBug } from './planted-bug.js'

const FAULTY = ['clients', 'lost and duplicated calls', 'delayed calls', 'restarts']
const RACES = ['races', 'generated races']
const GENERATED = ['generated histories']

/** Whether every case of these groups lets the bug pass. */
async function passes({ open }: PlantedBug, groups: readonly Group<ReservationStore>[]): Promise<boolean> {
  for (const one of groups.flatMap(({ cases }) => cases)) {
    const verdict = await one.run(kitOf(open)).catch((error: unknown) => error)
    if (verdict !== undefined) return false
  }
  return true
}

const ENOUGH = 10

/** The first few of the bugs that no case outside these groups catches. */
async function passing(bugs: readonly PlantedBug[], without: readonly string[]): Promise<readonly string[]> {
  const groups = RESERVATION_STORE_GROUPS.filter(({ name }) => !without.includes(name))
  const found: string[] = []
  for (const bug of bugs) {
    if (found.length === ENOUGH) break
    if (await passes(bug, groups)) found.push(bug.name)
  }
  return found
}

describe('without what they need to show', () => {
  test('at least ten bugs pass every case in which no calls overlap', async () => {
    const passed = await passing(CONCURRENT, [...RACES, ...FAULTY, ...GENERATED])
    expect(passed).toHaveLength(ENOUGH)
  }, 300_000)

  test('at least ten bugs pass every case in which nothing fails', async () => {
    const passed = await passing([...FAULTS, ...RESTARTS], [...FAULTY, ...GENERATED])
    expect(passed).toHaveLength(ENOUGH)
  }, 300_000)
})
