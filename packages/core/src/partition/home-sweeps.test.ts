import { describe, expect, test } from 'vitest'
import * as make from '../../test/commands.js'
import { A, HOLD, units } from '../../test/commands.js'
import { attempt, begin, HOME, TestHome } from './home.test-support.js'
import { homeAt, pieceId } from './piece-names.js'

// What a home hands out to those who sweep: orders that nobody went on with for 15 s, orders that are due, pieces that
// are due, and pieces with news for their own home.

const ORDER = { id: 'o', home: HOME }
const ALONE = 15_000
const none = { pieces: [], orders: [] }
const nobody = { ...none, orders: [ORDER] }
type Where = Parameters<TestHome['is']>[0]
const at = (where: Where) => new TestHome().is(where)

/** A piece of an order that is at home elsewhere. */
const elsewhere = homeAt({ partition: 'other', pieced: true }, 'ada')
const piece = pieceId({ token: 'token', n: 0, home: elsewhere, id: 'order' })

describe('an order that nobody goes on with', () => {
  test.each([
    ['pending', 'pending', nobody],
    ['aborted, with pieces to give back', 'aborted', nobody],
    ['admitted, with pieces to extend', 'held', nobody],
    ['admitted, and followed', 'held, and followed', none],
    ['being paid', 'deferred, being paid', nobody],
    ['cancelled, with pieces to give back', 'released', nobody],
    ['not there', 'absent', none],
    ['of one partition', 'atomic', none],
  ] as const)('is handed out after 15 s, where something is left to do: %s', (_, where, handedOut) => {
    const home = at(where)
    const orders = () => home.homes.handOut(home.now - ALONE, 9, home.now)
    home.now += ALONE - 1
    expect(orders()).toEqual([])
    home.now += 1
    expect(orders()).toEqual(handedOut.orders)
  })

  test('is handed out to one sweep at a time, and again after 15 s', () => {
    const home = at('pending')
    expect(home.handedOutAfter(ALONE - 1)).toEqual(none)
    expect(home.handedOutAfter(1)).toEqual(nobody)
    expect(home.handedOutAfter(0)).toEqual(none)
    expect(home.handedOutAfter(ALONE - 1)).toEqual(none)
    expect(home.handedOutAfter(1)).toEqual(nobody)
  })

  test('is not handed out once its pieces are as it says', () => {
    const home = at('confirmed')
    home.step({ kind: 'followed', version: 1, strays: [] })
    expect(home.handedOutAfter(ALONE)).toEqual(nobody)
    home.step({ kind: 'followed', version: 2, strays: [] })
    expect(home.handedOutAfter(ALONE)).toEqual(none)
  })

  test('is not handed out once all strays are given back', () => {
    const home = at('deferred, being paid')
    home.step({ kind: 'abort', token: 'second', refusal: null })
    const strays = attempt('second').pieces.map(({ id }) => id)
    home.step({ kind: 'followed', version: 1, strays: strays.slice(0, 1) })
    home.settle(make.extend('o', make.LONGEST_HOLD))
    home.step({ kind: 'followed', version: 2, strays: [] })
    expect(home.homes.handOut(home.now, 9, home.now)).toEqual([ORDER])
    home.step({ kind: 'followed', version: 2, strays })
    expect(home.homes.handOut(home.now, 9, home.now)).toEqual([])
  })

  test('is one of so many as the sweep may take', () => {
    const home = at('pending')
    home.do({ kind: 'pieced', id: 'o2', home: HOME, step: begin('first') })
    const outcome = home.after(ALONE, make.sweep(1))
    expect(outcome).toMatchObject({ unsettled: nobody })
    expect(home.do(make.sweep(1))).toMatchObject({ unsettled: { orders: [{ id: 'o2', home: HOME }] } })
  })
})

describe('an order that is due', () => {
  test('expires in the sweep, which is handed it', () => {
    const home = at('held, and followed')
    expect(home.after(HOLD, make.sweep())).toMatchObject({ expired: ['o'], unsettled: nobody })
    expect(home.told()).toEqual(['expired o'])
    expect(home.strikes('strikes of ada'), 'its pieces strike').toBe(0)
  })

  test('is handed out again 15 s later where its pieces did not follow', () => {
    const home = at('held, and followed')
    home.after(HOLD, make.sweep())
    expect(home.handedOutAfter(ALONE - 1)).toEqual(none)
    expect(home.handedOutAfter(1)).toEqual(nobody)
    home.step({ kind: 'followed', version: 2, strays: [] })
    expect(home.handedOutAfter(ALONE)).toEqual(none)
  })

  test('whether it expires in a sweep or in another command', () => {
    const home = at('held, and followed')
    home.after(HOLD, make.extend('o'))
    expect(home.told()).toEqual(['expired o'])
    expect(home.handedOutAfter(ALONE - 1)).toEqual(none)
    expect(home.handedOutAfter(1)).toEqual(nobody)
  })

  test('is none of several partitions where it lies in one', () => {
    const home = at('atomic')
    expect(home.after(HOLD, make.sweep())).toMatchObject({ expired: ['o'], unsettled: none })
  })
})

describe('a piece', () => {
  const guarding = () => {
    const home = new TestHome().stock(A, 2)
    home.do(make.reserve(piece, { home: elsewhere, guards: [make.guard('guard of ada')] }))
    return home
  }
  const owing = () => {
    const home = new TestHome().stock(A, 1)
    home.do(make.configure(A, 1, { backorderLimit: 9 }))
    const asked = { home: elsewhere, units: [units(A, 3)], backorder: true, holdMs: 10 * ALONE }
    home.do(make.reserve(piece, { ...asked, maxHoldMs: 10 * ALONE }))
    return home
  }
  const news = { ...none, orders: [{ id: piece, home: elsewhere }] }
  const told = (home: TestHome, version: number) =>
    home.do({ kind: 'pieced', id: piece, home: elsewhere, step: { kind: 'told', version } })

  test('that is due is handed out to be asked about, and does not expire', () => {
    const home = guarding()
    expect(home.handedOutAfter(HOLD - 1)).toEqual(none)
    expect(home.after(1, make.sweep())).toMatchObject({
      expired: [],
      unsettled: { pieces: [piece], orders: [] },
    })
    expect([home.status(piece), home.keeper('guard of ada')]).toEqual(['held', piece])
    expect(home.ofReservations()).toMatchObject([{ type: 'extended', expiresAt: home.now + ALONE }])
    // One sweep asks about it; if that fails, another may.
    expect(home.handedOutAfter(ALONE - 1)).toEqual(none)
    expect(home.handedOutAfter(1)).toEqual({ ...none, pieces: [piece] })
  })

  test('that is due keeps its guard from others', () => {
    const home = guarding()
    const other = make.reserve('other', { guards: [make.guard('guard of ada')] })
    expect(home.after(9 * HOLD, other)).toMatchObject({ kind: 'unpaid-order', id: piece })
  })

  test('that was given units has news for its home, until that has heard of it', () => {
    const home = owing()
    home.stock(A, 9)
    expect(home.do(make.fill(A))).toMatchObject({ kind: 'filled', lines: [{ id: piece, quantity: 2 }] })
    expect(home.handedOutAfter(ALONE - 1)).toEqual(none)
    expect(home.handedOutAfter(1)).toEqual(news)
    told(home, 2)
    expect(home.handedOutAfter(ALONE)).toEqual(none)
  })

  test('that was given more meanwhile has more news', () => {
    const home = owing()
    home.stock(A, 1)
    home.do(make.fill(A))
    home.stock(A, 1)
    home.do(make.fill(A))
    told(home, 2)
    expect(home.handedOutAfter(ALONE)).toEqual(news)
    told(home, 3)
    expect(home.handedOutAfter(ALONE)).toEqual(none)
  })

  test('that is forgotten has no news', () => {
    const home = new TestHome()
    home.homes.putFilled(piece, elsewhere, true, home.now)
    expect(told(home, 0)).toMatchObject({ answer: { kind: 'noted' } })
    expect(home.handedOutAfter(ALONE)).toEqual(none)
  })

  test('that was given nothing has no news; nor has an order of one partition', () => {
    const home = owing()
    expect(home.do(make.fill(A))).toMatchObject({ lines: [] })
    home.do(make.reserve('atomic', { units: [units(A, 1)], backorder: true, holdMs: 10 * ALONE }))
    home.do(make.release(piece, 'seller'))
    home.stock(A, 9)
    expect(home.do(make.fill(A))).toMatchObject({ lines: [{ id: 'atomic', quantity: 1 }] })
    expect(home.handedOutAfter(ALONE)).toEqual(none)
  })
})
