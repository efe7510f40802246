import type { KitOptions } from './kit/options.js'
import { defineSuite } from './kit/suite.js'
import { ORDER_BATCHES_AND_LISTS } from './orders/batches-and-lists.js'
import { EVERY_ORDER_COMMAND_BY_STATUS } from './orders/every-command-by-status.js'
import { ORDER_HISTORIES } from './orders/order-histories.js'
import type { OrderAndReservationStore } from './orders/order-scenario.js'
import { PROJECTION } from './orders/projection.js'
import { QUEUE } from './orders/queue.js'

/**
 * Defines the tests that every order store must pass. It is tested beside its reservations, since most of what
 * happens to an order comes from them.
 */
export function testOrderStore(options: KitOptions<OrderAndReservationStore>): void {
  defineSuite('order store', options, [
    { name: 'every command in every status', cases: EVERY_ORDER_COMMAND_BY_STATUS },
    { name: 'orders and their reservations', cases: PROJECTION },
    { name: 'queue', cases: QUEUE },
    { name: 'batches and lists', cases: ORDER_BATCHES_AND_LISTS },
    { name: 'model check', cases: ORDER_HISTORIES },
  ])
}
