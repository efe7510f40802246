import { describe, expect, test } from 'vitest'
import * as make from '../../test/commands.js'
import { A, B, HOLD, LONGEST_HOLD, units } from '../../test/commands.js'
import { TestPartition } from '../../test/partition.js'
import { line } from '../../test/reservations.js'
import type { PiecedStep } from '../port/pieced.js'
import { attempt, begin, FINGERPRINT, grant, HOME, OWED_LINES, TestHome } from './home.test-support.js'

type Where = Parameters<TestHome['is']>[0]
const at = (where: Where) => new TestHome().is(where)
const NOW = 10_000
const notServed = { kind: 'pool-not-served', region: 'moon', served: [] } as const
const short = { kind: 'insufficient-stock', short: [{ account: A, requested: 3, available: 0 }] } as const
const aborted = { kind: 'aborted', refusal: null } as const
const pending = { kind: 'pending', attempt: attempt('first') } as const
const replayed = { kind: 'replayed', status: 'held', expiresAt: NOW + HOLD } as const
const others = { fingerprint: { ...FINGERPRINT, buyer: 'bob' } }

describe('beginning an attempt', () => {
  const cases: readonly [what: string, where: Where, step: object, answer: object, record: string][] = [
    ['of a new order', 'absent', {}, { kind: 'begun' }, 'pending'],
    ['at its last instant', 'absent', { notAfter: NOW }, { kind: 'begun' }, 'pending'],
    ['after it', 'absent', { notAfter: NOW - 1 }, { kind: 'late' }, 'absent'],
    ['that the policy refuses', 'absent', { refuse: notServed }, notServed, 'absent'],
    [
      'that the policy refuses, late',
      'absent',
      { refuse: notServed, notAfter: 0 },
      { kind: 'late' },
      'absent',
    ],
    ['beside another', 'pending', {}, pending, 'pending'],
    ['before the last is cleared away', 'aborted', {}, { kind: 'unsettled' }, 'aborted'],
    // The id comes first.
    ['of an order that stands', 'held', {}, replayed, 'admitted'],
    [
      'of an order that stands, late and refused',
      'held',
      { refuse: notServed, notAfter: 0 },
      replayed,
      'admitted',
    ],
    ['of another buyer', 'held', others, { kind: 'id-reused', differs: ['buyer'] }, 'admitted'],
    ['of an order that lies in one partition', 'atomic', {}, replayed, 'absent'],
  ]
  test.each(cases)('%s', (_, where, fields, answer, record) => {
    const home = at(where)
    expect(home.step(begin('next', fields)).answer).toEqual(answer)
    expect(home.record().status).toBe(record)
  })

  test('keeps the attempt', () => {
    const home = at('pending')
    expect(home.record()).toEqual({ status: 'pending', attempt: attempt('first') })
  })
})

describe('admitting', () => {
  const admit = (token: string, more: object = {}): PiecedStep => ({
    kind: 'admit',
    token,
    grant: grant(more),
  })
  const refused = { kind: 'aborted', refusal: { kind: 'late' } } as const

  test('makes the order as a whole, and tells all that it keeps', () => {
    const home = at('pending')
    const owed = [units(A, 1)]
    expect(home.step(admit('first')).answer).toEqual({
      ...{ kind: 'granted', stock: 'taken', owed, expiresAt: NOW + HOLD },
    })
    const { stock, fingerprint, lines, uses, guards, backorder, data } = grant()
    expect(home.events).toEqual([
      {
        aggregate: 'reservation',
        id: 'o',
        version: 1,
        at: NOW,
        type: 'granted',
        home: HOME,
        ...{ stock, fingerprint, lines, uses, guards, backorder, data },
        strike: { strikes: 'strikes of ada', strikeMs: 10_000 },
        expiresAt: NOW + HOLD,
        maxExpiresAt: NOW + LONGEST_HOLD,
      },
    ])
    expect(home.record()).toMatchObject({ status: 'admitted', pieces: attempt('first').pieces, strays: [] })
    // What it claims, its pieces have.
    expect([home.figures(A), home.used('limit of ada'), home.keeper('guard of ada')]).toEqual([
      ...['no account', 0, null],
    ])
  })

  test('an order that no rule watches for strikes keeps none', () => {
    const home = at('pending')
    home.step(admit('first', { risk: null }))
    expect(home.events).toMatchObject([{ type: 'granted', strike: null }])
  })

  test('an order whose hold is longer than the longest holds it so long', () => {
    const home = at('pending')
    home.step(admit('first', { holdMs: 9_000 }))
    expect(home.events).toMatchObject([{ expiresAt: NOW + 9_000, maxExpiresAt: NOW + 9_000 }])
  })

  test('a deferred order keeps its limits alone', () => {
    const home = at('pending')
    const [limits, stocked] = attempt('first').pieces
    const lines = [line(A, 3), line(B, 2)]
    expect(home.step(admit('first', { stock: 'deferred', lines })).answer).toMatchObject({
      ...{ kind: 'granted', stock: 'deferred', owed: [] },
    })
    expect(home.record()).toMatchObject({ pieces: [limits], strays: [stocked] })
  })

  const cases: readonly [what: string, where: Where, token: string, more: object, answer: object][] = [
    ['an attempt that nobody began', 'absent', 'first', {}, aborted],
    ['the attempt of another', 'pending', 'other', {}, aborted],
    ['one that was ended', 'aborted', 'first', {}, refused],
    ['one that was admitted before', 'held', 'first', {}, replayed],
    ['for another buyer', 'held', 'first', others, { kind: 'id-reused', differs: ['buyer'] }],
  ]
  test.each(cases)('%s grants nothing', (_, where, token, more, answer) => {
    const home = at(where)
    const before = home.record()
    expect(home.step(admit(token, more)).answer).toEqual(answer)
    expect(home.events).toEqual([])
    expect(home.record()).toEqual(before)
  })
})

describe('settling', () => {
  const released = (cause: 'buyer' | 'seller' = 'seller') => make.release('o', cause)
  const unknown = { kind: 'unknown-id' } as const
  const cases: readonly [
    what: string,
    where: Where,
    command: Parameters<TestHome['settle']>[0],
    answer: object,
    told: readonly string[],
  ][] = [
    ['a payment in time', 'held', make.confirm('o'), { kind: 'confirmed', late: false }, ['confirmed o']],
    ['a payment again', 'confirmed', make.confirm('o', 'pi'), { kind: 'already', status: 'confirmed' }, []],
    ['a payment that must take units', 'deferred', make.confirm('o'), { kind: 'units-wanted' }, []],
    ['a payment that must take them again', 'expired', make.confirm('o'), { kind: 'units-wanted' }, []],
    ['a payment of nobody’s', 'absent', make.confirm('o'), unknown, []],
    [
      'an extension',
      'held',
      make.extend('o', 2 * HOLD),
      { kind: 'extended', expiresAt: NOW + 2 * HOLD },
      ['extended o'],
    ],
    ['an extension before the order is decided', 'pending', make.extend('o'), unknown, []],
    ['shrinking', 'held', make.shrink('o', units(B, 1)), { kind: 'shrunk' }, ['shrunk o']],
    ['shrinking before the order is decided', 'pending', make.shrink('o'), unknown, []],
    ['a cancel', 'held', released(), { kind: 'released' }, ['released o']],
    ['a cancel of a deferred order', 'deferred', released(), { kind: 'released' }, ['released o']],
    ['a cancel of an expired order', 'expired', released(), { kind: 'already', status: 'expired' }, []],
    ['a cancel before the order comes', 'absent', released(), { kind: 'tombstoned' }, ['tombstoned o']],
    ['a cancel before the order is decided', 'pending', released(), { kind: 'tombstoned' }, ['tombstoned o']],
  ]
  test.each(cases)('%s', (_, where, command, answer, told) => {
    const home = at(where)
    expect(home.settle(command)).toMatchObject(answer)
    expect(home.told()).toEqual(told)
    expect([home.figures(A), home.strikes('strikes of ada')], 'its pieces have what it claims').toEqual([
      ...['no account', 0],
    ])
  })

  test.each(['deferred', 'expired'] as const)(
    'a payment that knows no home finds none that is %s',
    (where) => {
      const home = at(where)
      const before = home.record()
      expect(home.do(make.confirm('o'))).toEqual(unknown)
      expect([home.told(), home.record()]).toEqual([[], before])
    },
  )

  test('a cancel ends the attempt that is under way', () => {
    const home = at('pending')
    home.settle(released())
    expect(home.record()).toEqual({
      ...{ status: 'aborted', token: 'first', refusal: null, strays: attempt('first').pieces },
    })
  })

  test.each([
    ['an extension', make.extend('o')],
    ['a payment', make.confirm('o')],
  ])('%s leaves the attempt that is under way', (_, command) => {
    const home = at('pending')
    home.settle(command)
    expect(home.record()).toMatchObject({ status: 'pending' })
  })

  test('a cancel of an order that was placed in one partition leaves an attempt that is under way', () => {
    const home = at('pending').is('atomic')
    expect(home.settle(released())).toEqual({ kind: 'released' })
    expect(home.record()).toMatchObject({ status: 'pending' })
  })

  test('the deadline decides: what is due is expired before it is settled', () => {
    const home = at('held')
    home.now += HOLD
    expect(home.settle(released())).toEqual({ kind: 'already', status: 'expired' })
    expect(home.told()).toEqual(['expired o'])
  })

  describe('a return', () => {
    const back = (movement: string, quantity: number, more: object = {}) =>
      make.returned('o', movement, [units(A, quantity)], more)
    const recorded = (movement: string, restock = true) => {
      return { movement, units: [units(A, 1)], restock, giveBackUses: false }
    }

    test('is recorded, for the pieces to carry it out', () => {
      const home = at('confirmed')
      expect(home.settle(back('m1', 1))).toEqual({ kind: 'returned' })
      expect(home.settle(back('m2', 1, { restock: false }))).toEqual({ kind: 'returned' })
      expect(home.record()).toMatchObject({ returns: [recorded('m1'), recorded('m2', false)] })
    })

    test('that is made again, or is refused, is not', () => {
      const home = at('confirmed')
      home.settle(back('m1', 1))
      expect(home.settle(back('m1', 1))).toEqual({ kind: 'replayed-movement' })
      expect(home.settle(back('m1', 1, { restock: false }))).toEqual({
        kind: 'id-reused',
        differs: ['lines'],
      })
      expect(home.settle(back('m2', 9))).toMatchObject({ kind: 'exceeds', account: A })
      expect(home.record()).toMatchObject({ returns: [recorded('m1')] })
    })
  })
})

describe('a payment that takes units first', () => {
  const take: PiecedStep = { kind: 'take', attempt: attempt('second') }
  const confirm = make.confirm('o', 'pi')
  const [limits, stocked] = attempt('first').pieces
  const second = attempt('second').pieces
  const paid = (version: number, token = 'second'): PiecedStep => {
    return { kind: 'paid', token, version, command: confirm, lines: OWED_LINES }
  }
  const limit = { kind: 'purchase-limit', use: 0, counter: 'c', max: 1, used: 1, requested: 1 } as const
  const unpaid = (
    version: number,
    why: typeof short | typeof limit = short,
    token = 'second',
  ): PiecedStep => {
    return { kind: 'unpaid', token, version, command: confirm, why }
  }

  test.each([
    ['deferred', 'deferred', { kind: 'begun' }],
    ['expired', 'expired', { kind: 'begun' }],
    ['being paid already', 'deferred, being paid', { kind: 'pending', attempt: attempt('second') }],
    ['held', 'held', aborted],
    ['confirmed', 'confirmed', aborted],
    ['not there', 'absent', aborted],
  ] as const)('begins where the order is deferred or expired: it is %s', (_, where, answer) => {
    const home = at(where)
    const before = home.record()
    expect(home.step(take).answer).toEqual(answer)
    const begun = { ...before, taking: attempt('second') }
    expect(home.record()).toEqual(answer.kind === 'begun' ? begun : before)
  })

  test('of a deferred order adds its units to what the order has', () => {
    const home = at('deferred, being paid')
    expect(home.step(paid(1)).answer).toEqual({ kind: 'confirmed', late: false, owed: [units(A, 1)] })
    const { uses } = grant()
    expect(home.events).toMatchObject([
      { type: 'confirmed', version: 2, payment: 'pi', late: false, lines: OWED_LINES, uses },
    ])
    expect(home.record()).toMatchObject({ taking: null, pieces: [limits, ...second], strays: [] })
  })

  test('of an expired order takes all again, and leaves the pieces before to be given back', () => {
    const home = at('expired, being paid')
    expect(home.step(paid(2)).answer).toEqual({ kind: 'confirmed', late: true, owed: [units(A, 1)] })
    const { uses } = grant()
    expect(home.events).toMatchObject([
      { type: 'confirmed', version: 3, late: true, lines: OWED_LINES, uses },
    ])
    expect(home.record()).toMatchObject({ taking: null, pieces: second, strays: [limits, stocked] })
  })

  test.each([
    // Its uses were claimed with it: a limit is no reason for it.
    ['deferred, being paid', 1, limit, { kind: 'insufficient-stock', short: [] }],
    ['deferred, being paid', 1, short, short],
    ['expired, being paid', 2, limit, limit],
    ['expired, being paid', 2, short, short],
  ] as const)('must be given back where they cannot be had: %s', (where, version, why, told) => {
    const home = at(where)
    expect(home.step(unpaid(version, why)).answer).toEqual({ kind: 'refund-required', why: told })
    expect(home.events).toMatchObject([{ type: 'refund-required', payment: 'pi', why: told }])
    expect(home.record()).toMatchObject({ taking: null, strays: second })
  })

  test.each([
    ['paid', paid(2)],
    ['unpaid', unpaid(2)],
  ] as const)('of an order that became another meanwhile ends, and is tried anew: %s', (_, step) => {
    const home = at('deferred, being paid')
    expect(home.step(step).answer).toEqual(aborted)
    expect(home.events).toEqual([])
    expect(home.record()).toMatchObject({ taking: null, strays: second, pieces: [limits] })
  })

  test.each([
    ['paid', paid(1, 'other')],
    ['unpaid', unpaid(1, short, 'other')],
  ] as const)('by an attempt that ended changes nothing: %s', (_, step) => {
    const home = at('deferred, being paid')
    const before = home.record()
    expect(home.step(step).answer).toEqual(aborted)
    expect([home.events, home.record()]).toEqual([[], before])
  })

  test('of an order that is not there changes nothing', () => {
    const home = at('pending')
    expect(home.step({ ...paid(1, 'first') }).answer).toEqual(aborted)
    expect(home.events).toEqual([])
  })
})

describe('word of a fill', () => {
  const [, stocked] = attempt('first').pieces
  const filled = (owedLeft: number, more: object = {}): PiecedStep => {
    return { kind: 'filled', piece: stocked?.id ?? '', account: A, owedLeft, ...more }
  }
  const followed = (home: TestHome) => {
    const record = home.record()
    return record.status === 'admitted' ? record.followed : null
  }

  test.each([
    ['held, and followed', 2],
    ['held', 2],
    ['confirmed', 3],
  ] as const)('lowers what the order is owed: %s', (where, version) => {
    const home = at(where)
    const wasFollowed = followed(home)
    expect(home.step(filled(0)).answer).toEqual({ kind: 'noted' })
    expect(home.events).toEqual([
      {
        aggregate: 'reservation',
        id: 'o',
        version,
        at: NOW,
        type: 'filled',
        account: A,
        quantity: 1,
        owedLeft: 0,
      },
    ])
    // The piece had it first: where nothing else was left to follow, nothing is.
    expect(followed(home)).toBe(wasFollowed === version - 1 ? version : wasFollowed)
  })

  test('of a part tells what is left', () => {
    const home = at('pending')
    home.step({ kind: 'admit', token: 'first', grant: grant({ lines: [line(B, 2), line(A, 9, 5)] }) })
    home.step(filled(2))
    expect(home.events).toMatchObject([{ type: 'filled', account: A, quantity: 3, owedLeft: 2 }])
    expect(home.state.reservation('o')).toMatchObject({ lines: [line(B, 2), line(A, 9, 2)] })
  })

  const nothing: readonly [what: string, where: Where, step: PiecedStep][] = [
    ['that comes again', 'held', filled(1)],
    ['that is older than what is known', 'held', filled(2)],
    ['about another account', 'held', filled(0, { account: { sku: 'C', pool: 'north' } })],
    ['about another pool', 'held', filled(0, { account: { ...A, pool: 'south' } })],
    ['of a piece that is not the order’s', 'held', filled(0, { piece: attempt('other').pieces[1]?.id })],
    ['before the order is decided', 'pending', filled(0)],
    ['of an order that expired', 'expired', filled(0)],
    ['of an order that was cancelled', 'released', filled(0)],
    ['of an order that lies in one partition', 'atomic', filled(-1)],
    ['of nobody’s', 'absent', filled(0)],
  ]
  test.each(nothing)('%s changes nothing', (_, where, step) => {
    const home = at(where)
    const before = [home.record(), home.state.reservation('o')]
    expect(home.step(step).answer).toEqual({ kind: 'noted' })
    expect([home.record(), home.state.reservation('o')]).toEqual(before)
    expect(home.events).toEqual([])
  })
})

describe('the record', () => {
  test.each([
    ['pending', 'first', { kind: 'aborted', refusal: short }, 'aborted'],
    ['pending', 'other', aborted, 'pending'],
    ['absent', 'first', aborted, 'absent'],
    ['held', 'first', { kind: 'noted' }, 'admitted'],
  ] as const)('%s, when attempt %s is ended', (where, token, answer, status) => {
    const home = at(where)
    expect(home.step({ kind: 'abort', token, refusal: short }).answer).toEqual(answer)
    expect(home.record().status).toBe(status)
  })

  test('forgets an attempt once its pieces are given back', () => {
    const home = at('aborted')
    const [one, other] = attempt('first').pieces.map(({ id }) => id) as [string, string]
    expect(home.step({ kind: 'followed', version: 0, strays: [one] }).answer).toEqual({ kind: 'noted' })
    expect(home.record()).toMatchObject({ status: 'aborted', strays: [{ id: other }] })
    home.step({ kind: 'followed', version: 0, strays: [other] })
    expect(home.record()).toEqual({ status: 'absent' })
  })

  test('is looked at without a change', () => {
    const home = at('held')
    const before = home.record()
    expect(home.step({ kind: 'look' }).answer).toEqual({ kind: 'noted' })
    expect([home.record(), home.events]).toEqual([before, []])
  })

  test('is looked at when the order is due: it expires', () => {
    const home = at('held')
    home.now += HOLD
    expect(home.step({ kind: 'look' }).order).toMatchObject({ status: 'expired' })
    expect(home.told()).toEqual(['expired o'])
  })
})

test('a store of one partition keeps no orders in pieces', () => {
  const look = { kind: 'pieced', id: 'o', home: HOME, step: { kind: 'look' } } as const
  expect(() => new TestPartition().do(look)).toThrow('this store keeps no orders in pieces')
})
