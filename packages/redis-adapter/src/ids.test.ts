import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { idOf, packedId } from './ids.js'

const uuid = fc.uuid()
/** One unit away from a UUID, or its spelling in upper case. */
const nearly = fc.oneof(
  fc
    .tuple(uuid, fc.nat(35), fc.constantFrom('g', '-', 'A', '\u0130', '0', ' '))
    .map(([id, at, other]) => id.slice(0, at) + other + id.slice(at + 1)),
  uuid.map((id) => id.toUpperCase()),
)
const any = fc.oneof(
  uuid,
  nearly,
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 128 }),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 128 }),
)

describe('ids as the server keeps them', () => {
  it('are told again as they were', () => {
    const holds = fc.property(any, (id) => {
      expect(idOf(packedId(id))).toBe(id)
    })
    return fc.assert(holds, { numRuns: 5_000 })
  })

  it('differ where the ids do', () => {
    const holds = fc.property(any, any, (one, other) => {
      expect(packedId(one).equals(packedId(other))).toBe(one === other)
    })
    return fc.assert(holds, { numRuns: 5_000 })
  })

  it('are short for UUIDs in lower case alone', () => {
    const id = '0193708e-5c2a-7bbb-8def-0123456789ab'
    expect(packedId(id)).toHaveLength(17)
    expect(packedId(id.toUpperCase())).toHaveLength(36)
  })
})
