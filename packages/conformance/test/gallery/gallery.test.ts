import type { ReservationStore } from '@holdfast/core/adapter'
import { describe, expect, test } from 'vitest'
import { type Case, missingNeed } from '../../src/kit/case.js'
import { RESERVATION_STORE_GROUPS } from '../../src/reservation-store-groups.js'
import { kitOf } from './kit-of.js'
import { PLANTED_BUGS } from './planted-bugs.js'
import { VariantStore } from './variant-store.js'

const cases = new Map<string, Case<ReservationStore>>(
  RESERVATION_STORE_GROUPS.flatMap((group) => group.cases.map((one) => [`${group.name}: ${one.name}`, one])),
)

const right = kitOf((clock) => {
  const store = new VariantStore(clock)
  return { store, clients: [store], restart: async () => store, close: () => store.close() }
})

describe('a planted bug is caught by the case that is named for it', () => {
  test.each(PLANTED_BUGS)('$name → $caughtBy', async ({ caughtBy, open, throws = 'ERR_ASSERTION' }) => {
    const one = cases.get(caughtBy)
    if (one === undefined) throw new Error(`no such case: ${caughtBy}`)
    const verdict = await one.run(kitOf(open)).catch((error: unknown) => error)
    expect(verdict).toMatchObject({ code: throws })
  })
})

test('no two bugs are caught by the same case alone', () => {
  const names = PLANTED_BUGS.map(({ caughtBy }) => caughtBy)
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
})

test('the store in which they are planted passes every case without them', async () => {
  const failures: string[] = []
  for (const [name, one] of cases) {
    if (missingNeed(one.needs, right.capabilities) !== null) continue
    await one.run(right).catch((error: unknown) => failures.push(`${name}: ${error}`))
  }
  expect(failures).toEqual([])
})
