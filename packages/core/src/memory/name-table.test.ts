import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type NamesHeld, NameTable } from './name-table.js'

interface Holder {
  readonly text: string
}
/** Holds a name behind a letter. */
const HELD: NamesHeld<Holder> = {
  isNamed: ({ text }, name) => text.slice(1) === name,
  nameOf: ({ text }) => text.slice(1),
}

// Few names, so that they meet again; with every kind of character, and alike but for their ends.
const name = fc.oneof(
  fc.constantFrom('', 'a', 'b', '\0', 'é', '👍', 'limit/a/ada', 'limit/b/ada', 'limit/a/adb'),
  fc.nat({ max: 3_000 }).map((number) => `order-${number}`),
)
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constantFrom('set', 'set held'), name, value: fc.nat() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('delete'), name, value: fc.constant(0) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('get'), name, value: fc.constant(0) }) },
)

test('a table of names does what a map does, in the same order', () => {
  const property = fc.property(fc.array(step, { maxLength: 500, size: 'max' }), (steps) => {
    const table = new NameTable<number, Holder>(HELD)
    const map = new Map<string, number>()
    for (const { do: what, name, value } of steps) {
      if (what === 'get') {
        expect(table.get(name)).toBe(map.get(name))
        expect(table.has(name)).toBe(map.has(name))
      } else if (what === 'delete') {
        table.delete(name)
        map.delete(name)
      } else {
        table.set(name, value, what === 'set held' ? { text: `x${name}` } : undefined)
        map.set(name, value)
      }
    }
    expect(table.size).toBe(map.size)
    expect([...table.entries()]).toEqual([...map])
    expect([...table.keys()]).toEqual([...map.keys()])
  })
  fc.assert(property)
})

test('what was deleted leaves no trace, however often names come and go', () => {
  const table = new NameTable<number>()
  const map = new Map<string, number>()
  // Past the holes that are borne, and past every size that the table grows through.
  for (let number = 0; number < 20_000; number++) {
    table.set(`name ${number}`, number)
    map.set(`name ${number}`, number)
    if (number % 3 === 0) continue
    table.delete(`name ${number - 1}`)
    map.delete(`name ${number - 1}`)
  }
  expect(table.size).toBe(map.size)
  expect([...table.entries()]).toEqual([...map])
  for (let number = 0; number < 20_000; number++)
    expect(table.get(`name ${number}`)).toBe(map.get(`name ${number}`))
})

test('a name put in again after it was deleted goes to the end, as in a map', () => {
  const table = new NameTable<number>()
  table.set('a', 1)
  table.set('b', 2)
  table.delete('a')
  table.delete('nobody')
  table.set('a', 3)
  expect([...table.entries()]).toEqual([
    ['b', 2],
    ['a', 3],
  ])
})
