import type { OrderState } from '@holdfast/core/adapter'
import type { Case } from '../kit/case.js'
import { assertSame } from '../kit/comparison.js'
import { confirm, release, reserve, supply } from '../scenario/commands.js'
import { refund, reject, submit } from './order-commands.js'
import { type OrderAndReservationStore, orderScene } from './order-scenario.js'

/** Batches of order commands, listing and ids. */
export const ORDER_BATCHES_AND_LISTS: readonly Case<OrderAndReservationStore>[] = [
  orderScene('the commands of a batch are decided one by one, in order', async (scenario) => {
    const outcomes = await scenario.applyToOrders(
      submit('order'),
      submit('order'),
      submit('order', { buyer: 'another' }),
      reject('order'),
      reject('order'),
      submit('order', { buyer: 'another' }),
      refund('order'),
      refund('nobody'),
    )
    assertSame(
      outcomes.map(({ kind }) => kind),
      ['queued', 'replayed', 'id-reused', 'rejected', 'already', 'queued', 'not-paid', 'unknown-id'],
      'outcomes:',
    )
  }),
  orderScene('a batch of no commands, and no ids to read, are answered with nothing', async (scenario) => {
    assertSame(await scenario.applyToOrders(), [], 'outcomes:')
    assertSame(await scenario.store.readOrders([]), [], 'orders read:')
  }),
  orderScene('read by id, orders come in the order of the ids, with null for none', async (scenario) => {
    await scenario.apply(supply(5), reserve('b'), reserve('a'))
    const found = await scenario.store.readOrders(['a', 'nobody', 'b', 'a'])
    assertSame(
      found.map((one) => one?.id ?? null),
      ['a', null, 'b', 'a'],
      'orders read:',
    )
  }),
  orderScene('orders are listed by status, in pages of any size', async (scenario) => {
    const ids = Array.from({ length: 9 }, (_, index) => String(index))
    await scenario.apply(supply(9), ...ids.map((id) => reserve(id)))
    await scenario.apply(confirm('1'), confirm('4'), release('5', 'seller'), confirm('8'))
    await scenario.applyToOrders(submit('queued'), submit('rejected'), reject('rejected'))
    for (const limit of [1, 2, 3, 100]) {
      const listed = async (status?: OrderState['status']) =>
        (await scenario.all(status, limit)).map(({ id }) => id)
      assertSame(await listed(), [...ids, 'queued', 'rejected'], `all orders in pages of ${limit}:`)
      assertSame(await listed('paid'), ['1', '4', '8'], `paid orders in pages of ${limit}:`)
      assertSame(await listed('cancelled'), ['5'], `cancelled orders in pages of ${limit}:`)
      assertSame(await listed('queued'), ['queued'], `queued orders in pages of ${limit}:`)
      assertSame(await listed('rolled-back'), [], `rolled-back orders in pages of ${limit}:`)
    }
  }),
  orderScene('orders with names of every kind are orders of their own', async (scenario) => {
    const names = [
      'a',
      'A',
      'a ',
      ' a',
      'a\0',
      'a\0b',
      'é',
      'e\u0301',
      '😀',
      '{a}',
      'a:b',
      '%',
      "'",
      '__proto__',
      '01',
      '1',
    ]
    await scenario.applyToOrders(...names.map((id) => submit(id, { buyer: id, data: id })))
    assertSame(
      (await scenario.store.readOrders(names)).map((one) => [one?.id, one?.data, one?.fingerprint.buyer]),
      names.map((id) => [id, id, id]),
      'orders read:',
    )
  }),
]
