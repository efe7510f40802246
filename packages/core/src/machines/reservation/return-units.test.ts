import { describe, expect, test } from 'vitest'
import * as make from '../../../test/commands.js'
import { A, B, units } from '../../../test/commands.js'
import { line, plenty, reservations } from '../../../test/reservations.js'
import { decide } from './decide.js'
import { returnMovementOf } from './return-units.js'
import type { ReservationContext } from './types.js'

const { confirmed, released } = reservations

describe('a return', () => {
  const back = make.returned('o', 'back', [units(A, 2), units(B, 1)])
  const sameData = returnMovementOf({ id: 'o', lines: back.units, restocked: true, usesGivenBack: false })
  const known = (data: (account: typeof A) => string | undefined): ReservationContext => ({
    ...plenty,
    movement: data,
  })

  test.each([
    ['of all that can come back', [units(A, 2), units(B, 2)], plenty, { kind: 'returned' }],
    // One of the three is owed still: it is not in the buyer's hands.
    ['of what is owed', [units(A, 3)], plenty, { kind: 'exceeds', account: A, held: 2 }],
    [
      'of what it never had',
      [units({ sku: 'C', pool: 'n' }, 1)],
      plenty,
      { kind: 'exceeds', account: { sku: 'C', pool: 'n' }, held: 0 },
    ],
    ['made before', back.units, known(() => sameData), { kind: 'replayed-movement' }],
    [
      'made before, in another order',
      [...back.units].reverse(),
      known(() => sameData),
      { kind: 'replayed-movement' },
    ],
    [
      'under the id of something else',
      back.units,
      known(() => 'a restock'),
      { kind: 'id-reused', differs: ['lines'] },
    ],
    [
      'under an id that one account knows',
      back.units,
      known(({ sku }) => (sku === 'A' ? sameData : undefined)),
      { kind: 'id-reused', differs: ['lines'] },
    ],
  ])('%s', (_, lines, context, outcome) => {
    const decision = decide({ ...back, units: lines }, confirmed, context)
    expect(decision.outcome).toEqual(outcome)
    expect(decision.events).toHaveLength(outcome.kind === 'returned' ? 1 : 0)
  })

  test('after another counts what came back before', () => {
    const once = { ...confirmed, lines: [line(A, 3, 1, 1), line(B, 2, 0, 2)] }
    expect(decide(make.returned('o', 'more', [units(A, 2)]), once, plenty).outcome).toEqual({
      kind: 'exceeds',
      account: A,
      held: 1,
    })
    expect(decide(make.returned('o', 'more', [units(B, 1)]), once, plenty).outcome).toEqual({
      kind: 'exceeds',
      account: B,
      held: 0,
    })
  })

  test('that is repeated after a rollback was made before all the same', () => {
    expect(
      decide(
        back,
        released,
        known(() => sameData),
      ).outcome,
    ).toEqual({ kind: 'replayed-movement' })
  })

  test('tells whether units go back on sale, and whether uses are given back', () => {
    const writtenOff = { ...back, restock: false, giveBackUses: true }
    expect(decide(writtenOff, confirmed, plenty).events).toMatchObject([
      { type: 'returned', movement: 'back', lines: back.units, restocked: false, usesGivenBack: true },
    ])
  })
})
