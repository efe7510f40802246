import { describe, expect, it } from 'vitest'
import { faultOf } from '../input/fault-of.test-support.js'
import { compilePolicy } from './compile-policy.js'
import type { Policy } from './types.js'

const limit = { id: 'l', per: 'user', scope: 'sku', max: 2 }
const withLimit = (change: object) => ({ limits: [{ ...limit, ...change }] })
const many = (length: number) => Array.from({ length }, (_, index) => ({ ...limit, id: String(index) }))
const rule = { per: 'user', scope: 'shop' }

/** A malformed policy, and what its writer is told. */
const rows: readonly (readonly [policy: unknown, told: string])[] = [
  [withLimit({ scope: 'all' }), "policy.limits[0].scope: must be 'sku', 'campaign' or 'shop'"],
  [{ unpaidOrder: { ...rule, scope: 1 } }, "policy.unpaidOrder.scope: must be 'sku', 'campaign' or 'shop'"],
  [{ pools: { byRegion: [] } }, 'policy.pools.byRegion: must be an object of names and their pools'],
  [
    { pools: { byRegion: { '': 'eu' } } },
    'policy.pools.byRegion[""]: is no id: well-formed text of 1 to 128 characters',
  ],
  [{ pools: { byCampaign: {} } }, 'policy.pools.byCampaign: must map at least one name'],
  [{ pools: {} }, 'policy.pools: must name at least one pool'],
  [
    withLimit({ window: { calendar: 'year', timeZone: 'UTC' } }),
    "policy.limits[0].window.calendar: must be 'day', 'week' or 'month'",
  ],
  [
    withLimit({ window: { calendar: 'day', timeZone: 1 } }),
    'policy.limits[0].window.timeZone: must be the name of a time zone',
  ],
  [
    withLimit({ window: { calendar: 'day', timeZone: 'Mars' } }),
    "policy.limits[0].window.timeZone: must be the IANA name of a time zone, such as 'Europe/Berlin'",
  ],
  [
    withLimit({ window: 'yearly' }),
    "policy.limits[0].window: must be 'lifetime', 'campaign' or { calendar, timeZone }",
  ],
  [withLimit({ skus: [] }), 'policy.limits[0].skus: must name at least one: leave it out for all'],
  [
    withLimit({ skus: Array.from({ length: 10_001 }, (_, index) => String(index)) }),
    'policy.limits[0].skus: must name at most 10000',
  ],
  [{ limits: many(101) }, 'policy.limits: must hold at most 100 limits'],
  [{ limits: [limit, limit] }, 'policy.limits[1].id: is the id of another limit'],
  [{ unpaidOrder: 5 }, 'policy.unpaidOrder: must be { per, scope } or a list of such'],
  [
    { unpaidOrder: Array.from({ length: 101 }, () => rule) },
    'policy.unpaidOrder: must hold at most 100 rules',
  ],
  [
    { unpaidOrder: [rule, { ...rule, per: 'device' }, rule] },
    'policy.unpaidOrder[2]: is in the list already',
  ],
  [
    { risk: { strikesFor: { days: 1 }, deferFrom: 2, refuseFrom: 2 } },
    'policy.risk.deferFrom: must be less than `refuseFrom`, which would always go before it',
  ],
  [{ identities: { address: 'upper' } }, 'policy.identities.address: must be a function'],
  [
    { identities: { phone: { defaultCountry: 1 } } },
    'policy.identities.phone.defaultCountry: must be a country code',
  ],
  [
    { identities: { phone: { defaultCountry: 'XX' } } },
    "policy.identities.phone.defaultCountry: must be the ISO 3166-1 alpha-2 code of a country, such as 'DE'",
  ],
  [
    { identities: { other: [] } },
    'policy.identities.other: must be an object of own kinds and their normalisers',
  ],
  [{ identities: { other: { device: 1 } } }, 'policy.identities.other.device: must be a function'],
  [{ backorder: 'yes' }, 'policy.backorder: must be true or false'],
  [
    { holdFor: { hours: 2 }, extendUpTo: { hours: 1 } },
    'policy.extendUpTo: must not be shorter than `holdFor`',
  ],
  [
    {
      limits: [{ ...limit, per: 'phone' }],
      unpaidOrder: { per: 'device', scope: 'shop' },
      identities: { other: { device: (text: string) => text } },
    },
    'hashKeys: is missing: the policy counts by phone, device, which is hashed under a key',
  ],
]

describe('who writes a policy is told', () => {
  it.each(rows.map(([policy, told]) => ({ policy, told })))('$told', ({ policy, told }) => {
    expect(faultOf(() => compilePolicy(policy as Policy)).message).toBe(told)
  })

  it('that a pool is missing where there is no default', () => {
    const compiled = compilePolicy({ pools: { byRegion: { de: 'eu' } } })
    expect(faultOf(() => compiled.account({ sku: 'A' })).message).toBe(
      'pool: is missing: the policy names no default pool',
    )
  })
})

describe('pools served', () => {
  const lines = [{ sku: 'A', quantity: 1 }]
  const refused = (policy: Policy, region?: string) => {
    const compiled = compilePolicy(policy)
    const order = { id: 'o', subjects: compiled.subjects({ user: 'ada' }), lines, data: null, rows: null }
    return compiled.reserve({ ...order, stock: 'take', region }, { now: 0, notAfter: 1 }).refuse
  }

  it('are told each once and sorted', () => {
    const byRegion = { de: 'eu', us: 'america', fr: 'eu', ca: 'america', jp: 'asia' }
    expect(refused({ pools: { byRegion } }, 'nowhere')).toEqual({
      kind: 'pool-not-served',
      region: 'nowhere',
      served: ['america', 'asia', 'eu'],
    })
  })
})

describe('calendars of one policy', () => {
  it('are shared by unit and time zone alone', () => {
    const window = (calendar: 'day' | 'week' | 'month', timeZone: string) => ({ calendar, timeZone })
    const windows = [
      window('day', 'UTC'),
      window('month', 'UTC'),
      window('day', 'Asia/Tokyo'),
      window('week', 'Asia/Tokyo'),
    ]
    const compiled = compilePolicy({
      limits: windows.map((each, index) => ({
        id: `${index}`,
        per: 'user',
        scope: 'shop',
        max: 1,
        window: each,
      })),
    })
    const now = Date.UTC(2026, 10, 25, 12)
    const counters = compiled.buyerCounters(compiled.subjects({ user: 'ada' }), {}, now)
    expect(counters.map(({ from }) => from)).toEqual([
      Date.UTC(2026, 10, 25),
      Date.UTC(2026, 10, 1),
      Date.UTC(2026, 10, 24, 15),
      Date.UTC(2026, 10, 22, 15),
    ])
  })
})
