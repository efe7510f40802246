import { expect, test } from 'vitest'
import { Entry } from './entry.js'
import { Flight } from './flight.js'
import { KeyOrder, mayJoin } from './key-order.js'
import { reserve } from './sample-commands.js'

function three(order: KeyOrder): [Entry, Entry, Entry] {
  const entries = [1, 2, 3].map(() => new Entry(reserve('a'), 1)) as [Entry, Entry, Entry]
  for (const entry of entries) order.enter(entry)
  return entries
}

test.each([
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
])('no key is remembered once its commands have left, in the order %i %i %i', (...leaving) => {
  for (const standing of ['finished', 'dropped'] as const) {
    const order = new KeyOrder()
    const entries = three(order)
    leaving.forEach((index, gone) => {
      expect([standing, gone, order.size]).toEqual([standing, gone, 1])
      order.leave(entries[index] as Entry, standing)
    })
    expect(order.size).toBe(0)
  }
})

test('a command may join the batch of the one before it, or leave after it, but not beside it', () => {
  const order = new KeyOrder()
  const [first, second] = three(order)
  const [one, other] = [new Flight(), new Flight()]
  expect(mayJoin(first, one)).toBe(true)
  expect(mayJoin(second, one)).toBe(false)
  one.take(first)
  expect([mayJoin(second, one), mayJoin(second, other)]).toEqual([true, false])
  order.leave(first, 'finished')
  expect(mayJoin(second, other)).toBe(true)
})
