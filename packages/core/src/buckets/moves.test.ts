import { describe, expect, it } from 'vitest'
import { evened, movesFor } from './moves.js'

const levels = (...units: readonly number[]) => new Map(units.map((level, index) => [`b${index}`, level]))
const told = (moves: readonly { from: string; to: string; quantity: number }[]) =>
  moves.map(({ from, to, quantity }) => `${quantity} ${from}→${to}`)

describe('pulling', () => {
  it.each([
    ['up to the mean, from who has more', [0, 9, 3], [['b0', 1]], ['4 b1→b0'], 1],
    ['what is wanted beyond the mean, from the richest', [0, 2, 7], [['b0', 5]], ['5 b2→b0'], 1],
    ['from several, where one has too little', [0, 2, 3], [['b0', 5]], ['3 b2→b0', '2 b1→b0'], 1],
    ['to the last unit', [0, 1, 0], [['b0', 1]], ['1 b1→b0'], 1],
    ['nothing where all buckets have too little', [1, 1, 1], [['b0', 4]], [], 0],
    ['nothing where the units have come already', [3, 0, 0], [['b0', 3]], [], 1],
    [
      'for all who wait in a bucket together',
      [1, 0, 5],
      [
        ['b0', 2],
        ['b0', 2],
      ],
      ['3 b2→b0'],
      2,
    ],
    [
      'for the first, where there is not enough for all',
      [0, 0, 3],
      [
        ['b0', 2],
        ['b1', 2],
        ['b1', 1],
      ],
      ['2 b2→b0', '1 b2→b1'],
      2,
    ],
    [
      'none of what is waited for where it is',
      [2, 0, 0],
      [
        ['b0', 1],
        ['b1', 1],
      ],
      ['1 b0→b1'],
      2,
    ],
  ] as const)('moves %s', (_, units, wanted, moves, served) => {
    const wants = wanted.map(([partition, quantity]) => ({ partition, quantity }))
    const plan = movesFor(levels(...units), wants)
    expect(told(plan.moves)).toEqual(moves)
    expect(plan.served.size).toBe(served)
  })
})

describe('evening out', () => {
  it.each([
    [
      [100, 0, 0, 0],
      ['25 b0→b1', '25 b0→b2', '25 b0→b3'],
    ],
    [
      [10, 11, 3],
      ['3 b1→b2', '2 b0→b2'],
    ],
    [
      [5, 0, 0],
      ['1 b0→b1', '2 b0→b2'],
    ],
    // The poorest has half of the mean.
    [[10, 10, 4], []],
    [[1, 0, 1], []],
    [[0, 0, 0], []],
  ])('%j is moved %j', (units, moves) => {
    const made = evened(levels(...units))
    expect(told(made).sort()).toEqual([...moves].sort())
  })
})
