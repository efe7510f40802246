import { describe, expect, test } from 'vitest'
import * as make from '../../test/commands.js'
import { A, A_SOUTH, B, units } from '../../test/commands.js'
import { TestPartition } from '../../test/partition.js'

const MOST = Number.MAX_SAFE_INTEGER
const replayed = { kind: 'replayed-movement' }
const reused = { kind: 'id-reused', differs: ['lines'] }

/** One paid order of two units of A and one of B. */
function sold(): TestPartition {
  const partition = new TestPartition().stock(A, 5).stock(B, 5)
  partition.do(make.reserve('o', { units: [units(A, 2), units(B, 1)] }))
  partition.do(make.confirm('o'))
  return partition
}

describe('a change of supply', () => {
  test('creates the account, a restock of 0 too', () => {
    const partition = new TestPartition()
    expect(partition.do(make.supply('m', A, 0))).toEqual({ kind: 'supplied', available: 0 })
    expect(partition.figures(A)).toBe('0 0 0 0 / 0')
    expect(partition.do(make.supply('n', B, 7))).toEqual({ kind: 'supplied', available: 7 })
  })

  test('that takes out what was never put in creates nothing', () => {
    const partition = new TestPartition()
    expect(partition.do(make.supply('m', A, -1, 'stolen'))).toEqual({
      kind: 'account-unknown',
      accounts: [A],
    })
    expect(partition.figures(A)).toBe('no account')
  })

  test('repeated, does nothing more; with other data, is another', () => {
    const partition = new TestPartition()
    partition.do(make.supply('m', A, 5))
    expect(partition.do(make.supply('m', A, 5))).toEqual(replayed)
    expect(partition.do(make.supply('m', A, 6))).toEqual(reused)
    expect(partition.do(make.supply('m', A, -5))).toEqual(reused)
    expect(partition.do(make.supply('m', A, 5, 'found'))).toEqual(reused)
    expect(partition.events).toEqual([])
    expect(partition.figures(A)).toBe('5 0 0 0 / 5')
  })

  test('that was refused leaves its id free', () => {
    const partition = new TestPartition().stock(A, 1)
    expect(partition.do(make.supply('m', A, -2, 'lost'))).toEqual({
      kind: 'insufficient-stock',
      short: [{ account: A, requested: 2, available: 1 }],
    })
    expect(partition.do(make.supply('m', A, -1, 'lost'))).toEqual({ kind: 'supplied', available: 0 })
  })

  test('takes no unit that is reserved or sold', () => {
    const partition = sold()
    partition.do(make.reserve('p', { units: [units(A, 2)] }))
    expect(partition.do(make.supply('m', A, -2, 'lost'))).toMatchObject({
      short: [{ requested: 2, available: 1 }],
    })
    expect(partition.do(make.supply('n', A, -1, 'lost'))).toEqual({ kind: 'supplied', available: 0 })
    expect(partition.figures(A)).toBe('0 2 2 0 / 4')
  })
})

describe('ids of movements', () => {
  test('are those of one account', () => {
    const partition = new TestPartition()
    for (const account of [A, A_SOUTH, B]) {
      expect(partition.do(make.supply('m', account, 5)), account.pool).toMatchObject({ kind: 'supplied' })
    }
  })

  test('are none of an order’s', () => {
    const partition = sold()
    expect(partition.do(make.supply('o', A, 5))).toMatchObject({ kind: 'supplied' })
    expect(partition.do(make.reserve('delivery 1')).kind).toBe('granted')
  })

  test('are shared by all that moves supply', () => {
    const partition = sold().stock(A_SOUTH, 0)
    partition.do(make.supply('m', A, 1))
    expect(partition.do(make.transfer('m', A, A_SOUTH, 1))).toEqual(reused)
    expect(partition.do(make.returned('o', 'm', [units(A, 1)]))).toEqual(reused)
    partition.do(make.returned('o', 'back', [units(A, 1)]))
    expect(partition.do(make.supply('back', A, 1))).toEqual(reused)
    expect(partition.do(make.supply('back', B, 1)), 'which knows no such id').toMatchObject({
      kind: 'supplied',
    })
  })
})

describe('a transfer', () => {
  const pools = () => new TestPartition().stock(A, 5).stock(A_SOUTH, 1)

  test('moves units from pool to pool, once', () => {
    const partition = pools()
    expect(partition.do(make.transfer('m', A, A_SOUTH, 3))).toEqual({ kind: 'transferred' })
    expect(partition.changes().map(({ account, movements }) => [account.pool, movements])).toEqual([
      ['north', [{ movement: 'm', cause: 'transfer', delta: -3 }]],
      ['south', [{ movement: 'm', cause: 'transfer', delta: 3 }]],
    ])
    expect(partition.do(make.transfer('m', A, A_SOUTH, 3))).toEqual(replayed)
    expect(partition.do(make.transfer('m', A, A_SOUTH, 2))).toEqual(reused)
    expect(partition.do(make.transfer('m', A_SOUTH, A, 3))).toEqual(reused)
    expect([partition.figures(A), partition.figures(A_SOUTH)]).toEqual(['2 0 0 0 / 2', '4 0 0 0 / 4'])
  })

  test('moves what is available alone, and then nothing', () => {
    const partition = pools()
    partition.do(make.reserve('o', { units: [units(A, 3)] }))
    expect(partition.do(make.transfer('m', A, A_SOUTH, 3))).toEqual({
      kind: 'insufficient-stock',
      short: [{ account: A, requested: 3, available: 2 }],
    })
    expect([partition.figures(A), partition.figures(A_SOUTH)]).toEqual(['2 3 0 0 / 5', '1 0 0 0 / 1'])
    expect(partition.events).toEqual([])
  })

  test.each([
    ['from', B, A, [B]],
    ['to', A, B, [B]],
    ['from and to', B, { sku: 'B', pool: 'south' }, [B, { sku: 'B', pool: 'south' }]],
  ] as const)('%s an account that does not exist moves nothing', (_, from, to, accounts) => {
    const partition = pools()
    expect(partition.do(make.transfer('m', from, to, 1))).toEqual({ kind: 'account-unknown', accounts })
    expect(partition.figures(A)).toBe('5 0 0 0 / 5')
  })
})

describe('an account holds at most 2^53 − 1 units', () => {
  test('a restock past it is refused, whole', () => {
    const partition = new TestPartition().stock(A, MOST - 1)
    expect(partition.do(make.supply('m', A, 2))).toEqual({ kind: 'overflow', account: A })
    expect(partition.do(make.supply('m', A, 1))).toEqual({ kind: 'supplied', available: MOST })
    expect(partition.do(make.supply('n', A, MOST))).toEqual({ kind: 'overflow', account: A })
    expect(partition.figures(A)).toBe(`${MOST} 0 0 0 / ${MOST}`)
  })

  test('sold units count, written-off ones do not', () => {
    const partition = new TestPartition().stock(A, MOST)
    partition.do(make.reserve('o', { units: [units(A, 10)] }))
    partition.do(make.confirm('o'))
    expect(partition.do(make.supply('m', A, 1))).toEqual({ kind: 'overflow', account: A })
    partition.do(make.returned('o', 'broken', [units(A, 4)], { restock: false }))
    expect(partition.do(make.supply('m', A, 5))).toEqual({ kind: 'overflow', account: A })
    expect(partition.do(make.supply('m', A, 4))).toEqual({ kind: 'supplied', available: MOST - 6 })
  })

  test('a transfer into a full account moves nothing', () => {
    const partition = new TestPartition().stock(A, 5).stock(A_SOUTH, MOST)
    expect(partition.do(make.transfer('m', A, A_SOUTH, 1))).toEqual({ kind: 'overflow', account: A_SOUTH })
    expect(partition.figures(A)).toBe('5 0 0 0 / 5')
  })
})

describe('a return', () => {
  const back = (movement: string, a: number, more = {}) => make.returned('o', movement, [units(A, a)], more)

  test('into stock, or written off', () => {
    const partition = sold()
    expect(partition.do(back('m', 1))).toEqual({ kind: 'returned' })
    expect(partition.figures(A)).toBe('4 0 1 0 / 5')
    expect(partition.changes()).toMatchObject([
      { movements: [{ movement: 'm', cause: 'returned', delta: 0 }] },
    ])
    expect(partition.do(back('n', 1, { restock: false }))).toEqual({ kind: 'returned' })
    expect(partition.figures(A)).toBe('4 0 0 0 / 4')
    expect(partition.changes()).toMatchObject([
      { movements: [{ movement: 'n', cause: 'returned', delta: -1 }] },
    ])
    expect(partition.do(back('o', 1))).toEqual({ kind: 'exceeds', account: A, held: 0 })
  })

  test('repeated, does nothing more; with other data, is another', () => {
    const partition = sold()
    partition.do(back('m', 1))
    expect(partition.do(back('m', 1))).toEqual(replayed)
    expect(partition.do(back('m', 2))).toEqual(reused)
    expect(partition.do(back('m', 1, { restock: false }))).toEqual(reused)
    expect(partition.do(back('m', 1, { giveBackUses: true }))).toEqual(reused)
    expect(partition.figures(A)).toBe('4 0 1 0 / 5')
  })

  test('of the same movement by another order is another', () => {
    const partition = sold()
    partition.do(make.reserve('p'))
    partition.do(make.confirm('p'))
    partition.do(back('m', 1))
    expect(partition.do(make.returned('p', 'm', [units(A, 1)]))).toEqual(reused)
  })

  test('of several lines is one movement of each account, all or none', () => {
    const partition = sold()
    const all = [units(A, 2), units(B, 1)]
    expect(partition.do(make.returned('o', 'm', [units(A, 2), units(B, 2)]))).toEqual({
      kind: 'exceeds',
      account: B,
      held: 1,
    })
    expect(partition.figures(A)).toBe('3 0 2 0 / 5')
    expect(partition.do(make.returned('o', 'm', all))).toEqual({ kind: 'returned' })
    expect([partition.figures(A), partition.figures(B)]).toEqual(['5 0 0 0 / 5', '5 0 0 0 / 5'])
    expect(partition.do(make.returned('o', 'm', [...all].reverse()))).toEqual(replayed)
    expect(partition.do(make.returned('o', 'm', [units(A, 2)]))).toEqual(reused)
  })

  test.each(['held', 'expired', 'unknown'])('of an order that is %s returns nothing', (status) => {
    const partition = new TestPartition().stock(A, 5)
    if (status !== 'unknown') partition.do(make.reserve('o'))
    if (status === 'expired') partition.now += make.HOLD
    const told = status === 'unknown' ? { kind: 'unknown-id' } : { kind: 'already', status }
    expect(partition.do(back('m', 1))).toEqual(told)
    expect(partition.figures(A)).toBe(status === 'held' ? '4 1 0 0 / 5' : '5 0 0 0 / 5')
  })
})

describe('settings of an account', () => {
  test('go by their version', () => {
    const partition = new TestPartition().stock(A, 1)
    expect(partition.do(make.configure(A, 2, { opensAt: 50 }))).toEqual({ kind: 'configured' })
    expect(partition.do(make.configure(A, 1, { opensAt: 60 }))).toEqual({ kind: 'stale-version', version: 2 })
    expect(partition.do(make.configure(A, 2, { opensAt: 60 }))).toEqual({ kind: 'stale-version', version: 2 })
    expect(partition.events).toEqual([])
    expect(partition.do(make.configure(A, 2, { opensAt: 50 })), 'the same again').toEqual({
      kind: 'configured',
    })
    expect(partition.do(make.configure(A, 7, { opensAt: 60 }))).toEqual({ kind: 'configured' })
    expect(partition.state.account(A)).toMatchObject({ opensAt: 60, configVersion: 7 })
  })

  test('of an account that does not exist are nobody’s', () => {
    expect(new TestPartition().do(make.configure(A, 1))).toEqual({ kind: 'account-unknown', accounts: [A] })
  })
})
