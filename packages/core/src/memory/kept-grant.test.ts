import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Granted } from '../port/events.js'
import { KeptGrant } from './kept-grant.js'

const text = fc.string({ maxLength: 6 })
const ms = fc.integer({ min: 0, max: 1e13 })
const quantity = fc.integer({ min: 0, max: 9 })
const line = fc.record({
  account: fc.record({ sku: text, pool: text }),
  quantity,
  owed: quantity,
  returned: quantity,
})
const use = fc.record({
  counter: text,
  prior: fc.array(text, { maxLength: 2 }),
  quantity,
  max: quantity,
  lines: fc.array(quantity, { maxLength: 2 }),
})
const grant: fc.Arbitrary<Granted> = fc.record({
  aggregate: fc.constant('reservation' as const),
  id: text,
  version: fc.constant(1),
  at: ms,
  type: fc.constant('granted' as const),
  home: text,
  stock: fc.constantFrom('taken' as const, 'deferred' as const),
  fingerprint: fc.record({ buyer: text, lines: text }),
  lines: fc.array(line, { maxLength: 2 }),
  uses: fc.array(use, { maxLength: 1 }),
  guards: fc.array(text, { maxLength: 1 }),
  strike: fc.constant(null),
  backorder: fc.boolean(),
  expiresAt: ms,
  maxExpiresAt: ms,
  data: fc.option(text),
})

test('what is kept of a grant tells it whole, after whatever other grant it was kept', () => {
  const property = fc.property(fc.array(grant, { minLength: 1, maxLength: 6 }), (events) => {
    let before: KeptGrant | null = null
    for (const event of events) {
      before = KeptGrant.of(event, before)
      expect(before?.event).toEqual(event)
      expect(before?.expiresAt).toBe(event.expiresAt)
    }
  })
  void fc.assert(property)
})

const one: Granted = {
  aggregate: 'reservation',
  id: 'a',
  version: 1,
  at: 1_000,
  type: 'granted',
  home: 'ada',
  stock: 'taken',
  fingerprint: { buyer: 'ada', lines: 'one phone' },
  lines: [{ account: { sku: 'PHONE', pool: 'default' }, quantity: 1, owed: 0, returned: 0 }],
  uses: [{ counter: 'limit/ada', prior: [], quantity: 1, max: 2, lines: [0] }],
  guards: ['unpaid/ada'],
  strike: null,
  backorder: false,
  expiresAt: 2_000,
  maxExpiresAt: 3_000,
  data: null,
}
const [use1] = one.uses as [Granted['uses'][number]]

/** Each differs from the first in one thing that alike grants share. */
const unlike: readonly Partial<Granted>[] = [
  { stock: 'deferred' },
  { fingerprint: { buyer: 'ada', lines: 'two phones' } },
  { lines: [] },
  { uses: [] },
  { uses: [{ ...use1, prior: ['limit/old'] }] },
  { uses: [{ ...use1, quantity: 2 }] },
  { uses: [{ ...use1, max: 3 }] },
  { uses: [{ ...use1, lines: [1] }] },
  { backorder: true },
  { expiresAt: 2_001 },
  { maxExpiresAt: 3_001 },
]

test.each(unlike)('a grant that differs in %j is told as itself', (difference) => {
  const event = { ...one, ...difference }
  const first = KeptGrant.of(one, null)
  expect(KeptGrant.of(event, first)?.event).toEqual(event)
  expect(first?.event).toEqual(one)
})

test.each([
  { uses: [use1, use1] },
  { guards: ['one', 'two'] },
  { strike: { strikes: 'ada', strikeMs: 1 } },
] as const)('a grant of more than is kept small stays as it is: %j', (more) => {
  expect(KeptGrant.of({ ...one, ...more }, null)).toBeNull()
})
