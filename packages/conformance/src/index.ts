export { VirtualClock } from './kit/virtual-clock.js'
export { testReservationStore } from './test-reservation-store.js'
