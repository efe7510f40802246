import { expect, test } from 'vitest'
import { A, A_SOUTH, B, units } from '../../test/commands.js'
import { LINES, SHORT, USES } from '../../test/reservations.js'
import type { PiecedOrderState } from '../machines/pieced-order/types.js'
import { returnMovementOf } from '../machines/reservation/return-units.js'
import { WholeContext } from './whole-context.js'

const returned = { movement: 'm', units: [units(A, 1), units(B, 2)], restock: true, giveBackUses: false }
const admitted: PiecedOrderState = {
  ...{ status: 'admitted', pieces: [], taking: null, strays: [], followed: 0 },
  returns: [{ ...returned, movement: 'another' }, returned],
}
const limit = { kind: 'purchase-limit', use: 0, counter: 'c', max: 1, used: 1, requested: 1 } as const
const contextOf = (
  got?: ConstructorParameters<typeof WholeContext>[3],
  record: PiecedOrderState = admitted,
) => new WholeContext('o', record, 10, got)

test('an order as a whole is never admitted by what lies beside it', () => {
  expect(() => contextOf().admit()).toThrow('an order in pieces is admitted by its record')
})

test.each([
  ['units', LINES, { kind: 'taken', lines: LINES, uses: [] }],
  ['nothing', undefined, { kind: 'taken', lines: [], uses: [] }],
  ['none, as they are short', SHORT, SHORT],
  // Its uses were claimed with it, so that this is no reason for it.
  ['none, for a limit', limit, { kind: 'insufficient-stock', short: [] }],
])('a payment takes what the pieces got: %s', (_, got, taken) => {
  expect(contextOf(got).take()).toEqual(taken)
})

test.each([
  ['units', LINES, { kind: 'taken', lines: LINES, uses: USES }],
  ['none, as they are short', SHORT, SHORT],
  ['none, for a limit', limit, limit],
])('a late payment takes what the pieces got again, and counts its uses: %s', (_, got, taken) => {
  expect(contextOf(got).retake({ lines: LINES, uses: USES, backorder: false })).toEqual(taken)
})

const known = returnMovementOf({ id: 'o', lines: returned.units, restocked: true, usesGivenBack: false })
test.each([
  ['of its first account', A, 'm', known],
  ['of its second account', B, 'm', known],
  ['of another pool', A_SOUTH, 'm', undefined],
  ['of another movement', A, 'n', undefined],
])('a return that is recorded is known, %s', (_, account, movement, data) => {
  expect(contextOf().movement(account, movement)).toBe(data)
})

test('an order that is not admitted has returned nothing', () => {
  expect(contextOf(undefined, { status: 'absent' }).movement(A, 'm')).toBeUndefined()
})
