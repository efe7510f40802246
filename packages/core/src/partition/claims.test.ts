import { describe, expect, test } from 'vitest'
import * as make from '../../test/commands.js'
import { A, B, claims, gate, guard, HOLD, units, use } from '../../test/commands.js'
import { TestPartition } from '../../test/partition.js'

// What an order claimed beside its units, and what becomes of it: uses of limits, guards, strikes.

const perA = use('of A', 3)
const perShop = use('of all', 5, { lines: [0, 1] })
const three = { units: [units(A, 2), units(B, 1)], uses: [perA, perShop] }

function shop(): TestPartition {
  return new TestPartition().stock(A, 9).stock(B, 9)
}
const uses = (partition: TestPartition) => [partition.used('of A'), partition.used('of all')]

describe('uses of limits', () => {
  test('are as many as units of their lines', () => {
    const partition = shop()
    partition.do(make.reserve('o', three))
    expect(uses(partition)).toEqual([2, 3])
  })

  test.each([
    ['held', [], [2, 3]],
    ['deferred', [], [2, 3]],
    ['confirmed', [make.confirm('o')], [2, 3]],
    ['released', [make.release('o')], [0, 0]],
    ['expired', [], [0, 0]],
    ['refund-required', [make.release('o'), make.confirm('o')], [0, 0]],
    ['rolled back', [make.confirm('o'), make.release('o', 'rollback')], [0, 0]],
  ] as const)('of an order that is %s', (status, commands, expected) => {
    const partition = shop()
    partition.do(make.reserve('o', { ...three, stock: status === 'deferred' ? 'defer' : 'take' }))
    for (const command of commands) partition.do(command)
    if (status === 'expired') partition.after(HOLD, make.sweep())
    expect(partition.status('o')).toBe(status === 'rolled back' ? 'released' : status)
    expect(uses(partition)).toEqual(expected)
  })

  test('follow a shrunk order', () => {
    const partition = shop()
    partition.do(make.reserve('o', three))
    partition.do(make.shrink('o', units(A, 1), units(B, 1)))
    expect(uses(partition)).toEqual([1, 2])
    partition.do(make.shrink('o', units(B, 1)))
    expect(uses(partition)).toEqual([0, 1])
    partition.do(make.release('o'))
    expect(uses(partition)).toEqual([0, 0])
  })

  test.each([
    [false, [2, 3]],
    [true, [1, 1]],
  ])('after a return that gives them back: %s', (giveBackUses, expected) => {
    const partition = shop()
    partition.do(make.reserve('o', three))
    partition.do(make.confirm('o'))
    partition.do(make.returned('o', 'm', [units(A, 1), units(B, 1)], { giveBackUses }))
    expect(uses(partition)).toEqual(expected)
  })

  test('come back with a rollback, those that a return left', () => {
    const partition = shop()
    partition.do(make.reserve('o', three))
    partition.do(make.confirm('o'))
    partition.do(make.returned('o', 'm', [units(A, 1)], { giveBackUses: true }))
    partition.do(make.returned('o', 'n', [units(B, 1)], { giveBackUses: false, restock: false }))
    expect(uses(partition)).toEqual([1, 2])
    partition.do(make.release('o', 'rollback'))
    expect(uses(partition)).toEqual([0, 0])
    // The unit written off is gone; the others are on sale again.
    expect([partition.figures(A), partition.figures(B)]).toEqual(['9 0 0 0 / 9', '8 0 0 0 / 8'])
  })

  test('go back to the counter first claimed, whatever the window is by then', () => {
    const partition = shop()
    const today = use('today', 1, { from: 0, to: partition.now + 10 })
    partition.do(make.reserve('o', { uses: [today], holdMs: 100 }))
    partition.now += 10
    partition.do(make.reserve('p', { uses: [use('tomorrow', 1, { from: partition.now })] }))
    partition.do(make.release('o'))
    expect([partition.used('today'), partition.used('tomorrow')]).toEqual([0, 1])
  })
})

describe('a late payment', () => {
  function late(): TestPartition {
    const partition = new TestPartition().stock(A, 2)
    partition.do(make.reserve('o', { units: [units(A, 2)], uses: [use('c', 2)], guards: [guard('g')] }))
    partition.now += HOLD
    return partition
  }

  test('takes its units and uses again, and no guard', () => {
    const partition = late()
    expect(partition.do(make.confirm('o')).kind).toBe('confirmed')
    expect([partition.figures(A), partition.used('c'), partition.keeper('g')]).toEqual([
      '0 0 2 0 / 2',
      2,
      null,
    ])
  })

  test('is not kept out by an order that is open by now', () => {
    const partition = late().stock(A, 1)
    partition.do(make.reserve('p', { guards: [guard('g')] }))
    expect(partition.do(make.confirm('o')).kind).toBe('confirmed')
    expect(partition.keeper('g')).toBe('p')
  })

  test.each([
    ['units', {}, 'insufficient-stock'],
    ['uses', { uses: [use('c', 2)] }, 'purchase-limit'],
  ])('whose %s are gone must be given back, and never takes again', (_, fields, why) => {
    const partition = late().stock(A, why === 'purchase-limit' ? 9 : 0)
    // The hold is due, but nobody met it yet.
    partition.do(make.sweep())
    partition.do(make.reserve('p', { ...fields, units: [units(A, 1)] }))
    for (const _delivery of [1, 2]) {
      expect(partition.do(make.confirm('o'))).toMatchObject({ kind: 'refund-required', why: { kind: why } })
      partition.do(make.release('p'))
    }
    expect(partition.used('c')).toBe(0)
    expect(partition.status('o')).toBe('refund-required')
  })

  test('takes what is left of a shrunk order', () => {
    const partition = new TestPartition().stock(A, 2)
    partition.do(make.reserve('o', { units: [units(A, 2)], uses: [use('c', 2)] }))
    partition.do(make.shrink('o', units(A, 1)))
    partition.now += HOLD
    partition.do(make.confirm('o'))
    expect([partition.figures(A), partition.used('c')]).toEqual(['1 0 1 0 / 2', 1])
  })
})

describe('a payment for an unknown id', () => {
  const retake = { ...claims({ units: [units(A, 2)], uses: [use('c', 3)] }), until: 20_000 }
  const payment = make.confirm('o', 'pi', retake)

  test('that brings its claims is late, and occupies the id', () => {
    const partition = new TestPartition().stock(A, 5)
    expect(partition.do(payment)).toEqual({ kind: 'confirmed', late: true, owed: [] })
    expect(partition.told()).toEqual(['granted o', 'confirmed o', 'changed A north'])
    expect([partition.figures(A), partition.used('c')]).toEqual(['3 0 2 0 / 5', 2])
    expect(partition.do(payment)).toEqual({ kind: 'already', status: 'confirmed' })
    expect(partition.do(make.reserve('o', { units: [units(A, 2)] }))).toMatchObject({
      kind: 'replayed',
      status: 'confirmed',
    })
    expect(partition.do(make.sweep()), 'it was never a hold').toMatchObject({ expired: [], nextDueAt: null })
  })

  test.each([
    ['units', 1, 0, 'insufficient-stock'],
    ['uses', 9, 2, 'purchase-limit'],
  ])('whose %s cannot be had is never taken, and its id is occupied', (_, stock, used, why) => {
    const partition = new TestPartition().stock(A, stock + used)
    if (used > 0) partition.do(make.reserve('p', { units: [units(A, used)], uses: [use('c', 3)] }))
    expect(partition.do(payment)).toMatchObject({ kind: 'refund-required', why: { kind: why } })
    partition.stock(A, 9)
    partition.do(make.release('p'))
    expect(partition.do(payment).kind).toBe('refund-required')
    expect(partition.do(make.reserve('o'))).toEqual({ kind: 'tombstoned' })
  })

  test('of an account that does not exist is short of all', () => {
    expect(new TestPartition().do(payment)).toMatchObject({
      why: { short: [{ requested: 2, available: 0 }] },
    })
  })

  test('whose marker may have lapsed takes nothing: it may have been paid before', () => {
    const partition = new TestPartition().stock(A, 5)
    partition.now = 20_000
    expect(partition.do(payment)).toEqual({ kind: 'unknown-id' })
    expect(partition.do(make.confirm('o', 'pi'))).toEqual({ kind: 'unknown-id' })
    expect(partition.status('o')).toBe('absent')
  })
})

describe('a guard', () => {
  const open = (id: string) => make.reserve(id, { guards: [guard('g')] })
  test.each([
    ['paid', make.confirm('o')],
    ['cancelled', make.release('o')],
    ['rolled back', make.release('o', 'rollback')],
  ])('is free once its order is %s', (_, command) => {
    const partition = shop()
    partition.do(open('o'))
    expect(partition.do(open('p')).kind).toBe('unpaid-order')
    partition.do(command)
    expect(partition.keeper('g')).toBeNull()
    expect(partition.do(open('p')).kind).toBe('granted')
  })

  test('ends with its hold, extended or not', () => {
    const partition = shop()
    partition.do(open('o'))
    partition.after(HOLD - 1, make.extend('o', HOLD))
    partition.now += HOLD - 1
    expect(partition.do(open('p')).kind).toBe('unpaid-order')
    expect(partition.after(1, open('p')).kind).toBe('granted')
  })

  test('is freed by its own order alone', () => {
    const partition = shop()
    partition.do(open('o'))
    partition.after(HOLD, open('p'))
    for (const command of [make.release('o'), make.extend('o'), make.confirm('o')]) partition.do(command)
    expect(partition.keeper('g')).toBe('p')
  })

  test('of an order that must be refunded is free', () => {
    const partition = new TestPartition().stock(A, 1)
    partition.do(make.reserve('o', { guards: [guard('g')], stock: 'defer' }))
    partition.do(make.supply('m', A, -1, 'lost'))
    expect(partition.do(make.confirm('o')).kind).toBe('refund-required')
    expect(partition.keeper('g')).toBeNull()
  })
})

describe('strikes', () => {
  const risk = gate('of ada', { strikeMs: 5_000, deferAt: 1, refuseAt: 2 })

  test('defer, then refuse, and pass with time', () => {
    const partition = new TestPartition().stock(A, 1)
    expect(partition.do(make.reserve('a', { risk }))).toMatchObject({ stock: 'taken' })
    partition.do(make.release('a', 'buyer'))
    expect(partition.do(make.reserve('b', { risk, uses: [use('c', 9)] }))).toMatchObject({
      stock: 'deferred',
    })
    expect([partition.figures(A), partition.used('c')]).toEqual(['1 0 0 0 / 1', 1])
    partition.now += HOLD
    expect(partition.do(make.reserve('c', { risk })).kind, 'nobody met the due hold yet').toBe('granted')
    partition.do(make.sweep())
    expect(partition.do(make.reserve('d', { risk }))).toMatchObject({ kind: 'buyer-refused', strikes: 2 })
    partition.now += 5_000
    expect(partition.do(make.reserve('d', { risk }))).toMatchObject({ stock: 'taken' })
  })

  test('a deferred order is refused at once if units are short at that moment', () => {
    const partition = new TestPartition().stock(A, 0)
    expect(partition.do(make.reserve('o', { stock: 'defer' })).kind).toBe('insufficient-stock')
  })

  test('the shop’s word goes before them, and is lifted under every name', () => {
    const partition = new TestPartition().stock(A, 5)
    const refuse = { effect: 'refuse', until: null } as const
    partition.do(make.judge('older', { tag: refuse }))
    const both = { ...risk, prior: ['older'] }
    expect(partition.do(make.reserve('o', { risk: both })).kind).toBe('buyer-refused')
    partition.do(make.judge('of ada', { tag: null, prior: ['older'] }))
    expect(partition.do(make.reserve('o', { risk: both }))).toMatchObject({ stock: 'taken' })
    partition.do(make.release('o'))
    partition.do(make.judge('of ada', { forgive: true, prior: ['older'] }))
    expect(partition.do(make.reserve('p', { risk: both }))).toMatchObject({ stock: 'taken' })
  })
})
