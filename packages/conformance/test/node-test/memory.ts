import { describe, it } from 'node:test'
import { testReservationStore } from '@holdfast/conformance'
import { MemoryStore } from '@holdfast/core'

const { capabilities } = new MemoryStore({ clock: { now: () => 0 } })

testReservationStore({
  describe,
  it,
  async create({ clock }) {
    const store = new MemoryStore({ clock })
    return { store, close: () => store.close() }
  },
  capabilities: { ...capabilities, clients: false, restart: false },
  profile: 'quick',
  runs: 10,
})
