import fc from 'fast-check'
import { expect, test } from 'vitest'
import { inByteOrder } from './order-of-ids.js'

/** Characters whose order in UTF-16 is not that of their bytes, among plain ones. */
const id = fc.string({
  unit: fc.constantFrom('a', 'b', '\u00e4', '\uffee', '\ue000', '\u{1f600}', '\u{10000}', '\0'),
  maxLength: 6,
})

test('ids are sorted as their bytes in UTF-8 are', () => {
  fc.assert(
    fc.property(id, id, (one, other) => {
      const expected = Buffer.compare(Buffer.from(one), Buffer.from(other))
      expect(Math.sign(inByteOrder(one, other))).toBe(expected)
    }),
    { numRuns: 2_000 },
  )
})
