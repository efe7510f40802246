import type { LedgerEntry } from '@holdfast/core/adapter'
import { describe, expect, test } from 'vitest'
import {
  A,
  configure,
  confirm,
  fill,
  HOLD,
  release,
  reserve,
  supply,
  sweep,
  units,
  use,
} from '../../../core/test/commands.js'
import { accountOf, kindsOf, statusOf } from '../../test/asking.js'
import { openStore, TestClock } from '../../test/files.js'

const MONTH = 30 * 24 * 3_600_000

async function shop() {
  const clock = new TestClock()
  const store = await openStore(':memory:', { clock })
  await kindsOf(store, supply('m', A, 10))
  return { clock, store }
}

describe('an ended id', () => {
  test.each([
    ['confirmed', [confirm('one')]],
    ['released', [release('one')]],
    ['refund-required', [release('one'), confirm('one')]],
  ])('that is %s is remembered for 30 days and then forgotten', async (_status, ending) => {
    const { clock, store } = await shop()
    await kindsOf(store, reserve('one'), ...ending)
    clock.wait(MONTH - 1)
    await kindsOf(store, sweep())
    expect(await kindsOf(store, reserve('one'))).toEqual(['replayed'])
    expect(await store.readOrders(['one'])).toMatchObject([{ id: 'one' }])
    clock.wait(1)
    await kindsOf(store, sweep())
    expect(await statusOf(store, 'one')).toBe('absent')
    expect(await store.readOrders(['one'])).toEqual([null])
    expect(await kindsOf(store, reserve('one'))).toEqual(['granted'])
  })

  test('that expired unseen is remembered from when it was swept', async () => {
    const { clock, store } = await shop()
    await kindsOf(store, reserve('one'))
    clock.wait(MONTH)
    await kindsOf(store, sweep())
    expect(await statusOf(store, 'one')).toBe('expired')
    clock.wait(MONTH)
    await kindsOf(store, sweep())
    expect(await statusOf(store, 'one')).toBe('absent')
  })

  test('of a tombstone and of a rejected ticket goes as well', async () => {
    const { clock, store } = await shop()
    const ticket = { id: 't', home: 'h', fingerprint: { buyer: 'ada', lines: '' }, lines: [], data: null }
    await kindsOf(store, release('never'))
    await store.applyToOrders([
      { kind: 'submit', ...ticket, request: '' },
      { kind: 'reject', id: 't', refusal: { kind: 'late' } },
    ])
    expect(await store.readOrders(['t'])).toMatchObject([{ status: 'rejected' }])
    clock.wait(MONTH)
    await kindsOf(store, sweep())
    expect(await statusOf(store, 'never')).toBe('absent')
    expect(await store.readOrders(['t'])).toEqual([null])
  })

  test('stays as long as it is owed units', async () => {
    const { clock, store } = await shop()
    await kindsOf(store, configure(A, 1, { backorderLimit: 5 }))
    await kindsOf(store, reserve('one', { units: [units(A, 12)], backorder: true }), confirm('one'))
    clock.wait(2 * MONTH)
    await kindsOf(store, sweep())
    expect(await statusOf(store, 'one')).toBe('confirmed')
    await kindsOf(store, supply('more', A, 2), fill(A))
    await kindsOf(store, sweep())
    expect(await statusOf(store, 'one')).toBe('absent')
    expect(await accountOf(store, A)).toMatchObject({ sold: 12, archived: 12, backordered: 0 })
  })
})

test('what is forgotten stays in the books', async () => {
  const { clock, store } = await shop()
  const limited = { uses: [use('limit/two-each/ada', 5)] }
  await kindsOf(
    store,
    reserve('sold', { ...limited, units: [units(A, 3)] }),
    confirm('sold'),
    reserve('gone', limited),
    release('gone'),
    reserve('open', { ...limited, holdMs: 2 * MONTH, maxHoldMs: 2 * MONTH }),
  )
  clock.wait(MONTH)
  await kindsOf(store, sweep())
  expect(await accountOf(store, A)).toMatchObject({ available: 6, reserved: 1, sold: 3, archived: 3 })
  const page = await store.read('main', { kind: 'list', of: 'counters', cursor: null, limit: 10 })
  expect(page.counters).toEqual([{ name: 'limit/two-each/ada', used: 4, archived: 3 }])
  const { ledger } = await store.read('main', { kind: 'list', of: 'ledger', cursor: null, limit: 100 })
  const sum = (figure: (entry: LedgerEntry) => number) => ledger.reduce((sum, one) => sum + figure(one), 0)
  expect(sum((entry) => entry.sold)).toBe(3)
  expect(sum((entry) => entry.supplied)).toBe(10)
})

test('one sweep forgets a bounded number', async () => {
  const { clock, store } = await shop()
  const ids = Array.from({ length: 450 }, (_, index) => `id ${index}`)
  await kindsOf(store, ...ids.map((id) => release(id)))
  clock.wait(MONTH + HOLD)
  const left: number[] = []
  for (let sweeps = 0; sweeps < 3; sweeps++) {
    await kindsOf(store, sweep(1))
    const page = await store.read('main', { kind: 'list', of: 'reservations', cursor: null, limit: 1_000 })
    left.push(page.reservations.length)
  }
  expect(left).toEqual([250, 50, 0])
})
