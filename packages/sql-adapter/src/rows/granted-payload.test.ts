import type { ReservationEvent } from '@holdfast/core/adapter'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { GrantedPayloads } from './granted-payload.js'

type Granted = Extract<ReservationEvent, { type: 'granted' }>

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '"', '\\', '\0', '\u007f', '\u2028', '\u{1F600}', 'a/b'),
)
const whole = fc.nat()
const granted: fc.Arbitrary<Granted> = fc.record({
  aggregate: fc.constant('reservation' as const),
  id: text,
  version: fc.constant(1),
  at: whole,
  type: fc.constant('granted' as const),
  home: text,
  stock: fc.constantFrom('taken' as const, 'deferred' as const),
  fingerprint: fc.record({ buyer: text, lines: text }),
  lines: fc.array(
    fc.record({
      account: fc.record({ sku: text, pool: text }),
      quantity: whole,
      owed: whole,
      returned: fc.constant(0),
    }),
    { maxLength: 3 },
  ),
  uses: fc.array(
    fc.record({
      counter: text,
      prior: fc.array(text, { maxLength: 2 }),
      quantity: whole,
      max: whole,
      lines: fc.array(whole, { maxLength: 3 }),
    }),
    { maxLength: 3 },
  ),
  guards: fc.array(text, { maxLength: 2 }),
  strike: fc.option(fc.record({ strikes: text, strikeMs: whole })),
  backorder: fc.boolean(),
  expiresAt: whole,
  maxExpiresAt: whole,
  data: fc.option(text),
})

test("a grant's payload is what JSON.stringify makes of it, like lines shared or not", async () => {
  await fc.assert(
    fc.asyncProperty(granted, fc.array(granted, { maxLength: 3 }), async (one, others) => {
      const payloads = new GrantedPayloads()
      for (const event of [one, { ...one, home: 'another' }, ...others, one]) {
        const { aggregate, id, version, at, type, ...fields } = event
        expect(payloads.of(event)).toBe(JSON.stringify({ ...fields, ...inOrder(fields) }))
      }
    }),
  )
})

/** The fields in the order in which a payload has them. */
function inOrder(fields: Omit<Granted, 'aggregate' | 'id' | 'version' | 'at' | 'type'>) {
  const { home, stock, fingerprint, lines, uses, guards, strike, backorder, expiresAt, maxExpiresAt, data } =
    fields
  return { home, stock, fingerprint, lines, uses, guards, strike, backorder, expiresAt, maxExpiresAt, data }
}
