import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  homeAt,
  isElsewhere,
  isPieceId,
  isWhole,
  lineElsewhere,
  pieceId,
  pieceNamed,
  placeOf,
} from './piece-names.js'

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

test('a piece’s id names its attempt, its number, its home and its order, in more than 128 units', () => {
  const id = pieceId({ token: 't', n: 2, home: 'h', id: 'o' })
  expect(id).toBe('["t",2,"h","o"]'.padStart(129))
  expect(id).toHaveLength(129)
  const longer = pieceId({ token: 't', n: 2, home: 'h'.repeat(128), id: 'o' })
  expect(longer).toBe(`["t",2,"${'h'.repeat(128)}","o"]`)
  expect(pieceNamed(longer)).toEqual({ token: 't', n: 2, home: 'h'.repeat(128), id: 'o' })
})

test.each([
  ['one unit', 'o', false],
  ['128 units, as the longest of a shop’s', 'o'.repeat(128), false],
  ['129 units', 'o'.repeat(129), true],
])('an id of %s: a piece’s or not', (_, id, isPiece) => {
  expect(isPieceId(id)).toBe(isPiece)
  if (!isPiece) expect(pieceNamed(id)).toBeNull()
})

test.each([
  [{ partition: 'p', pieced: true }, 'digest', '/pieced/p/digest'],
  [{ partition: 'p', pieced: false }, 'digest', '/at/p/digest'],
])('%j is the home %s: it begins as no digest does', (place, buyer, home) => {
  expect(homeAt(place, buyer)).toBe(home)
  expect(placeOf(home)).toEqual(place)
})

test.each([true, false])('a home tells its place (in pieces: %s)', (pieced) => {
  const home = homeAt({ partition: '{a/b}', pieced }, 'digest')
  expect(placeOf(home)).toEqual({ partition: '{a/b}', pieced })
  expect(isWhole('order', home)).toBe(pieced)
  expect(isWhole(pieceId({ token: 't', n: 0, home, id: 'order' }), home)).toBe(false)
})

test.each([
  'digest',
  '/at/',
  '/at/p',
  '/at//',
  '/at//d',
  '/pieced/',
  '/pieced/p',
  '/pieced//',
  '/other/p/digest',
  'at/p/d',
  '',
])('%j tells no place', (home) => {
  expect(placeOf(home)).toBeNull()
})

test.each([
  ['a line elsewhere', lineElsewhere('one', 0), true],
  ['an account', { sku: 'A', pool: '' }, false],
])('%s is told from others by its SKU', (_, account, expected) => {
  expect(isElsewhere(account)).toBe(expected)
})

test('a line elsewhere has a name that no account has, another in each attempt', () => {
  expect(lineElsewhere('one', 2)).toEqual({ sku: '', pool: '["one",2]' })
  expect(lineElsewhere('one', 0)).not.toEqual(lineElsewhere('other', 0))
  expect(lineElsewhere('one', 0)).not.toEqual(lineElsewhere('one', 1))
})
