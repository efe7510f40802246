import {
  type KitOptions,
  testCampaignStore,
  testCompensationStore,
  testOrderStore,
  testReservationStore,
} from '@holdfast/conformance'
import { MemoryStore } from '@holdfast/core'
import { describe, it } from 'vitest'

const { capabilities } = new MemoryStore({ clock: { now: () => 0 } })

const options: KitOptions<MemoryStore> = {
  describe,
  it,
  async create({ clock }) {
    const store = new MemoryStore({ clock })
    return { store, close: () => store.close() }
  },
  capabilities: { ...capabilities, clients: false, restart: false, buckets: true },
  profile: 'quick',
}

testReservationStore(options)
testOrderStore(options)
testCampaignStore(options)
testCompensationStore(options)
