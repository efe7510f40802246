import { testReservationStore } from '@holdfast/conformance'
import { describe, it } from 'vitest'
import { SqlStore } from '../src/index.js'

testReservationStore({
  describe,
  it,
  async create({ clock }) {
    const store = await SqlStore.open(':memory:', { clock: { kind: 'virtual', now: () => clock.now() } })
    return { store, close: () => store.close() }
  },
  capabilities: {
    backorder: true,
    returns: true,
    durable: true,
    partitions: 'one',
    idScope: 'store',
    clock: 'virtual',
    rows: true,
    clients: false,
    restart: false,
  },
  profile: 'quick',
})
