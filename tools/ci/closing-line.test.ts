import { expect, test } from 'vitest'
import { closingLine, sumOf } from './closing-line.mjs'

test.each([
  ['ends well', 'much\n5 passed, 0 failed, 2 skipped\n', true, [5, 0, 2]],
  ['has failures', '5 passed, 3 failed, 2 skipped\n', false, [5, 3, 2]],
  ['ends badly and tells of no failure', '5 passed, 0 failed, 0 skipped\n', false, [5, 1, 0]],
  ['never came to its end', '5 passed, 0 failed, 2 skipped\nand then it broke\n', true, [0, 1, 0]],
  ['says nothing', '', false, [0, 1, 0]],
] as const)('a run that %s', (_, said, ended, [passed, failed, skipped]) => {
  expect(closingLine(said, ended)).toEqual({ passed, failed, skipped })
})

test('two runs are told as one', () => {
  const one = { passed: 1, failed: 2, skipped: 3 }
  expect(sumOf(one, { passed: 10, failed: 20, skipped: 30 })).toEqual({ passed: 11, failed: 22, skipped: 33 })
})
