import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { foldText } from './folded-text.js'

describe('folded text', () => {
  it.each([
    '12 Hauptstraße, Köln',
    '12  HAUPTSTRASSE,   KÖLN',
    '12 HAUPTSTRAẞE, KÖLN',
    '\t12 hauptstrasse,\u00a0köln\n',
    '１２ Ｈａｕｐｔｓｔｒａｓｓｅ, Köln',
    '12 Haupt\u00adstraße, Ko\u0308ln',
    '12 Hauptstra\u200bße, Köln\ufeff',
  ])('has one spelling: %j', (text) => {
    expect(foldText(text)).toBe('12 hauptstrasse, köln')
  })

  it.each([
    ['ΟΔΟΣ', 'οδος'],
    ['οδός ', 'ΟΔΌΣ'],
    ['ﬁrst', 'FIRST'],
  ])('%j is %j', (one, other) => {
    expect(foldText(one)).toBe(foldText(other))
  })

  it.each([
    ['1 Main St', '11 Main St'],
    ['Malmo', 'Malmö'],
    ['a b', 'ab'],
  ])('%j is not %j', (one, other) => {
    expect(foldText(one)).not.toBe(foldText(other))
  })

  it('stays as it is once folded', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(foldText(foldText(text))).toBe(foldText(text))
      }),
      { numRuns: 2_000 },
    )
  })
})
