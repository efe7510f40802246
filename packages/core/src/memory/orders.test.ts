import { describe, expect, test } from 'vitest'
import * as make from '../../test/commands.js'
import { A, units } from '../../test/commands.js'
import { handStore } from '../../test/memory.js'
import type { OrderCommand, OrderStatus } from '../machines/order/types.js'

function submit(id: string, buyer = 'ada'): OrderCommand {
  const fingerprint = { buyer, lines: JSON.stringify([units(A, 1)]) }
  return { kind: 'submit', id, home: 'home', fingerprint, lines: [], data: null, request: `request of ${id}` }
}
const reject = (id: string): OrderCommand => ({ kind: 'reject', id, refusal: { kind: 'late' } })
const ids = (orders: readonly { readonly id: string }[]) => orders.map(({ id }) => id)

describe('the queue', () => {
  test('is taken in the order of submission, at most so many at once', async () => {
    const { store } = handStore()
    await store.applyToOrders(['c', 'a', 'b'].map((id) => submit(id)))
    expect(ids(await store.takeQueued(2, 1_000))).toEqual(['c', 'a'])
    expect(ids(await store.takeQueued(2, 1_000))).toEqual(['b'])
    expect(ids(await store.takeQueued(2, 1_000))).toEqual([])
  })

  test('gives an order to another worker once its lease has ended', async () => {
    const { store, clock } = handStore()
    await store.applyToOrders([submit('a')])
    expect(ids(await store.takeQueued(9, 1_000))).toEqual(['a'])
    clock.time += 999
    expect(ids(await store.takeQueued(9, 1_000))).toEqual([])
    clock.time += 1
    expect(ids(await store.takeQueued(9, 1_000))).toEqual(['a'])
  })

  test('holds no order that was decided, rejected or cancelled', async () => {
    const { store, do: apply } = handStore()
    await apply(make.supply('m', A, 5))
    await store.applyToOrders(['a', 'b', 'c', 'd'].map((id) => submit(id)))
    await apply(make.reserve('a'), make.release('b'))
    await store.applyToOrders([reject('c')])
    expect(ids(await store.takeQueued(9, 1_000))).toEqual(['d'])
    const states = await store.readOrders(['a', 'b', 'c', 'd'])
    expect(states.map((state) => state?.status)).toEqual([
      'awaiting-payment',
      'cancelled',
      'rejected',
      'queued',
    ])
  })

  test('takes a rejected order that is submitted again at its end', async () => {
    const { store } = handStore()
    await store.applyToOrders([submit('a'), submit('b'), reject('a'), submit('a', 'bob')])
    const queued = await store.takeQueued(9, 1_000)
    expect(queued.map(({ id, fingerprint }) => [id, fingerprint.buyer])).toEqual([
      ['b', 'ada'],
      ['a', 'bob'],
    ])
  })
})

describe('an order', () => {
  test.each<[string, OrderStatus, readonly ReturnType<typeof make.confirm | typeof make.release>[]]>([
    ['granted', 'awaiting-payment', []],
    ['paid', 'paid', [make.confirm('o')]],
    ['cancelled', 'cancelled', [make.release('o', 'seller')]],
    ['rolled back', 'rolled-back', [make.confirm('o'), make.release('o', 'rollback')]],
    ['paid after its cancel', 'refund-required', [make.release('o'), make.confirm('o')]],
  ])('is its reservation as the buyer sees it: %s', async (_, status, commands) => {
    const { store, do: apply } = handStore()
    await apply(make.supply('m', A, 5), make.reserve('o', { data: 'note' }), ...commands)
    const line = { ...A, quantity: 1, owed: 0, returned: 0 }
    expect(await store.readOrders(['o'])).toMatchObject([{ id: 'o', status, data: 'note', lines: [line] }])
  })

  test('keeps the instant of its submission, and its own versions', async () => {
    const { store, clock, do: apply } = handStore()
    await store.applyToOrders([submit('o')])
    await apply(make.supply('m', A, 5))
    clock.time += 5
    await apply(make.reserve('o'))
    expect(await store.readOrders(['o'])).toMatchObject([
      { createdAt: 10_000, version: 2, payBy: 10_005 + make.HOLD },
    ])
  })

  test('that nobody placed is none', async () => {
    const { store, do: apply } = handStore()
    await apply(make.release('cancelled before it came'))
    expect(await store.readOrders(['unknown', 'cancelled before it came'])).toEqual([null, null])
  })

  test('that was cancelled before it was submitted is not queued: undo comes before do', async () => {
    const { store, do: apply } = handStore()
    await apply(make.release('o'))
    expect((await store.applyToOrders([submit('o')])).outcomes).toEqual([{ kind: 'tombstoned' }])
    expect(await store.takeQueued(9, 1_000)).toEqual([])
  })

  test('refunded stays so, whatever happens to its goods', async () => {
    const { store, do: apply } = handStore()
    await apply(make.supply('m', A, 5), make.reserve('o'), make.confirm('o'))
    await store.applyToOrders([{ kind: 'refund', id: 'o', refund: 're' }])
    await apply(make.returned('o', 'back', [units(A, 1)]))
    expect(await store.readOrders(['o'])).toMatchObject([
      { status: 'refunded', refund: 're', lines: [{ returned: 1 }] },
    ])
  })
})

describe('a list of orders', () => {
  test('holds each once, by pages of any size, all or those of one status', async () => {
    const { store, do: apply } = handStore()
    await apply(make.supply('m', A, 50))
    const all = Array.from({ length: 7 }, (_, n) => `o${n}`)
    await apply(...all.map((id) => make.reserve(id)), make.confirm('o2'), make.confirm('o5'))
    await store.applyToOrders([submit('ticket')])
    for (const limit of [1, 2, 3, 8, 100]) {
      expect(ids(await listedOrders(limit)).sort()).toEqual([...all, 'ticket'].sort())
      expect(ids(await listedOrders(limit, 'paid')).sort()).toEqual(['o2', 'o5'])
      expect(ids(await listedOrders(limit, 'queued'))).toEqual(['ticket'])
      expect(ids(await listedOrders(limit, 'refunded'))).toEqual([])
    }

    async function listedOrders(limit: number, status?: OrderStatus) {
      const orders = []
      for (let cursor: string | null = null; ; ) {
        const page = await store.listOrders({ cursor, limit, ...(status !== undefined && { status }) })
        expect(page.orders.length).toBeLessThanOrEqual(limit)
        orders.push(...page.orders)
        if (page.cursor === null) return orders
        cursor = page.cursor
      }
    }
  })
})
