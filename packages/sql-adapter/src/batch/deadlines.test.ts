import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Deadlines } from './deadlines.js'

const NOW = 3
/** Deadlines by id, of which many are at one instant. */
const stored = fc.dictionary(fc.constantFrom(...'abcdefghijklmno'), fc.nat(5))
const byTimeAndId = ([one, at]: [string, number], [other, otherAt]: [string, number]) =>
  at - otherAt || (one < other ? -1 : 1)
/** As an index has them: in no order of their ids. */
const byTime = ([one, at]: [string, number], [other, otherAt]: [string, number]) =>
  at - otherAt || (one < other ? 1 : -1)

/** Loads what is asked for, as a store does. */
function loaded(all: Readonly<Record<string, number>>, limit: number, passed: number): Deadlines {
  const deadlines = new Deadlines()
  const entries = Object.entries(all)
  const load = (some: readonly [string, number][]) => {
    for (const [id, dueAt] of some) deadlines.load(id, dueAt)
  }
  const inOrder = [...entries].sort(byTime)
  load(inOrder.filter(([, dueAt]) => dueAt <= NOW).slice(0, passed))
  load(inOrder.filter(([, dueAt]) => dueAt > NOW).slice(0, passed - limit))
  const tie = deadlines.tie(NOW, limit, passed)
  if (tie !== null) {
    const tied = entries.filter(([, dueAt]) => dueAt === tie.at)
    load(tied.sort(byTimeAndId).slice(0, tie.limit))
  }
  return deadlines
}

test('the holds that are due first are told, whatever order those of one instant come in', () => {
  fc.assert(
    fc.property(
      stored,
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 3 }),
      (all, limit, more) => {
        const due = Object.entries(all).filter(([, dueAt]) => dueAt <= NOW)
        const first = due.sort(byTimeAndId).slice(0, limit)
        expect(loaded(all, limit, limit + more).due(NOW, limit)).toEqual(first.map(([id]) => id))
      },
    ),
  )
})

test('so is the first deadline of whoever is left, where no more are known than was reckoned with', () => {
  const known = fc.subarray([...'abcdefghijklmno'], { maxLength: 2 })
  fc.assert(
    fc.property(stored, fc.integer({ min: 1, max: 6 }), known, (all, limit, named) => {
      const deadlines = loaded(all, limit, limit + named.length + 1)
      const swept = new Set([...named, ...deadlines.due(NOW, limit)])
      const left = Object.entries(all).filter(([id]) => !swept.has(id))
      const next = left.length === 0 ? null : Math.min(...left.map(([, dueAt]) => dueAt))
      expect(deadlines.next((id) => swept.has(id))).toBe(next)
    }),
  )
})

test('no more is asked for where those that were loaded tell', () => {
  const deadlines = new Deadlines()
  for (const [id, dueAt] of [
    ['a', 1],
    ['b', 2],
    ['c', 2],
  ] as const)
    deadlines.load(id, dueAt)
  // Fewer than were asked for: there are no more.
  expect(deadlines.tie(NOW, 2, 4)).toBe(null)
  // The last instant is not among the first.
  expect(deadlines.tie(NOW, 1, 3)).toBe(null)
  expect(deadlines.tie(NOW, 2, 3)).toEqual({ at: 2, limit: 1 })
})
