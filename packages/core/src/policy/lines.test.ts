import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { digest } from '../identity/digest.js'
import { faultOf } from '../input/fault-of.test-support.js'
import { digestOfLines, sameLines, unitsOf, type WrittenLine } from './lines.js'

const A = { sku: 'A', quantity: 1 }
const text = fc.constantFrom(
  'A',
  'B',
  'AB',
  '1',
  '1:A',
  'A-',
  '-',
  '*',
  ';',
  'A-*1;1:B',
  '\u0000',
  '👍',
  'default',
  'eu',
)
const line: fc.Arbitrary<WrittenLine> = fc.record(
  { sku: text, quantity: fc.integer({ min: 1, max: 3 }), pool: fc.option(text, { nil: undefined }) },
  { requiredKeys: ['sku', 'quantity'] },
)
const lines = fc.array(line, { minLength: 1, maxLength: 6 })

/** Lines by what is meant, told in another way: sums by SKU and pool. */
const sums = (written: readonly WrittenLine[], pool: string | null) => {
  const bySku: Record<string, number> = {}
  for (const { sku, quantity, pool: named } of written) {
    const key = JSON.stringify([sku, named ?? pool])
    bySku[key] = (bySku[key] ?? 0) + quantity
  }
  return Object.fromEntries(Object.entries(bySku).sort())
}

describe('units of an order', () => {
  it('are summed by account and sorted by SKU, then pool', () => {
    const written = [
      { sku: 'B', quantity: 2 },
      { sku: 'A', quantity: 1, pool: 'us' },
      { sku: 'A', quantity: 3 },
      { sku: 'B', quantity: 4, pool: 'eu' },
    ]
    expect(unitsOf(written, 'eu')).toEqual([
      { account: { sku: 'A', pool: 'eu' }, quantity: 3 },
      { account: { sku: 'A', pool: 'us' }, quantity: 1 },
      { account: { sku: 'B', pool: 'eu' }, quantity: 6 },
    ])
  })

  it('are what the lines ask for, each account once, in order', () => {
    fc.assert(
      fc.property(lines, (written) => {
        const units = unitsOf(written, 'default')
        const keys = units.map(({ account: { sku, pool } }) => [sku, pool] as const)
        expect(
          Object.fromEntries(
            units.map(({ account: { sku, pool }, quantity }) => [JSON.stringify([sku, pool]), quantity]),
          ),
        ).toEqual(sums(written, 'default'))
        for (const [index, [sku, pool]] of keys.slice(1).entries()) {
          const [before, beforePool] = keys[index] as readonly [string, string]
          expect(before < sku || (before === sku && beforePool < pool)).toBe(true)
        }
      }),
    )
  })

  it('cannot be changed: orders alike share them', () => {
    const [units] = unitsOf([A], 'eu')
    expect([Object.isFrozen(units), Object.isFrozen(units?.account)]).toEqual([true, true])
  })

  const most = { sku: 'A', quantity: 1e9 }
  it.each([
    [[most, A], 'lines[1].quantity'],
    [[A, { sku: 'B', quantity: 1 }, most], 'lines[2].quantity'],
    [[most, { ...A, pool: 'eu' }], 'lines[1].quantity'],
    [[A, { ...most, quantity: 999_999_999 }, A, A], 'lines[2].quantity'],
  ])('add up to 1e9 at most: %j', (written, path) => {
    expect(faultOf(() => unitsOf(written, 'eu'))).toMatchObject({ code: 'invalid-argument', path })
  })

  it('may be 1e9 of each account', () => {
    const written = [most, { ...most, pool: 'us' }, { ...most, sku: 'B' }]
    expect(unitsOf(written, 'eu').map(({ quantity }) => quantity)).toEqual([1e9, 1e9, 1e9])
  })
})

describe('the digest of lines', () => {
  it.each<[string, readonly WrittenLine[], readonly WrittenLine[], boolean]>([
    ['their order', [A, { sku: 'B', quantity: 2 }], [{ sku: 'B', quantity: 2 }, A], true],
    ['how they are split', [{ sku: 'A', quantity: 3 }], [A, { sku: 'A', quantity: 2 }], true],
    ['a quantity', [A], [{ sku: 'A', quantity: 2 }], false],
    ['a SKU', [A], [{ sku: 'a', quantity: 1 }], false],
    ['another line', [A], [A, { sku: 'B', quantity: 1 }], false],
    ['a pool that is named', [A], [{ ...A, pool: 'default' }], false],
    ['which pool is named', [{ ...A, pool: 'eu' }], [{ ...A, pool: 'us' }], false],
    ['a pool named for a part', [{ ...A, pool: 'eu' }, A], [{ sku: 'A', quantity: 2 }], false],
  ])('tells %s', (_, one, other, same) => {
    expect(digestOfLines(one) === digestOfLines(other)).toBe(same)
  })

  it('is the same exactly for the same lines, summed and sorted', () => {
    fc.assert(
      fc.property(lines, lines, (one, other) => {
        const same = JSON.stringify(sums(one, null)) === JSON.stringify(sums(other, null))
        expect(digestOfLines(one) === digestOfLines(other)).toBe(same)
        expect(digestOfLines([...one].reverse())).toBe(digestOfLines(one))
      }),
      { numRuns: 2_000 },
    )
  })

  it('stays what it is in later versions', () => {
    expect(digestOfLines([{ sku: 'PHONE', quantity: 1 }])).toBe(digest('5:PHONE-*1;'))
    expect(digestOfLines([A, { sku: 'PHONE', quantity: 3, pool: 'eu' }, A])).toBe(
      digest('1:A-*2;5:PHONE2:eu*3;'),
    )
  })
})

describe('lines alike', () => {
  it('are written alike, field by field', () => {
    fc.assert(
      fc.property(lines, lines, (one, other) => {
        const plain = (written: readonly WrittenLine[]) =>
          JSON.stringify(written.map(({ sku, quantity, pool }) => [sku, quantity, pool]))
        expect(sameLines(one, other)).toBe(plain(one) === plain(other))
        expect(sameLines(one, structuredClone(one))).toBe(true)
      }),
    )
  })
})

describe('the most units of an account in one order', () => {
  const BILLION = 1_000_000_000

  it('may be asked for to the last', () => {
    const written = [
      { sku: 'A', quantity: BILLION - 1 },
      { sku: 'A', quantity: 1 },
    ]
    expect(unitsOf(written, 'eu')).toEqual([{ account: { sku: 'A', pool: 'eu' }, quantity: BILLION }])
  })

  it.each([
    ['another SKU', { sku: 'B', quantity: BILLION }],
    ['another pool', { sku: 'A', quantity: BILLION, pool: 'us' }],
  ])('are told at the line that passes them, whatever %s asks for', (_, other) => {
    const written = [other, { sku: 'A', quantity: BILLION }, { sku: 'A', quantity: 1, pool: 'eu' }]
    const fault = faultOf(() => unitsOf(written, 'eu'))
    expect(fault.message).toBe(
      'lines[2].quantity: with other lines of its SKU, asks for more than 1000000000',
    )
  })
})

describe('orders are written alike', () => {
  const line = { sku: 'A', quantity: 1, pool: 'north' }
  const first = { sku: 'X', quantity: 1, pool: undefined }

  it.each([
    ['the same', line, true],
    ['another SKU', { ...line, sku: 'B' }, false],
    ['another quantity', { ...line, quantity: 2 }, false],
    ['another pool', { ...line, pool: 'south' }, false],
    ['no pool', { ...line, pool: undefined }, false],
  ])('where the second line is %s: %s', (_, second, alike) => {
    expect(sameLines([first, line], [first, second])).toBe(alike)
    expect(sameLines([line], [second])).toBe(alike)
    expect(sameLines([first, line], [first])).toBe(false)
  })
})
