import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type * as z from 'zod'
import { HoldfastError } from '../errors.js'
import { type OrderRequest, orderSchema, placeOptionsSchema, plainOrderSchema } from './order.js'
import { parse } from './parse.js'
import { plainOrder } from './plain-order.js'

/** A value, right or wrong, for any field. */
const anything = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    null,
    '',
    0,
    -0,
    1.5,
    1e9,
    1e9 + 1,
    Number.NaN,
    1n,
    true,
    '\ud800',
    'take',
  ),
  fc.constantFrom<unknown>([], {}, ['PHONE'], { sku: 'PHONE' }, new Date(0), () => 'PHONE'),
  fc.string({ unit: 'binary', maxLength: 130 }),
)
const orRight = (right: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 25, arbitrary: right }, { weight: 1, arbitrary: anything })
const id = orRight(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }))

const record = (fields: Record<string, fc.Arbitrary<unknown>>, required: string[]) =>
  fc
    .tuple(
      fc.record(fields, { requiredKeys: required, noNullPrototype: false }),
      fc.oneof(
        { weight: 30, arbitrary: fc.constant(null) },
        { weight: 1, arbitrary: fc.constantFrom('colour', '__proto__', 'constructor', 'toString', '') },
      ),
    )
    .map(([value, unknownField]) =>
      unknownField === null
        ? value
        : Object.defineProperty(value, unknownField, { value: 1, enumerable: true, configurable: true }),
    )

const order = orRight(
  record(
    {
      id,
      buyer: orRight(
        record(
          {
            user: id,
            phone: id,
            address: id,
            ip: id,
            region: id,
            other: orRight(fc.dictionary(fc.string(), id)),
          },
          ['user'],
        ),
      ),
      lines: orRight(
        fc.array(
          orRight(
            record({ sku: id, quantity: orRight(fc.integer({ min: 1, max: 5 })), pool: id }, [
              'sku',
              'quantity',
            ]),
          ),
          { minLength: 1, maxLength: 4 },
        ),
      ),
      campaign: id,
      data: orRight(
        fc.constantFrom('', 'x', 'é'.repeat(2_048), 'é'.repeat(2_049), 'x'.repeat(4_096), 'x'.repeat(4_097)),
      ),
      stock: orRight(fc.constantFrom('take', 'defer')),
    },
    ['buyer', 'lines'],
  ),
)

function answer(schema: z.ZodType, value: unknown): unknown {
  try {
    return { taken: parse(schema, value, 'order') }
  } catch (error) {
    return error instanceof HoldfastError ? { path: error.path, message: error.message } : error
  }
}

describe('order', () => {
  it('is taken or refused by the compiled schema exactly as by the plain one', () => {
    let taken = 0
    let refused = 0
    fc.assert(
      fc.property(order, (value) => {
        const compiled = answer(orderSchema, value)
        expect(compiled).toEqual(answer(plainOrderSchema, value))
        if (typeof compiled === 'object' && compiled !== null && 'taken' in compiled) taken++
        else refused++
      }),
      { numRuns: 3_000 },
    )
    // Neither answer is rare, so that the comparison means something.
    expect(Math.min(taken, refused)).toBeGreaterThan(300)
  })

  const plainest = orRight(
    record(
      {
        id,
        buyer: orRight(record({ user: id }, ['user'])),
        lines: orRight(
          fc.tuple(orRight(record({ sku: id, quantity: orRight(fc.integer({ min: 1, max: 9 })) }, ['sku']))),
        ),
        data: orRight(fc.constantFrom('', '{}', 'x'.repeat(4_096), 'é'.repeat(2_049))),
      },
      ['buyer', 'lines'],
    ),
  )

  it('is known at a look only where the schema takes it, and as the schema takes it', () => {
    let known = 0
    let left = 0
    fc.assert(
      fc.property(fc.oneof(plainest, order), (value) => {
        const plain = plainOrder(value)
        if (plain === null) left++
        else {
          known++
          expect(answer(plainOrderSchema, value)).toEqual({ taken: plain })
        }
      }),
      { numRuns: 3_000 },
    )
    expect(Math.min(known, left)).toBeGreaterThan(300)
  })

  const right: OrderRequest = { buyer: { user: 'ada' }, lines: [{ sku: 'PHONE', quantity: 1 }] }

  it('is taken frozen and without prototypes', () => {
    const bare = <T extends object>(value: T): T => Object.freeze(Object.assign(Object.create(null), value))
    const value = bare({
      ...right,
      buyer: bare({ user: 'ada', other: bare({ device: 'A1' }) }),
      lines: Object.freeze([bare({ sku: 'PHONE', quantity: 1 })]),
    })
    const { buyer, lines } = parse(orderSchema, value, 'order')
    expect([buyer.user, buyer.other?.get('device'), lines]).toEqual([
      'ada',
      'A1',
      [{ sku: 'PHONE', quantity: 1 }],
    ])
  })

  it('is read once, so that what was checked is what is used', () => {
    let asked = 0
    const answers = ['PHONE', '\ud800']
    const line = {
      get sku() {
        return answers[asked++]
      },
      quantity: 1,
    }
    expect(parse(orderSchema, { buyer: { user: 'ada' }, lines: [line] }, 'order').lines[0]?.sku).toBe('PHONE')
    expect(asked).toBe(1)
  })

  it('is copied, so that its caller may change it meanwhile', () => {
    const line = { sku: 'PHONE', quantity: 1 }
    const checked = parse(orderSchema, { buyer: { user: 'ada' }, lines: [line] }, 'order')
    line.quantity = 2
    expect(checked.lines[0]?.quantity).toBe(1)
  })

  it('keeps an own kind of identity whatever its name', () => {
    const buyer = JSON.parse('{"user": "ada", "other": {"__proto__": "x", "constructor": "y"}}')
    const checked = parse(orderSchema, { ...right, buyer }, 'order')
    expect([...(checked.buyer.other ?? [])]).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ])
  })

  it('takes fields that are there but undefined', () => {
    expect(parse(orderSchema, { ...right, id: undefined, data: undefined }, 'order').id).toBeUndefined()
  })
})

describe('options of placing', () => {
  it('are parsed: the deadline to ms, rows to copies', () => {
    const values = { id: 1, at: new Date(0) }
    const { signal } = new AbortController()
    const options = parse(
      placeOptionsSchema,
      { deadline: { seconds: 2 }, signal, rows: [{ table: 'orders', values }], firstAttempt: true },
      'options',
    )
    expect(options).toEqual({
      deadline: 2_000,
      signal,
      rows: [{ table: 'orders', values }],
      firstAttempt: true,
    })
    expect(options.rows?.[0]?.values).not.toBe(values)
  })
})
