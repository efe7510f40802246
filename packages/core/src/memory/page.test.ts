import { expect, test } from 'vitest'
import { pageOf } from './page.js'

test.each([
  ['the first', null, 2, ['a', 'b'], '2'],
  ['one within', '2', 2, ['c', 'd'], '4'],
  ['the last, not full', '4', 2, ['e'], null],
  ['the last, full', '3', 2, ['d', 'e'], null],
  ['all', null, 9, ['a', 'b', 'c', 'd', 'e'], null],
  ['none behind the end', '5', 2, [], null],
])('a page: %s', (_, from, limit, entries, cursor) => {
  expect(pageOf(['a', 'b', 'c', 'd', 'e'], { cursor: from, limit })).toEqual({ entries, cursor })
})

test('a page looks no further than to the next entry', () => {
  const seen: number[] = []
  function* endless() {
    for (let n = 0; ; n++) {
      seen.push(n)
      yield n
    }
  }
  expect(pageOf(endless(), { cursor: '1', limit: 2 })).toEqual({ entries: [1, 2], cursor: '3' })
  expect(seen).toEqual([0, 1, 2, 3])
})
