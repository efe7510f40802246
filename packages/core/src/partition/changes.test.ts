import { describe, expect, test } from 'vitest'
import * as make from '../../test/commands.js'
import { A, A_SOUTH, B, gate, guard, HOLD, units, use } from '../../test/commands.js'
import { TestPartition } from '../../test/partition.js'
import { lineElsewhere } from './piece-names.js'

/** Which accounts the last batch told of. */
function accountsTold(partition: TestPartition): readonly string[] {
  return partition.changes().map(({ account }) => `${account.sku} ${account.pool}`)
}

function ofTwo(): TestPartition {
  const partition = new TestPartition().stock(A, 9).stock(B, 9)
  partition.do(make.reserve('o', { units: [units(A, 2), units(B, 1)] }))
  return partition
}

describe('an account is told of only where its units move', () => {
  test('when one line is shrunk', () => {
    const partition = ofTwo()
    partition.do(make.shrink('o', units(A, 1), units(B, 1)))
    expect(accountsTold(partition)).toEqual(['A north'])
  })

  test.each([
    ['confirmed', make.confirm('o')],
    ['released', make.release('o')],
  ])('when an order is %s of which one line was shrunk to nothing', (_, command) => {
    const partition = ofTwo()
    partition.do(make.shrink('o', units(A, 2)))
    expect(accountsTold(partition)).toEqual(['B north'])
    partition.do(command)
    expect(accountsTold(partition)).toEqual(['A north'])
  })

  test('units that leave the shop with a return are told as taken out', () => {
    const partition = ofTwo()
    partition.do(make.confirm('o'))
    partition.do(make.returned('o', 'm', [units(A, 2)], { restock: false }))
    expect(partition.changes()).toMatchObject([
      { account: A, supplied: 7, movements: [{ movement: 'm', cause: 'returned', delta: -2 }] },
    ])
    partition.do(make.returned('o', 'n', [units(B, 1)]))
    expect(partition.changes()).toMatchObject([
      { account: B, supplied: 9, movements: [{ movement: 'n', cause: 'returned', delta: 0 }] },
    ])
  })

  test('settings are told under no movement', () => {
    const partition = new TestPartition().stock(A, 1)
    partition.do(make.configure(A, 1, { opensAt: 5, closesAt: 99_000, backorderLimit: 3 }))
    expect(partition.events).toMatchObject([
      {
        aggregate: 'stock-account',
        type: 'configured',
        account: A,
        version: 2,
        configVersion: 1,
        opensAt: 5,
        closesAt: 99_000,
        backorderLimit: 3,
      },
      { type: 'changed', account: A, version: 2, movements: [] },
    ])
  })
})

describe('a guard', () => {
  test('is kept for as long as its order was extended', () => {
    const partition = new TestPartition().stock(A, 9)
    partition.do(make.reserve('o', { guards: [guard('g')] }))
    partition.after(HOLD / 2, make.extend('o'))
    expect(partition.state.guard('g')?.expiresAt).toBe(partition.now + HOLD)
    expect(partition.after(HOLD - 1, make.reserve('p', { guards: [guard('g')] }))).toMatchObject({
      kind: 'unpaid-order',
      id: 'o',
    })
  })
})

describe('a guard by then', () => {
  test('of another order is not freed by one whose payment came too late', () => {
    const partition = new TestPartition().stock(A, 1)
    const fields = { guards: [guard('g')] }
    partition.do(make.reserve('o', fields))
    partition.after(HOLD, make.sweep())
    expect(partition.do(make.reserve('p', fields)).kind).toBe('granted')
    expect(partition.do(make.confirm('o')).kind).toBe('refund-required')
    expect(partition.keeper('g')).toBe('p')
    partition.do(make.confirm('p'))
    expect(partition.keeper('g')).toBeNull()
  })

  test('of a deferred order is kept when that is shrunk', () => {
    const partition = new TestPartition().stock(A, 9).stock(B, 9)
    const lines = [units(A, 2), units(B, 1)]
    partition.do(make.reserve('o', { units: lines, guards: [guard('g')], stock: 'defer' }))
    expect(partition.do(make.shrink('o', units(A, 1))).kind).toBe('shrunk')
    expect(partition.keeper('g')).toBe('o')
  })

  test('is looked at behind one whose older name is free', () => {
    const partition = new TestPartition().stock(A, 9)
    partition.do(make.reserve('o', { guards: [guard('g')] }))
    const guards = [guard('h', 'older h'), guard('g')]
    expect(partition.do(make.reserve('p', { guards }))).toMatchObject({ kind: 'unpaid-order', guard: 'g' })
  })
})

describe('the shop’s word on a buyer', () => {
  const tag = { effect: 'refuse', until: null } as const

  test('that sets a tag forgives nothing', () => {
    const partition = new TestPartition().stock(A, 9)
    partition.do(make.reserve('o', { risk: gate('s') }))
    partition.do(make.release('o', 'buyer'))
    partition.do(make.judge('s', { tag }))
    expect(partition.state.strikes('s')).toMatchObject({ count: 1, tag })
  })

  test('that changes nothing leaves no record', () => {
    const partition = new TestPartition()
    expect(partition.do(make.judge('s', { forgive: true, tag: null, prior: ['older'] }))).toEqual({
      kind: 'judged',
    })
    expect([partition.state.strikes('s'), partition.state.strikes('older')]).toEqual([undefined, undefined])
  })
})

describe('a strike', () => {
  const risk = gate('s')
  test.each([
    ['the buyer cancels', make.release('o', 'buyer'), 1],
    ['the seller cancels', make.release('o', 'seller'), 0],
    ['it is rolled back', make.release('o', 'rollback'), 0],
  ])('is the buyer’s own: %s', (_, command, strikes) => {
    const partition = new TestPartition().stock(A, 9)
    partition.do(make.reserve('o', { risk }))
    partition.do(command)
    expect(partition.strikes('s')).toBe(strikes)
  })

  test('is one where the hold ran out', () => {
    const partition = new TestPartition().stock(A, 9)
    partition.do(make.reserve('o', { risk }))
    partition.after(HOLD, make.sweep())
    expect(partition.strikes('s')).toBe(1)
  })
})

describe('a sale that is closed', () => {
  const late = { evenIfClosed: true } as const
  test.each([
    ['ended', { closesAt: 10_000 }, 'sale-closed'],
    ['has yet to open', { opensAt: 10_001 }, 'sale-not-open'],
  ])('takes what was placed in time where it %s', (_, settings, refusal) => {
    const partition = new TestPartition().stock(A, 9)
    partition.do(make.configure(A, 1, settings))
    expect(partition.do(make.reserve('o'))).toMatchObject({ kind: refusal })
    expect(partition.do(make.reserve('o', late))).toMatchObject({ kind: 'granted' })
  })

  test('takes nothing of an account that is unknown', () => {
    expect(new TestPartition().do(make.reserve('o', late))).toEqual({
      kind: 'account-unknown',
      accounts: [A],
    })
  })
})

describe('a due hold', () => {
  test('is not ended by a reserve that comes late itself', () => {
    const partition = new TestPartition().stock(A, 9)
    partition.do(make.reserve('o', { guards: [guard('g')] }))
    partition.now += HOLD
    const late = make.reserve('p', { guards: [guard('g')], notAfter: partition.now - 1 })
    expect(partition.do(late)).toEqual({ kind: 'late' })
    expect(partition.status('o')).toBe('held')
    // At its last instant it is in time.
    expect(partition.do({ ...late, notAfter: partition.now }).kind).toBe('granted')
    expect(partition.status('o')).toBe('expired')
  })

  test('is not ended by a reserve that the policy refuses', () => {
    const partition = new TestPartition().stock(A, 9)
    partition.do(make.reserve('o', { guards: [guard('g')] }))
    const refuse = { kind: 'pool-not-served', region: 'moon', served: [] } as const
    expect(partition.after(HOLD, make.reserve('p', { guards: [guard('g')], refuse }))).toEqual(refuse)
    expect(partition.status('o')).toBe('held')
  })

  test('is left to the next sweep by one that takes fewer, and that says so', () => {
    const partition = new TestPartition().stock(A, 9)
    partition.do(make.reserve('o'))
    partition.do(make.reserve('p'))
    expect(partition.after(HOLD, make.sweep(1))).toEqual({
      kind: 'swept',
      expired: ['o'],
      more: true,
      nextDueAt: partition.now,
    })
    expect(partition.do(make.sweep(1))).toEqual({
      kind: 'swept',
      expired: ['p'],
      more: false,
      nextDueAt: null,
    })
  })
})

test('units that lie elsewhere are of no unknown account', () => {
  const partition = new TestPartition()
  const elsewhere = units(lineElsewhere('token', 0), 1)
  expect(partition.do(make.reserve('o', { units: [elsewhere], uses: [use('c', 1)] })).kind).toBe('granted')
  expect(partition.used('c')).toBe(1)
})

test('units go to the line of their account, of its SKU and its pool', () => {
  const partition = new TestPartition().stock(A, 0).stock(B, 0).stock(A_SOUTH, 0)
  for (const account of [A, B, A_SOUTH]) partition.do(make.configure(account, 1, { backorderLimit: 9 }))
  const lines = [units(A, 1), units(A_SOUTH, 2), units(B, 3)]
  expect(partition.do(make.reserve('o', { units: lines, backorder: true })).kind).toBe('granted')
  partition.stock(B, 3).stock(A_SOUTH, 2)
  expect(partition.do(make.fill(B))).toEqual({
    kind: 'filled',
    lines: [{ id: 'o', quantity: 3 }],
    more: false,
  })
  expect(partition.do(make.fill(A_SOUTH))).toEqual({
    kind: 'filled',
    lines: [{ id: 'o', quantity: 2 }],
    more: false,
  })
  expect(partition.figures(B)).toBe('0 3 0 0 / 3')
})

describe('a movement’s id', () => {
  test('stands for one direction, whichever account keeps it', () => {
    const partition = new TestPartition().stock(A, 5).stock(A_SOUTH, 5)
    expect(partition.do(make.transfer('m', A, A_SOUTH, 1)).kind).toBe('transferred')
    expect(partition.do(make.transfer('m', A, A_SOUTH, 1))).toEqual({ kind: 'replayed-movement' })
    const reused = { kind: 'id-reused', differs: ['lines'] }
    expect(partition.do(make.transfer('m', A_SOUTH, A, 1))).toEqual(reused)
    expect(partition.do(make.supply('m', A, 1))).toEqual(reused)
    // One account knows it, the other does not.
    partition.do(make.supply('half', A, 1))
    expect(partition.do(make.transfer('half', A, A_SOUTH, 1))).toEqual(reused)
  })
})

test('a uses’ counter is touched by nothing that a shrink leaves as it was', () => {
  const partition = ofTwo()
  partition.do(
    make.reserve('p', {
      units: [units(A, 2), units(B, 1)],
      uses: [use('c', 9), use('d', 9, { lines: [1] })],
    }),
  )
  partition.do(make.shrink('p', units(A, 1), units(B, 1)))
  expect([partition.used('c'), partition.used('d')]).toEqual([1, 1])
})
