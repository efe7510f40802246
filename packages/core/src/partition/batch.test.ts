import { describe, expect, test } from 'vitest'
import * as make from '../../test/commands.js'
import { A, A_SOUTH, B, claims, guard, HOLD, units, use } from '../../test/commands.js'
import { TestPartition } from '../../test/partition.js'
import type { Command } from '../port/commands.js'

describe('in one batch', () => {
  const kinds = (partition: TestPartition, ...commands: Command[]) =>
    partition
      .batch(...commands)
      .map((outcome) => ('status' in outcome ? `${outcome.kind} ${outcome.status}` : outcome.kind))

  test('commands see what those before them did', () => {
    const partition = new TestPartition().stock(A, 1)
    expect(
      kinds(partition, make.reserve('a'), make.reserve('b'), make.release('a'), make.reserve('b')),
    ).toEqual(['granted', 'insufficient-stock', 'released', 'granted'])
  })

  test('the same id twice is answered twice', () => {
    const partition = new TestPartition().stock(A, 5)
    const order = make.reserve('o')
    const other = make.reserve('o', { units: [units(A, 2)] })
    expect(kinds(partition, order, order, other, make.confirm('o'), make.confirm('o'), order)).toEqual([
      'granted',
      'replayed held',
      'id-reused',
      'confirmed',
      'already confirmed',
      'replayed confirmed',
    ])
    expect(partition.figures(A)).toBe('4 0 1 0 / 5')
  })

  test('an undo before its do refuses it', () => {
    const partition = new TestPartition().stock(A, 5)
    expect(kinds(partition, make.release('o'), make.reserve('o'), make.release('o'))).toEqual([
      'tombstoned',
      'tombstoned',
      'already tombstoned',
    ])
    expect(partition.told()).toEqual(['tombstoned o'])
  })

  test('a movement twice is made once', () => {
    const partition = new TestPartition()
    expect(kinds(partition, make.supply('m', A, 2), make.supply('m', A, 2))).toEqual([
      'supplied',
      'replayed-movement',
    ])
    expect(partition.figures(A)).toBe('2 0 0 0 / 2')
  })

  test('a limit and a guard hold between its commands', () => {
    const partition = new TestPartition().stock(A, 5)
    const limited = (id: string) => make.reserve(id, { uses: [use('c', 1)] })
    const guarded = (id: string) => make.reserve(id, { guards: [guard('g')] })
    expect(kinds(partition, limited('a'), limited('b'), guarded('c'), guarded('d'))).toEqual([
      'granted',
      'purchase-limit',
      'granted',
      'unpaid-order',
    ])
  })

  test('every command gets one outcome, in order, an empty batch none', () => {
    expect(new TestPartition().batch()).toEqual([])
    const partition = new TestPartition()
    expect(kinds(partition, make.sweep(), make.fill(A), make.extend('o'), make.judge('s'))).toEqual([
      'swept',
      'account-unknown',
      'unknown-id',
      'judged',
    ])
    expect(partition.events).toEqual([])
  })
})

describe('events', () => {
  const paid = [make.reserve('o', { units: [units(A, 2)] }), make.confirm('o')]
  const waits = [
    make.configure(A, 1, { backorderLimit: 9 }),
    make.reserve('w', { units: [units(A, 7)], backorder: true }),
    make.supply('more', A, 1),
  ]
  const retake = { ...claims(), until: 99_000 }

  /** What was done before to five units of A and of its south, the command, and what is told. */
  const table: readonly [string, readonly Command[], Command, readonly string[]][] = [
    ['a grant', [], make.reserve('o'), ['granted o', 'changed A north']],
    ['a deferred grant', [], make.reserve('o', { stock: 'defer' }), ['granted o']],
    [
      'a grant of two accounts',
      [],
      make.reserve('o', { units: [units(A, 1), units(A_SOUTH, 1)] }),
      ['granted o', 'changed A north', 'changed A south'],
    ],
    ['a replay', [make.reserve('o')], make.reserve('o'), []],
    ['a refusal', [], make.reserve('o', { units: [units(A, 9)] }), []],
    ['extending', [make.reserve('o')], make.extend('o', HOLD + 1), ['extended o']],
    ['extending by nothing', [make.reserve('o')], make.extend('o', HOLD), []],
    [
      'shrinking',
      [make.reserve('o', { units: [units(A, 2)] })],
      make.shrink('o', units(A, 1)),
      ['shrunk o', 'changed A north'],
    ],
    ['shrinking by nothing', [make.reserve('o')], make.shrink('o', units(A, 1)), []],
    [
      'shrinking a deferred order',
      [make.reserve('o', { stock: 'defer', units: [units(A, 2)] })],
      make.shrink('o', units(A, 1)),
      ['shrunk o'],
    ],
    ['a payment', [make.reserve('o')], make.confirm('o'), ['confirmed o', 'changed A north']],
    ['a payment again', paid, make.confirm('o'), []],
    ['a payment by another id', paid, make.confirm('o', 'other'), []],
    [
      'a payment of a deferred order',
      [make.reserve('o', { stock: 'defer' })],
      make.confirm('o'),
      ['confirmed o', 'changed A north'],
    ],
    [
      'a payment after a cancel',
      [make.reserve('o'), make.release('o')],
      make.confirm('o'),
      ['refund-required o'],
    ],
    ['a payment of an unknown id', [], make.confirm('o'), []],
    [
      'a payment that brings its claims',
      [],
      make.confirm('o', 'pi', retake),
      ['granted o', 'confirmed o', 'changed A north'],
    ],
    ['a cancel', [make.reserve('o')], make.release('o'), ['released o', 'changed A north']],
    ['a cancel of an unknown id', [], make.release('o'), ['tombstoned o']],
    ['a cancel again', [make.reserve('o'), make.release('o')], make.release('o'), []],
    ['a rollback', paid, make.release('o', 'rollback'), ['released o', 'changed A north']],
    ['a return', paid, make.returned('o', 'm', [units(A, 1)]), ['returned o', 'changed A north']],
    ['a return of too much', paid, make.returned('o', 'm', [units(A, 3)]), []],
    ['a restock', [], make.supply('m', A, 1), ['changed A north']],
    ['a restock of 0', [], make.supply('m', B, 0), ['changed B north']],
    ['a transfer', [], make.transfer('m', A, A_SOUTH, 1), ['changed A north', 'changed A south']],
    ['settings', [], make.configure(A, 1, { opensAt: 1 }), ['configured A north', 'changed A north']],
    ['a fill', waits, make.fill(A), ['filled w', 'changed A north']],
    ['the shop’s word on a buyer', [], make.judge('s', { forgive: true }), []],
  ]

  test.each(table)('of %s', (_, before, command, told) => {
    const partition = new TestPartition().stock(A, 5).stock(A_SOUTH, 5)
    partition.batch(...before)
    partition.do(command)
    expect(partition.told()).toEqual(told)
  })

  test('of expiry, by a sweep: each, then one for each account', () => {
    const partition = new TestPartition().stock(A, 5)
    partition.batch(make.reserve('a'), make.reserve('b'))
    partition.after(HOLD, make.sweep())
    expect(partition.told()).toEqual(['expired a', 'expired b', 'changed A north'])
  })

  test('tell one change of an account for a whole batch, in absolute figures', () => {
    const partition = new TestPartition()
    partition.batch(
      make.supply('m', A, 9),
      make.supply('n', A, -1, 'broken'),
      make.reserve('a', { units: [units(A, 2)] }),
      make.reserve('b'),
      make.confirm('b'),
      make.configure(A, 1, { backorderLimit: 3 }),
    )
    expect(partition.told()).toEqual([
      'granted a',
      'granted b',
      'confirmed b',
      'configured A north',
      'changed A north',
    ])
    expect(partition.changes()).toEqual([
      {
        aggregate: 'stock-account',
        account: A,
        version: 1,
        at: partition.now,
        type: 'changed',
        available: 5,
        reserved: 2,
        sold: 1,
        backordered: 0,
        supplied: 8,
        movements: [
          { movement: 'm', cause: 'restock', delta: 9 },
          { movement: 'n', cause: 'broken', delta: -1 },
        ],
      },
    ])
  })

  test('of an account grow by one version a batch that changed it', () => {
    const partition = new TestPartition()
    const versions: (number | undefined)[] = []
    for (const commands of [
      [make.supply('m', A, 5)],
      [make.reserve('a'), make.reserve('b')],
      [make.sweep()],
      [make.confirm('a')],
    ]) {
      partition.batch(...commands)
      versions.push(partition.changes()[0]?.version)
    }
    expect(versions).toEqual([1, 2, undefined, 3])
    expect(partition.state.account(A)?.version).toBe(3)
  })

  test('of settings bear the version of the batch, which its change bears too', () => {
    const partition = new TestPartition().stock(A, 5)
    partition.do(make.configure(A, 4, { opensAt: 1, closesAt: 2, backorderLimit: 3 }))
    expect(partition.events).toMatchObject([
      {
        type: 'configured',
        account: A,
        version: 2,
        opensAt: 1,
        closesAt: 2,
        backorderLimit: 3,
        configVersion: 4,
      },
      { type: 'changed', account: A, version: 2 },
    ])
  })

  test('of an id grow by one version a transition', () => {
    const partition = new TestPartition().stock(A, 5)
    partition.batch(
      make.reserve('o', { units: [units(A, 3)] }),
      make.extend('o', HOLD + 1),
      make.shrink('o', units(A, 2)),
      make.confirm('o'),
      make.returned('o', 'm', [units(A, 1)]),
      make.release('o', 'rollback'),
      make.confirm('o'),
    )
    expect(partition.ofReservations().map(({ type, version }) => `${version} ${type}`)).toEqual([
      '1 granted',
      '2 extended',
      '3 shrunk',
      '4 confirmed',
      '5 returned',
      '6 released',
      '7 refund-required',
    ])
  })
})
