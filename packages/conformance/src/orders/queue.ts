import type { Case } from '../kit/case.js'
import { assertSame } from '../kit/comparison.js'
import { MINUTE, release, reserve, supply, units } from '../scenario/commands.js'
import { reject, submit } from './order-commands.js'
import { type OrderAndReservationStore, orderScene } from './order-scenario.js'

/** Tickets: the oldest first, one worker at a time. */
export const QUEUE: readonly Case<OrderAndReservationStore>[] = [
  orderScene('tickets are taken oldest first, as many as were asked for', async (scenario) => {
    await scenario.applyToOrders(submit('b'), submit('a'))
    scenario.pass(1)
    await scenario.applyToOrders(submit('0'))
    assertSame(
      (await scenario.take(2, MINUTE)).map(({ id }) => id),
      ['b', 'a'],
      'the first two:',
    )
    assertSame(
      (await scenario.take(2, MINUTE)).map(({ id }) => id),
      ['0'],
      'the rest:',
    )
    assertSame(await scenario.take(2, MINUTE), [], 'nothing is left:')
  }),
  orderScene('a lease is over at the very instant', async (scenario) => {
    await scenario.applyToOrders(submit('order'))
    await scenario.take(1, MINUTE)
    scenario.pass(MINUTE - 1)
    assertSame(await scenario.take(1, MINUTE), [], 'before the end of the lease:')
    scenario.pass(1)
    assertSame((await scenario.take(1, MINUTE)).length, 1, 'tickets at the end of the lease:')
  }),
  orderScene('a ticket that was decided is taken no more', async (scenario) => {
    await scenario.apply(supply(5))
    await scenario.applyToOrders(submit('placed'), submit('rejected'), submit('cancelled'), submit('left'))
    await scenario.apply(reserve('placed'), release('cancelled', 'buyer'))
    await scenario.applyToOrders(reject('rejected'))
    assertSame(
      (await scenario.take(5, MINUTE)).map(({ id }) => id),
      ['left'],
      'tickets:',
    )
  }),
  orderScene(
    'a rejected ticket that is submitted again goes to the end, without its lease',
    async (scenario) => {
      await scenario.applyToOrders(submit('one'), submit('two'))
      await scenario.take(1, MINUTE)
      await scenario.applyToOrders(reject('one'), submit('one', { units: [units(2)] }))
      assertSame(
        (await scenario.take(5, MINUTE)).map(({ id }) => id),
        ['two', 'one'],
        'tickets:',
      )
    },
  ),
  orderScene('a ticket brings what was submitted', async (scenario) => {
    const ticket = submit('order', { units: [units(3)], data: 'a\0b 😀 "quoted"' })
    await scenario.applyToOrders(ticket)
    const [taken] = await scenario.take(1, MINUTE)
    assertSame(
      [taken?.request, taken?.data, taken?.lines, taken?.fingerprint],
      [ticket.request, ticket.data, ticket.lines, ticket.fingerprint],
      'the ticket taken:',
    )
  }),
  orderScene('workers that take at once take different tickets', async (scenario) => {
    const ids = Array.from({ length: 12 }, (_, index) => `order ${index}`)
    await scenario.applyToOrders(...ids.map((id) => submit(id)))
    const taken = await Promise.all(Array.from({ length: 4 }, () => scenario.store.takeQueued(4, MINUTE)))
    const all = taken.flat().map(({ id }) => id)
    assertSame([...all].sort(), [...ids].sort(), 'all tickets, each taken once:')
  }),
]
