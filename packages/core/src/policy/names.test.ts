import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compilePolicy } from './compile-policy.js'
import { namePart } from './names.js'
import type { LimitWindow, RuleScope } from './types.js'

/** Characters that a name gives a meaning, and some that engines stumble over. */
const trap = fc.constantFrom(
  '/',
  '%',
  ':',
  '#',
  '{',
  '}',
  '.',
  '\u0000',
  '\n',
  '2',
  'F',
  'é',
  '👍',
  'sku:',
  '%2F',
  'limit/',
  'shop/',
)
const id = fc.oneof(
  { weight: 3, arbitrary: fc.array(trap, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('')) },
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter((text) => text.length <= 128),
  fc.constantFrom('A'.repeat(128), '/'.repeat(128), `${'/'.repeat(127)}A`, '愛'.repeat(128), '👍'.repeat(64)),
)

describe('a part of a name', () => {
  it.each([
    ['PHONE', 'PHONE'],
    ['Ключ 7', 'Ключ 7'],
    ['a/b', 'a%2Fb'],
    ['a%2Fb', 'a%252Fb'],
    ['a\u0000b\u007f', 'a%00b%7F'],
    ['{a}:b', '{a}:b'],
    ['A'.repeat(128), 'A'.repeat(128)],
    ['é'.repeat(65), '%#yKJmahorzurCBXRPlEo_W9'],
  ])('%j is %s', (text, part) => {
    expect(namePart(text)).toBe(part)
  })

  it('is another for another id, holds no slash, and is short', () => {
    fc.assert(
      fc.property(id, id, (one, other) => {
        expect(namePart(one) === namePart(other)).toBe(one === other)
        expect(namePart(one)).not.toContain('/')
        expect(Buffer.byteLength(namePart(one))).toBeLessThanOrEqual(128)
      }),
      { numRuns: 2_000 },
    )
  })
})

const NOON = Date.UTC(2026, 10, 22, 12)
const hashKeys = [{ id: 'k'.repeat(32), secret: '0123456789abcdef' }]

/** All that makes a counter, a guard or a strike record what it is. */
interface Case {
  readonly rule: string
  readonly user: string
  readonly per: string
  readonly scope: RuleScope
  readonly window: LimitWindow
  readonly sku: string
  readonly campaign: string
}

const anyCase: fc.Arbitrary<Case> = fc.record({
  rule: id,
  user: id,
  per: fc.constantFrom('user', 'device'),
  scope: fc.constantFrom<RuleScope>('sku', 'campaign', 'shop'),
  window: fc.constantFrom<LimitWindow>(
    'lifetime',
    'campaign',
    { calendar: 'day', timeZone: 'America/Argentina/ComodRivadavia' },
    { calendar: 'week', timeZone: 'UTC' },
  ),
  sku: id,
  campaign: id,
})

function namesOf({ rule, user, per, scope, window, sku, campaign }: Case) {
  const policy = compilePolicy(
    {
      limits: [{ id: rule, per, scope, max: 1, window }],
      unpaidOrder: { per, scope },
      risk: { per, strikesFor: { days: 1 } },
      identities: { other: { device: (text) => text } },
    },
    { hashKeys },
  )
  const subjects = policy.subjects({ user, other: new Map([['device', user]]) })
  const lines = [{ sku, quantity: 1 }]
  const rest = { campaign, data: null, rows: null, stock: 'take' } as const
  const { claims, guards, risk } = policy.reserve(
    { id: 'o', subjects, lines, ...rest },
    { now: NOON, notAfter: NOON },
  )
  return {
    counter: claims.uses[0]?.counter ?? '',
    guard: guards[0]?.name ?? '',
    strikes: risk?.strikes ?? '',
  }
}

/** Two cases have one counter exactly if these are the same. */
const counterOf = ({ rule, user, per, scope, window, sku, campaign }: Case) => [
  rule,
  user,
  per,
  scope === 'sku' ? { sku } : scope === 'campaign' ? { campaign } : null,
  window === 'campaign' ? { campaign } : window,
]
const guardOf = (of: Case) => counterOf({ ...of, rule: '', window: 'lifetime' })
const strikesOf = ({ user, per }: Case) => [user, per]

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other)

describe('names', () => {
  it('are the same for the same thing alone', () => {
    // The second case differs from the first in few fields, or in none.
    const pair = fc.tuple(
      anyCase,
      anyCase,
      fc.subarray(['rule', 'user', 'per', 'scope', 'window', 'sku', 'campaign']),
    )
    fc.assert(
      fc.property(pair, ([one, donor, fields]) => {
        const other: Case = {
          ...one,
          ...Object.fromEntries(Object.entries(donor).filter(([key]) => fields.includes(key))),
        }
        const [names, others] = [namesOf(one), namesOf(other)]
        expect(names.counter === others.counter).toBe(same(counterOf(one), counterOf(other)))
        expect(names.guard === others.guard).toBe(same(guardOf(one), guardOf(other)))
        expect(names.strikes === others.strikes).toBe(same(strikesOf(one), strikesOf(other)))
        expect(new Set(Object.values(names)).size).toBe(3)
      }),
      { numRuns: 300 },
    )
  })

  it('are well-formed and at most 512 bytes', () => {
    fc.assert(
      fc.property(anyCase, (of) => {
        for (const name of Object.values(namesOf(of))) {
          expect(Buffer.byteLength(name)).toBeLessThanOrEqual(512)
          expect(Buffer.from(name).toString()).toBe(name)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('can be read', () => {
    const of: Case = {
      rule: 'two-a-day',
      user: 'ada',
      per: 'user',
      scope: 'sku',
      window: { calendar: 'day', timeZone: 'Europe/Berlin' },
      sku: 'PHONE',
      campaign: 'spring',
    }
    const ada = '_e5DDUC9V97qwYbNl5ADPQ'
    expect(namesOf(of)).toEqual({
      counter: `limit/two-a-day/day:2026-11-22:europe%2Fberlin/sku:PHONE/${ada}`,
      guard: `unpaid/sku:PHONE/${ada}`,
      strikes: `strikes/${ada}`,
    })
    expect(namesOf({ ...of, scope: 'shop', window: 'lifetime' }).counter).toBe(`limit/two-a-day/shop/${ada}`)
    expect(namesOf({ ...of, scope: 'campaign', window: 'campaign' }).counter).toBe(
      `limit/two-a-day/campaign:spring/campaign:spring/${ada}`,
    )
  })
})
