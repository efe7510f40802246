import { describe, it } from 'node:test'
import { testReservationStore } from '@holdfast/conformance'
import { PLANTED_BUGS } from '../gallery/planted-bugs.js'
import { VariantStore } from '../gallery/variant-store.js'

const { capabilities } = new VariantStore({ now: () => 0 })
const planted = PLANTED_BUGS.find(({ name }) => name === 'stock is checked before the id')

testReservationStore({
  describe,
  it,
  async create({ clock }) {
    return planted?.open(clock) ?? Promise.reject(new Error('no such bug'))
  },
  capabilities: { ...capabilities, clients: true, restart: false },
  profile: 'quick',
})
