export type {
  DeclaredCapabilities,
  KitOptions,
  Profile,
  StoreUnderTest,
  TestFunctions,
} from './kit/options.js'
export type { OrderAndReservationStore } from './orders/order-scenario.js'
export { testCampaignStore } from './test-campaign-store.js'
export { testCompensationStore } from './test-compensation-store.js'
export { testOrderStore } from './test-order-store.js'
export { testReservationStore } from './test-reservation-store.js'
