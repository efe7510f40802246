import type { ReservationStore } from '@holdfast/core/adapter'
import type { KitOptions } from './kit/options.js'
import { defineSuite } from './kit/suite.js'
import { RESERVATION_STORE_GROUPS } from './reservation-store-groups.js'

/** Defines the tests that every reservation store must pass. */
export function testReservationStore(options: KitOptions<ReservationStore>): void {
  defineSuite('reservation store', options, RESERVATION_STORE_GROUPS)
}
