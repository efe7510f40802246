import fc from 'fast-check'
import { expect, test } from 'vitest'
import { homeAt, isPieceId, isWhole, lineElsewhere, pieceId, pieceNamed, placeOf } from './piece-names.js'

const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 128 })
const name = fc.record({ token: text, n: fc.nat(), home: text, id: text })

test('a piece’s id tells its order, whatever characters that has, and is no id of a shop’s', () => {
  fc.assert(
    fc.property(name, (piece) => {
      const id = pieceId(piece)
      expect(id.length).toBeGreaterThan(128)
      expect(pieceNamed(id)).toEqual(piece)
    }),
  )
})

test('different pieces have different ids', () => {
  fc.assert(
    fc.property(name, name, (one, other) => {
      fc.pre(JSON.stringify(one) !== JSON.stringify(other))
      expect(pieceId(one)).not.toBe(pieceId(other))
    }),
  )
})

test('no id of a shop’s is a piece’s', () => {
  fc.assert(
    fc.property(text, (id) => {
      fc.pre(id.length <= 128)
      expect(isPieceId(id)).toBe(false)
      expect(pieceNamed(id)).toBeNull()
    }),
  )
})

test.each([true, false])('a home tells its place (in pieces: %s)', (pieced) => {
  const home = homeAt({ partition: '{a/b}', pieced }, 'digest')
  expect(placeOf(home)).toEqual({ partition: '{a/b}', pieced })
  expect(isWhole('order', home)).toBe(pieced)
  expect(isWhole(pieceId({ token: 't', n: 0, home, id: 'order' }), home)).toBe(false)
})

test.each(['digest', '/at/', '/at/p', '/pieced//', '/other/p/digest', ''])('%j tells no place', (home) => {
  expect(placeOf(home)).toBeNull()
})

test('a line elsewhere has a name that no account has, another in each attempt', () => {
  expect(lineElsewhere('one', 0).sku).toBe('')
  expect(lineElsewhere('one', 0)).not.toEqual(lineElsewhere('other', 0))
  expect(lineElsewhere('one', 0)).not.toEqual(lineElsewhere('one', 1))
})
