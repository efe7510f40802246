import type { ReservationStore, StoreClock } from '@holdfast/core/adapter'
import type { Kit } from '../../src/kit/case.js'
import type { StoreUnderTest } from '../../src/kit/options.js'
import { PROFILES } from '../../src/kit/profile.js'
import { VariantStore } from './variant-store.js'

/** What cases are run with, one by one: the quick profile, always with the same seed. */
export function kitOf(open: (clock: StoreClock) => StoreUnderTest<ReservationStore>): Kit<ReservationStore> {
  const { capabilities } = new VariantStore({ now: () => 0 })
  return {
    capabilities: { ...capabilities, clients: true, restart: true, buckets: true },
    figures: PROFILES.quick,
    runs: null,
    seed: 1,
    create: async ({ clock }) => open(clock),
  }
}
