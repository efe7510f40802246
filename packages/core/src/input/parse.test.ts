import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { faultOf } from './fault-of.test-support.js'
import { formatPath, parse, parseUnder } from './parse.js'

describe('formatPath', () => {
  it.each([
    [['lines', 0, 'quantity'], '', 'lines[0].quantity'],
    [['limits', 12, 'window', 'timeZone'], 'policy', 'policy.limits[12].window.timeZone'],
    [['other', 'a b'], 'buyer', 'buyer.other["a b"]'],
    [['other', ''], '', 'other[""]'],
    [['__proto__'], '', '__proto__'],
    [[0, 'id'], 'hashKeys', 'hashKeys[0].id'],
    [[], 'policy', 'policy'],
  ])('%j under %j is %s', (path, root, text) => {
    expect(formatPath(path, root)).toBe(text)
  })
})

describe('parse', () => {
  const schema = z.strictObject({
    name: z.string().optional(),
    window: z.union([z.literal('ever'), z.strictObject({ unit: z.enum(['day', 'week']) })]).optional(),
    rules: z
      .union([z.strictObject({ per: z.string() }), z.array(z.strictObject({ per: z.string() }))])
      .optional(),
  })

  it.each([
    ['no object', 5, 'query'],
    ['an array', [], 'query'],
    ['a field', { name: 5 }, 'name'],
    ['an unknown field', { nmae: 'a' }, 'nmae'],
    ['an unknown field by the name of a prototype', JSON.parse('{"__proto__": 1}'), '__proto__'],
    ['none of a union', { window: 5 }, 'window'],
    ['no literal of a union', { window: 'never' }, 'window'],
    ['inside the one branch that is meant', { window: { unit: 'year' } }, 'window.unit'],
    ['an unknown field inside a branch', { window: { unit: 'day', zone: 'x' } }, 'window.zone'],
    ['inside an element of a branch', { rules: [{ per: 'a' }, { per: 5 }] }, 'rules[1].per'],
    ['inside the other branch', { rules: { per: null } }, 'rules.per'],
  ])('tells the path of %s', (_, value, path) => {
    expect(faultOf(() => parse(schema, value, 'query'))).toMatchObject({ code: 'invalid-argument', path })
  })

  it('puts a root before every path where asked to', () => {
    expect(faultOf(() => parseUnder(schema, { name: 5 }, 'policy'))).toMatchObject({ path: 'policy.name' })
    expect(faultOf(() => parseUnder(schema, 5, 'policy'))).toMatchObject({ path: 'policy' })
  })

  it('says what is wrong, and begins with the path', () => {
    expect(faultOf(() => parse(schema, { nmae: 1 }, 'query')).message).toBe('nmae: unknown field')
  })
})
