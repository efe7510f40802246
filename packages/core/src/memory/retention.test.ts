import { describe, expect, test } from 'vitest'
import * as make from '../../test/commands.js'
import { A, HOLD, units, use } from '../../test/commands.js'
import { DAY, handStore, listed } from '../../test/memory.js'
import type { OrderCommand } from '../machines/order/types.js'
import type { Command } from '../port/commands.js'

type Store = ReturnType<typeof handStore>

async function stocked(retention?: { readonly days: number }): Promise<Store> {
  const store = handStore(retention === undefined ? {} : { retention })
  await store.do(make.supply('delivery', A, 10))
  return store
}

async function kindAfter(store: Store, ms: number, command: Command): Promise<string | undefined> {
  store.clock.time += ms
  await store.do(make.sweep())
  return (await store.do(command))[0]?.kind
}

const order = make.reserve('o', { units: [units(A, 2)], uses: [use('c', 5)] })
const endings: readonly [string, readonly Command[]][] = [
  ['paid', [order, make.confirm('o')]],
  ['cancelled', [order, make.release('o')]],
  ['to be refunded', [order, make.release('o'), make.confirm('o')]],
  ['rolled back', [order, make.confirm('o'), make.release('o', 'rollback')]],
  ['cancelled before it came', [make.release('o')]],
]

describe('the id of an order that is', () => {
  test.each(endings)('%s is remembered for 30 days, then free', async (_, commands) => {
    const store = await stocked()
    await store.do(...commands)
    expect(await kindAfter(store, 30 * DAY - 1, order)).toMatch(/^(replayed|tombstoned)$/)
    expect(await kindAfter(store, 1, order)).toBe('granted')
  })

  test('expired is remembered from its expiry on', async () => {
    const store = await stocked()
    await store.do(order)
    store.clock.time += HOLD
    await store.do(make.sweep())
    expect(await kindAfter(store, 30 * DAY - 1, order)).toBe('replayed')
    expect(await kindAfter(store, 1, order)).toBe('granted')
  })

  test.each([
    ['held', []],
    ['owed units', [make.confirm('o')]],
  ])('%s is never forgotten', async (_, commands) => {
    const store = await stocked({ days: 1 })
    await store.do(make.configure(A, 1, { backorderLimit: 5 }))
    const long = { ...order, holdMs: 99 * DAY, maxHoldMs: 99 * DAY }
    const waiting = { ...long, claims: { ...long.claims, units: [units(A, 12)], uses: [], backorder: true } }
    await store.do(waiting, ...commands)
    expect(await kindAfter(store, 30 * DAY, waiting)).toBe('replayed')
  })

  test('owed no more is forgotten after all', async () => {
    const store = await stocked({ days: 1 })
    await store.do(make.configure(A, 1, { backorderLimit: 5 }))
    const waiting = make.reserve('o', { units: [units(A, 12)], backorder: true })
    await store.do(waiting, make.confirm('o'))
    expect(await kindAfter(store, 2 * DAY, waiting)).toBe('replayed')
    await store.do(make.supply('more', A, 2), make.fill(A))
    expect(await kindAfter(store, DAY, make.extend('o'))).toBe('unknown-id')
  })

  test('a shop may have it remembered for another time', async () => {
    const store = await stocked({ days: 2 })
    await store.do(order, make.release('o'))
    expect(await kindAfter(store, 2 * DAY - 1, order)).toBe('replayed')
    expect(await kindAfter(store, 1, order)).toBe('granted')
  })
})

test('what a forgotten order keeps for good stays counted', async () => {
  const store = await stocked()
  await store.do(order, make.confirm('o'), make.returned('o', 'back', [units(A, 1)]))
  await kindAfter(store, 30 * DAY, make.sweep())
  expect(await listed(store.store, 'reservations')).toEqual([])
  expect(await listed(store.store, 'accounts')).toMatchObject([
    { available: 9, sold: 1, supplied: 10, archived: 1 },
  ])
  expect(await listed(store.store, 'counters')).toEqual([{ name: 'c', used: 2, archived: 2 }])
  const [refused] = await store.do(make.reserve('p', { units: [units(A, 4)], uses: [use('c', 5)] }))
  expect(refused).toMatchObject({ kind: 'purchase-limit', used: 2 })
})

test('a payment for a forgotten order sells nothing twice', async () => {
  const store = await stocked()
  await store.do(order, make.confirm('o', 'pi'))
  expect(await kindAfter(store, 30 * DAY, make.confirm('o', 'pi'))).toBe('unknown-id')
  expect(await listed(store.store, 'accounts')).toMatchObject([{ available: 8, sold: 2 }])
})

test('movements are never forgotten', async () => {
  const store = await stocked()
  expect(await kindAfter(store, 400 * DAY, make.supply('delivery', A, 10))).toBe('replayed-movement')
})

test('a sweep forgets no more than a thousand ids, the next one goes on', async () => {
  const store = await stocked({ days: 1 })
  const cancelled = Array.from({ length: 1_500 }, (_, n) => make.release(`o${n}`))
  await store.do(...cancelled)
  store.clock.time += DAY
  const left: number[] = []
  for (let sweeps = 0; sweeps < 2; sweeps++) {
    await store.do(make.sweep())
    left.push((await listed(store.store, 'reservations')).length)
  }
  expect(left).toEqual([500, 0])
})

describe('orders and tickets', () => {
  const refusal = { kind: 'late' } as const
  const submit: OrderCommand = {
    kind: 'submit',
    id: 't',
    home: 'home',
    fingerprint: { buyer: 'ada', lines: 'x' },
    lines: [],
    data: null,
    request: '{}',
  }

  test('are forgotten with their reservations', async () => {
    const store = await stocked({ days: 1 })
    await store.do(order, make.confirm('o'))
    store.clock.time += DAY - 1
    await store.do(make.sweep())
    expect(await store.store.readOrders(['o'])).toMatchObject([{ status: 'paid' }])
    store.clock.time += 1
    await store.do(make.sweep())
    expect(await store.store.readOrders(['o'])).toEqual([null])
  })

  test('a rejected ticket is forgotten like an order that ended', async () => {
    const store = await stocked({ days: 1 })
    await store.store.applyToOrders([submit, { kind: 'reject', id: 't', refusal }])
    store.clock.time += DAY - 1
    await store.do(make.sweep())
    expect(await store.store.readOrders(['t'])).toMatchObject([{ status: 'rejected' }])
    store.clock.time += 1
    await store.do(make.sweep())
    expect(await store.store.readOrders(['t'])).toEqual([null])
  })

  test('a ticket that was submitted again waits for its turn, whenever it was rejected', async () => {
    const store = await stocked({ days: 1 })
    await store.store.applyToOrders([submit, { kind: 'reject', id: 't', refusal }, submit])
    store.clock.time += 9 * DAY
    await store.do(make.sweep())
    expect(await store.store.readOrders(['t'])).toMatchObject([{ status: 'queued' }])
  })
})

describe('history', () => {
  test('before retention is let go, its sums are carried forward', async () => {
    const store = await stocked({ days: 1 })
    await store.do(order, make.confirm('o'))
    store.clock.time += DAY
    await store.do(make.reserve('p'))
    expect(await listed(store.store, 'events')).toHaveLength(6)
    await store.do(make.sweep())
    const events = await listed(store.store, 'events')
    expect(events.map(({ id, event }) => [id, event.type])).toEqual([
      ['main/1/3/0', 'granted'],
      ['main/1/3/1', 'changed'],
    ])
    const nothing = { reservation: null, movement: null, backordered: 0 }
    expect(await listed(store.store, 'ledger')).toEqual([
      {
        account: A,
        at: 10_000,
        cause: 'carried-forward',
        ...nothing,
        available: 8,
        reserved: 0,
        sold: 2,
        supplied: 10,
      },
      {
        account: A,
        at: 10_000 + DAY,
        cause: 'granted',
        ...nothing,
        reservation: 'p',
        available: -1,
        reserved: 1,
        sold: 0,
        supplied: 0,
      },
    ])
  })

  test('is kept as long as nobody sweeps', async () => {
    const store = await stocked({ days: 1 })
    store.clock.time += 9 * DAY
    await store.do(order)
    expect(await listed(store.store, 'events')).toHaveLength(3)
  })
})
