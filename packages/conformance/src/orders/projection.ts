import type { OrderState } from '@holdfast/core/adapter'
import type { Case } from '../kit/case.js'
import { assertSame } from '../kit/comparison.js'
import { START } from '../kit/virtual-clock.js'
import {
  configure,
  confirm,
  extend,
  fill,
  giveBack,
  HOLD_MS,
  MINUTE,
  release,
  reserve,
  shrink,
  supply,
  sweep,
  units,
} from '../scenario/commands.js'
import { refund, reject, submit } from './order-commands.js'
import { type OrderAndReservationStore, type OrderScenario, orderScene } from './order-scenario.js'

/** Some fields of an order as it stands. */
async function assertOrder(
  scenario: OrderScenario,
  id: string,
  expected: Partial<Record<string, unknown>> & { readonly status: OrderState['status'] },
): Promise<void> {
  const state: Readonly<Record<string, unknown>> = { ...(await scenario.order(id)) }
  const told = Object.fromEntries(Object.keys(expected).map((field) => [field, state[field]]))
  assertSame(told, expected, `the order ${id}:`)
}

function line(quantity: number, owed = 0, returned = 0) {
  return { sku: 'shirt', pool: 'default', quantity, owed, returned }
}

/** An order is its reservation as the buyer sees it. */
export const PROJECTION: readonly Case<OrderAndReservationStore>[] = [
  orderScene('a reservation is an order that awaits payment, and becomes paid', async (scenario) => {
    await scenario.apply(supply(5), reserve('order', { units: [units(2)], data: '{"gift":true}' }))
    await assertOrder(scenario, 'order', {
      status: 'awaiting-payment',
      version: 1,
      lines: [line(2)],
      data: '{"gift":true}',
      createdAt: START,
      payBy: START + HOLD_MS,
      deferred: false,
    })
    await scenario.apply(confirm('order', 'visa 1'))
    await assertOrder(scenario, 'order', { status: 'paid', version: 2, payment: 'visa 1', late: false })
  }),
  orderScene('a ticket that is placed keeps when it was created', async (scenario) => {
    await scenario.apply(supply(5))
    await scenario.applyToOrders(submit('order'))
    await assertOrder(scenario, 'order', { status: 'queued', createdAt: START, payBy: null })
    scenario.pass(MINUTE)
    await scenario.apply(reserve('order', { stock: 'defer' }))
    await assertOrder(scenario, 'order', {
      status: 'awaiting-payment',
      createdAt: START,
      payBy: START + MINUTE + HOLD_MS,
      deferred: true,
    })
  }),
  orderScene('a refused reserve leaves its ticket as it is', async (scenario) => {
    await scenario.apply(supply(0))
    await scenario.applyToOrders(submit('order'))
    await scenario.expect(reserve('order'), 'insufficient-stock')
    await assertOrder(scenario, 'order', { status: 'queued', version: 1 })
    await scenario.applyToOrders(reject('order'))
    await assertOrder(scenario, 'order', { status: 'rejected', refusal: { kind: 'late' } })
  }),
  orderScene('a ticket cancelled before it was decided is cancelled, and never placed', async (scenario) => {
    await scenario.apply(supply(5))
    await scenario.applyToOrders(submit('order'))
    await scenario.expect(release('order', 'buyer', 'changed my mind'), 'tombstoned')
    await assertOrder(scenario, 'order', { status: 'cancelled', by: 'buyer', reason: 'changed my mind' })
    await scenario.expect(reserve('order'), 'tombstoned')
    assertSame(await scenario.take(5, MINUTE), [], 'tickets left:')
  }),
  orderScene('a refusal makes no order', async (scenario) => {
    await scenario.apply(supply(0), reserve('order'))
    assertSame(await scenario.order('order'), null, 'the order of a refused reserve:')
  }),
  orderScene('an undo before do makes no order', async (scenario) => {
    await scenario.apply(supply(1), release('order', 'seller'), reserve('order'))
    assertSame(await scenario.order('order'), null, 'the order of a tombstone:')
  }),
  orderScene('an expired order that is paid late is paid', async (scenario) => {
    await scenario.apply(supply(5), reserve('order'))
    scenario.pass(HOLD_MS)
    await scenario.apply(sweep())
    await assertOrder(scenario, 'order', { status: 'expired', version: 2 })
    await scenario.apply(confirm('order'))
    await assertOrder(scenario, 'order', { status: 'paid', version: 3, late: true })
  }),
  orderScene('a payment after a cancel makes the order one to refund', async (scenario) => {
    await scenario.apply(supply(5), reserve('order'), release('order', 'seller', 'recalled'))
    await assertOrder(scenario, 'order', { status: 'cancelled', by: 'seller', reason: 'recalled' })
    await scenario.apply(confirm('order', 'visa 1'))
    await assertOrder(scenario, 'order', {
      status: 'refund-required',
      payment: 'visa 1',
      why: { kind: 'released' },
    })
    await scenario.expectOfOrder(refund('order', 'refund 1'), 'refunded')
    await assertOrder(scenario, 'order', { status: 'refunded', payment: 'visa 1', refund: 'refund 1' })
  }),
  orderScene(
    'an order rolled back after payment keeps the payment that is to be refunded',
    async (scenario) => {
      await scenario.apply(supply(5), reserve('order'), confirm('order', 'visa 1'))
      await scenario.apply(release('order', 'rollback', 'no courier'))
      await assertOrder(scenario, 'order', { status: 'rolled-back', payment: 'visa 1', reason: 'no courier' })
      await scenario.expectOfOrder(refund('order'), 'refunded')
      await assertOrder(scenario, 'order', { status: 'refunded', payment: 'visa 1' })
    },
  ),
  orderScene('a duplicate payment leaves the paid order as it is', async (scenario) => {
    await scenario.apply(supply(5), reserve('order'), confirm('order', 'visa 1'), confirm('order', 'visa 2'))
    await assertOrder(scenario, 'order', { status: 'paid', version: 2, payment: 'visa 1' })
  }),
  orderScene('an extension moves the deadline, a shrink the lines', async (scenario) => {
    await scenario.apply(supply(5), reserve('order', { units: [units(3)] }))
    scenario.pass(MINUTE)
    await scenario.apply(extend('order'), shrink('order', units(1)))
    await assertOrder(scenario, 'order', {
      status: 'awaiting-payment',
      lines: [line(1)],
      payBy: START + MINUTE + HOLD_MS,
    })
    await scenario.apply(shrink('order'))
    await assertOrder(scenario, 'order', { status: 'awaiting-payment', lines: [] })
  }),
  orderScene(
    'units owed are shown, and that they came',
    async (scenario) => {
      await scenario.apply(supply(1), configure(1, { backorderLimit: 5 }))
      await scenario.apply(reserve('order', { units: [units(3)], backorder: true }))
      await assertOrder(scenario, 'order', { status: 'awaiting-payment', lines: [line(3, 2)] })
      await scenario.apply(confirm('order'), supply(5), fill())
      await assertOrder(scenario, 'order', { status: 'paid', lines: [line(3)] })
    },
    'backorder',
  ),
  orderScene(
    'returned units are shown, after a refund too',
    async (scenario) => {
      await scenario.apply(supply(5), reserve('order', { units: [units(3)] }), confirm('order'))
      await scenario.apply(giveBack('order', 'one'))
      await assertOrder(scenario, 'order', { status: 'paid', lines: [line(3, 0, 1)] })
      await scenario.applyToOrders(refund('order'))
      await scenario.apply(giveBack('order', 'two'))
      await assertOrder(scenario, 'order', { status: 'refunded', lines: [line(3, 0, 2)] })
    },
    'returns',
  ),
  orderScene('a whole life in one batch ends as one by one', async (scenario) => {
    await scenario.applyToOrders(submit('order'))
    await scenario.apply(supply(5), reserve('order'), extend('order', 2 * HOLD_MS), confirm('order'))
    await assertOrder(scenario, 'order', { status: 'paid', payBy: START + 2 * HOLD_MS, createdAt: START })
  }),
]
