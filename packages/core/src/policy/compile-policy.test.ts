import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { HashKey } from '../identity/hash-keys.js'
import type { Identities } from '../identity/subjects.js'
import { faultOf } from '../input/fault-of.test-support.js'
import { compilePolicy } from './compile-policy.js'
import type { CompiledPolicy, OrderToReserve } from './compiled-policy.js'
import type { WrittenLine } from './lines.js'
import type { Policy, PurchaseLimitRule } from './types.js'

const NOW = Date.UTC(2026, 10, 22, 12)
const ADA = '_e5DDUC9V97qwYbNl5ADPQ'
const hashKeys: readonly HashKey[] = [{ id: 'k1', secret: '0123456789abcdef' }]
const one = (sku: string, pool?: string): WrittenLine => ({
  sku,
  quantity: 1,
  ...(pool === undefined ? {} : { pool }),
})

interface Asked extends Partial<OrderToReserve> {
  readonly buyer?: Identities
  readonly now?: number
}

function reserve(policy: CompiledPolicy, { buyer = { user: 'ada' }, now = NOW, ...order }: Asked = {}) {
  const subjects = policy.subjects(buyer)
  const plain = { id: 'o', subjects, lines: [one('PHONE')], data: null, rows: null, stock: 'take' } as const
  return policy.reserve({ ...plain, ...order }, { now, notAfter: now + 60_000 })
}

describe('a reserve', () => {
  it('of an empty policy claims units alone, for 15 minutes, from the only pool', () => {
    expect(reserve(compilePolicy({}))).toEqual({
      kind: 'reserve',
      id: 'o',
      home: ADA,
      claims: {
        fingerprint: { buyer: ADA, lines: expect.stringMatching(/^[\w-]{22}$/) },
        units: [{ account: { sku: 'PHONE', pool: 'default' }, quantity: 1 }],
        uses: [],
        backorder: false,
      },
      refuse: null,
      guards: [],
      risk: null,
      stock: 'take',
      notAfter: NOW + 60_000,
      holdMs: 900_000,
      maxHoldMs: 900_000,
      data: null,
      rows: null,
    })
  })

  it('carries what the order brings', () => {
    const rows = [{ table: 'orders', values: { id: 1 } }]
    const command = reserve(compilePolicy({}), { id: 'order-7', data: 'gift', rows, stock: 'defer' })
    expect(command).toMatchObject({ id: 'order-7', data: 'gift', rows, stock: 'defer' })
  })

  it('carries what the policy says', () => {
    const policy = compilePolicy({
      holdFor: { days: 30 },
      extendUpTo: { days: 45 },
      retention: { days: 60 },
      backorder: true,
      risk: { strikesFor: { days: 90 }, deferFrom: 2, refuseFrom: 5 },
      returns: { giveBackUses: true },
    })
    const DAY = 86_400_000
    expect(reserve(policy)).toMatchObject({
      holdMs: 30 * DAY,
      maxHoldMs: 45 * DAY,
      claims: { backorder: true },
      risk: { strikes: `strikes/${ADA}`, prior: [], strikeMs: 90 * DAY, deferAt: 2, refuseAt: 5 },
    })
    expect([policy.retentionMs, policy.giveBackUses, policy.backorder]).toEqual([60 * DAY, true, true])
  })

  it('carries what holds where the policy says nothing', () => {
    const policy = compilePolicy({})
    expect([policy.retentionMs, policy.giveBackUses, policy.backorder]).toEqual([
      30 * 86_400_000,
      false,
      false,
    ])
    expect([policy.holdMs, policy.maxHoldMs, policy.demandsHashKey]).toEqual([900_000, 900_000, false])
  })

  it('is the same command each time', () => {
    const policy = compilePolicy({ limits: [{ id: 'l', per: 'user', scope: 'sku', max: 2 }] })
    expect(reserve(policy)).toEqual(reserve(policy))
  })

  it('has one fingerprint before and after a policy change, whatever else of the buyer changes', () => {
    const before = reserve(compilePolicy({}), { region: 'de' })
    const after = reserve(
      compilePolicy(
        { pools: { byRegion: { fr: 'eu' } }, limits: [{ id: 'l', per: 'ip', scope: 'shop', max: 1 }] },
        { hashKeys },
      ),
      { region: 'fr', buyer: { user: 'ada', ip: '::1' } },
    )
    expect(after.claims.fingerprint).toEqual(before.claims.fingerprint)
    expect(
      reserve(compilePolicy({}), { lines: [one('PHONE', 'default')] }).claims.fingerprint.lines,
    ).not.toBe(before.claims.fingerprint.lines)
  })
})

describe('pools', () => {
  const regions = {
    default: 'home',
    byRegion: { de: 'eu', fr: 'eu', us: 'na' },
    byCampaign: { spring: 'spring-pool' },
  }
  const { default: _, ...served } = regions
  const bySpring = { byCampaign: { spring: 'spring-pool' } }
  const refusal = (region: string | null, pools: readonly string[]) => ({
    kind: 'pool-not-served',
    region,
    served: pools,
  })

  it.each<[Policy['pools'], string | undefined, string | undefined, unknown]>([
    // policy, region, campaign, pool or refusal
    [undefined, undefined, undefined, 'default'],
    [undefined, 'de', 'spring', 'default'],
    [{ default: 'home' }, 'de', undefined, 'home'],
    [regions, undefined, undefined, 'home'],
    [regions, 'de', undefined, 'eu'],
    [regions, 'us', 'autumn', 'na'],
    [regions, 'us', 'spring', 'spring-pool'],
    [regions, 'jp', 'spring', 'spring-pool'],
    [regions, 'jp', undefined, refusal('jp', ['eu', 'na'])],
    [regions, 'DE', undefined, refusal('DE', ['eu', 'na'])],
    [regions, '__proto__', undefined, refusal('__proto__', ['eu', 'na'])],
    [served, undefined, undefined, refusal(null, ['eu', 'na'])],
    [bySpring, undefined, 'spring', 'spring-pool'],
    [bySpring, 'de', 'autumn', refusal('de', ['spring-pool'])],
  ])('%j: region %j and campaign %j have %j', (pools, region, campaign, answer) => {
    const { claims, refuse } = reserve(compilePolicy({ pools }), { region, campaign })
    expect(refuse ?? claims.units[0]?.account.pool).toEqual(answer)
  })

  it('named by a line are kept, also where the region is served by none', () => {
    const policy = compilePolicy({ pools: regions })
    const lines = [one('A', 'na'), one('B', 'elsewhere')]
    expect(reserve(policy, { lines, region: 'jp' })).toMatchObject({
      refuse: null,
      claims: { units: [{ account: { pool: 'na' } }, { account: { pool: 'elsewhere' } }] },
    })
    expect(reserve(policy, { lines: [...lines, one('C')], region: 'jp' }).refuse).not.toBeNull()
  })

  it('not served: the order still tells who it is, and claims nothing that there is', () => {
    const policy = compilePolicy({
      pools: regions,
      limits: [{ id: 'l', per: 'user', scope: 'sku', max: 2 }],
      unpaidOrder: { per: 'user', scope: 'sku' },
      risk: { strikesFor: { days: 1 } },
    })
    const refused = reserve(policy, { region: 'jp' })
    expect(refused).toMatchObject({ guards: [], risk: null, claims: { uses: [] } })
    // An empty text is no pool's name.
    expect(refused.claims.units).toEqual([{ account: { sku: 'PHONE', pool: '' }, quantity: 1 }])
    expect(refused.claims.fingerprint).toEqual(reserve(policy, { region: 'de' }).claims.fingerprint)
  })

  it('left out where stock is kept are the default, or the campaign’s own', () => {
    const policy = compilePolicy({ pools: regions })
    expect(policy.account({ sku: 'A' })).toEqual({ sku: 'A', pool: 'home' })
    expect(policy.account({ sku: 'A' }, 'spring')).toEqual({ sku: 'A', pool: 'spring-pool' })
    expect(policy.account({ sku: 'A' }, 'autumn')).toEqual({ sku: 'A', pool: 'home' })
    expect(policy.account({ sku: 'A', pool: 'eu' }, 'spring')).toEqual({ sku: 'A', pool: 'eu' })
    expect(faultOf(() => compilePolicy({ pools: served }).account({ sku: 'A' }))).toMatchObject({
      path: 'pool',
    })
  })
})

/** Uses as `counter without rule and subject: indexes of units`. */
function usesOf(rule: Partial<PurchaseLimitRule>, order: Asked): readonly string[] {
  const policy = compilePolicy({ limits: [{ id: 'l', per: 'user', scope: 'sku', max: 2, ...rule }] })
  return reserve(policy, order).claims.uses.map(({ counter, lines }) => {
    expect(counter.startsWith('limit/l/') && counter.endsWith(`/${ADA}`)).toBe(true)
    return `${counter.slice('limit/l/'.length, -ADA.length - 1)}: ${lines.join()}`
  })
}

describe('limits', () => {
  const daily = { calendar: 'day', timeZone: 'Asia/Tokyo' } as const
  const lines = [one('B'), one('A', 'us'), one('A', 'eu'), one('C'), one('B')]
  // Units: A eu, A us, B default, C default.
  it.each<[string, Partial<PurchaseLimitRule>, string | undefined, readonly string[]]>([
    ['each SKU by itself, over its pools', {}, undefined, ['sku:A: 0,1', 'sku:B: 2', 'sku:C: 3']],
    ['the whole shop', { scope: 'shop' }, undefined, ['shop: 0,1,2,3']],
    ['some SKUs, each by itself', { skus: ['A', 'C', 'X'] }, undefined, ['sku:A: 0,1', 'sku:C: 3']],
    ['some SKUs together', { scope: 'shop', skus: ['A', 'C'] }, undefined, ['shop: 0,1,3']],
    ['none of the SKUs', { scope: 'shop', skus: ['X'] }, undefined, []],
    ['a campaign', { scope: 'campaign' }, 'spring', ['campaign:spring: 0,1,2,3']],
    ['a campaign that is not named', { scope: 'campaign' }, undefined, []],
    ['in some campaigns', { scope: 'shop', campaigns: ['spring'] }, 'spring', ['shop: 0,1,2,3']],
    ['in some campaigns, not this', { scope: 'shop', campaigns: ['spring'] }, 'autumn', []],
    ['in some campaigns, no campaign', { scope: 'shop', campaigns: ['spring'] }, undefined, []],
    [
      'SKUs while a campaign runs',
      { window: 'campaign', skus: ['B'] },
      'spring',
      ['campaign:spring/sku:B: 2'],
    ],
    ['while a campaign runs, no campaign', { window: 'campaign' }, undefined, []],
    [
      'by calendar',
      { scope: 'shop', window: daily },
      undefined,
      ['day:2026-11-22:asia%2Ftokyo/shop: 0,1,2,3'],
    ],
  ])('count %s', (_, rule, campaign, uses) => {
    expect(usesOf(rule, { lines, campaign })).toEqual(uses)
  })

  it('carry their most and their window', () => {
    const policy = compilePolicy({
      limits: [
        { id: 'ever', per: 'user', scope: 'shop', max: 2 },
        { id: 'campaign', per: 'user', scope: 'shop', max: 3, window: 'campaign' },
        { id: 'day', per: 'user', scope: 'shop', max: 4, window: daily },
      ],
    })
    const at = (instant: string) =>
      reserve(policy, { campaign: 'spring', now: Date.parse(instant) }).claims.uses.map(
        ({ max, from, to }) => [max, from, to],
      )
    const noon = [
      [2, 0, null],
      [3, 0, null],
      [4, Date.parse('2026-11-21T15:00:00Z'), Date.parse('2026-11-22T15:00:00Z')],
    ]
    expect(at('2026-11-22T12:00:00Z')).toEqual(noon)
    expect(at('2026-11-22T15:00:00Z').at(-1)).toEqual([4, noon[2]?.[2], Date.parse('2026-11-23T15:00:00Z')])
    // Back again: an order that is asked for anew after `window-passed` may need the window before.
    expect(at('2026-11-22T14:59:59Z')).toEqual(noon)
  })

  it('of two policies share their counters where they share their ids', () => {
    const counter = (id: string, max: number) =>
      reserve(compilePolicy({ limits: [{ id, per: 'user', scope: 'sku', max }] })).claims.uses[0]?.counter
    expect(counter('l', 2)).toBe(counter('l', 5))
    expect(counter('l', 2)).not.toBe(counter('m', 2))
  })

  it('are told by the place of their use', () => {
    const policy = compilePolicy({
      limits: [
        { id: 'a/b', per: 'user', scope: 'sku', max: 2, window: daily },
        { id: 'a%2Fb', per: 'user', scope: 'shop', max: 9 },
        { id: '愛'.repeat(128), per: 'user', scope: 'campaign', max: 3 },
      ],
    })
    const { claims } = reserve(policy, { lines, campaign: 'spring' })
    expect(claims.uses.map((_, use) => policy.limitOf(claims, use))).toEqual([
      ...['A', 'B', 'C'].map((sku) => ({ id: 'a/b', per: 'user', scope: 'sku', max: 2, sku })),
      { id: 'a%2Fb', per: 'user', scope: 'shop', max: 9, sku: null },
      { id: '愛'.repeat(128), per: 'user', scope: 'campaign', max: 3, sku: null },
    ])
    expect(compilePolicy({}).limitOf(claims, 0)).toBeNull()
  })
})

describe('unpaid-order guards', () => {
  const lines = [one('B'), one('A', 'us'), one('A', 'eu')]
  it.each<[Policy['unpaidOrder'], string | undefined, readonly string[]]>([
    [undefined, undefined, []],
    [{ per: 'user', scope: 'sku' }, undefined, ['sku:A', 'sku:B']],
    [{ per: 'user', scope: 'shop' }, 'spring', ['shop']],
    [{ per: 'user', scope: 'campaign' }, 'spring', ['campaign:spring']],
    [{ per: 'user', scope: 'campaign' }, undefined, []],
    [
      [
        { per: 'user', scope: 'shop' },
        { per: 'user', scope: 'campaign' },
      ],
      'spring',
      ['shop', 'campaign:spring'],
    ],
    [[], undefined, []],
  ])('%j of an order in campaign %j are %j', (unpaidOrder, campaign, scopes) => {
    const policy = compilePolicy({ unpaidOrder })
    const { guards, claims } = reserve(policy, { lines, campaign })
    expect(guards).toEqual(
      scopes.map((scope) => ({ name: `unpaid/${scope}/${ADA}`, subject: ADA, prior: [] })),
    )
    expect(guards.map(({ name }) => policy.guardOf(claims, name))).toEqual(
      scopes.map((scope) => ({
        scope: scope.split(':')[0],
        sku: scope.startsWith('sku:') ? scope.slice(4) : null,
      })),
    )
    const told = policy.guardNames(policy.subjects({ user: 'ada' }), { skus: ['A', 'B', 'A'], campaign })
    expect(told.map(({ name }) => name)).toEqual(guards.map(({ name }) => name))
  })

  it.each([
    ['sku', []],
    ['campaign', []],
    ['shop', [`unpaid/shop/${ADA}`]],
  ] as const)('of a buyer who names neither SKU nor campaign, by %s', (scope, names) => {
    const policy = compilePolicy({ unpaidOrder: { per: 'user', scope } })
    const told = policy.guardNames(policy.subjects({ user: 'ada' }), {})
    expect(told.map(({ name }) => name)).toEqual(names)
  })

  it('are told apart by SKUs whose names look alike', () => {
    const policy = compilePolicy({ unpaidOrder: { per: 'user', scope: 'sku' } })
    const alike = ['A', 'A/', 'A%2F', 'A:', '/A', 'a']
    const { guards, claims } = reserve(policy, { lines: alike.map((sku) => one(sku)) })
    expect(new Set(guards.map(({ name }) => policy.guardOf(claims, name).sku))).toEqual(new Set(alike))
  })
})

describe('keyed identities', () => {
  const policy: Policy = {
    limits: [
      { id: 'phone', per: 'phone', scope: 'sku', max: 2, skus: ['PHONE'] },
      { id: 'spring', per: 'device', scope: 'shop', max: 2, campaigns: ['spring'] },
    ],
    unpaidOrder: { per: 'address', scope: 'shop' },
    risk: { per: 'ip', strikesFor: { days: 1 } },
    identities: { phone: { defaultCountry: 'GB' } },
  }
  const buyer: Identities = {
    user: 'ada',
    phone: '020 7946 0958',
    address: '12 Main St',
    ip: '203.0.113.7',
    other: new Map([['device', 'A1']]),
  }

  it('name counters, guards and strikes, under older keys as well', () => {
    const next = { id: 'k2', secret: 'another secret of 16 bytes' }
    const before = reserve(compilePolicy(policy, { hashKeys }), { buyer, campaign: 'spring' })
    const after = reserve(compilePolicy(policy, { hashKeys: [next, ...hashKeys] }), {
      buyer,
      campaign: 'spring',
    })
    const namesOf = ({ claims, guards, risk }: typeof before) => [
      ...claims.uses.map(({ counter, prior }) => [counter, prior] as const),
      ...guards.map(({ name, prior }) => [name, prior] as const),
      [risk?.strikes, risk?.prior] as const,
    ]
    expect(namesOf(before).map(([, prior]) => prior)).toEqual([[], [], [], []])
    expect(namesOf(after).map(([, prior]) => prior)).toEqual(namesOf(before).map(([name]) => [name]))
    for (const [name] of namesOf(before)) expect(name).toMatch(/\/k1\.[\w-]{22}$/)
    for (const [name] of namesOf(after)) expect(name).toMatch(/\/k2\.[\w-]{22}$/)
    const named = [
      ...after.claims.uses.map(({ counter, subject }) => ({ name: counter, subject })),
      ...after.guards,
    ]
    for (const { name, subject } of named) expect(subject).toBe(name.slice(name.lastIndexOf('/') + 1))
    // What names the buyer alone does not rotate.
    expect([after.home, after.claims.fingerprint]).toEqual([before.home, before.claims.fingerprint])
  })

  it.each<[string, Partial<Identities>, Asked, string | null]>([
    ['all carried', {}, { campaign: 'spring' }, null],
    ['phone', { phone: undefined }, {}, 'buyer.phone'],
    ['phone, of a SKU that the limit leaves out', { phone: undefined }, { lines: [one('CASE')] }, null],
    ['device', { other: undefined }, { campaign: 'spring' }, 'buyer.other.device'],
    ['device, outside the campaign', { other: undefined }, {}, null],
    ['address', { address: undefined }, {}, 'buyer.address'],
    ['ip', { ip: undefined }, {}, 'buyer.ip'],
  ])('are demanded where a rule applies: %s', (_, change, order, path) => {
    const work = () =>
      reserve(compilePolicy(policy, { hashKeys }), { buyer: { ...buyer, ...change }, ...order })
    if (path === null) expect(work().claims.uses.length).toBeLessThan(3)
    else expect(faultOf(work)).toMatchObject({ code: 'invalid-argument', path })
  })

  it('may wait with their order in a queue, as JSON', () => {
    const compiled = compilePolicy(policy, { hashKeys })
    const subjects = compiled.subjects(buyer)
    const stored = JSON.parse(JSON.stringify(subjects))
    expect(reserve(compiled, { subjects: stored })).toEqual(reserve(compiled, { subjects }))
  })

  it('tell nothing of themselves in a command', () => {
    const json = JSON.stringify(reserve(compilePolicy(policy, { hashKeys }), { buyer, campaign: 'spring' }))
    for (const text of ['7946', '12 ', 'ain St', '203.0', 'A1"', '"ada']) expect(json).not.toContain(text)
  })
})

describe('the counters of a buyer', () => {
  const compiled = compilePolicy(
    {
      limits: [
        { id: 'each', per: 'user', scope: 'sku', max: 2 },
        { id: 'some', per: 'user', scope: 'sku', max: 3, skus: ['A', 'B'] },
        { id: 'both', per: 'user', scope: 'shop', max: 4, skus: ['A', 'B'] },
        { id: 'day', per: 'user', scope: 'shop', max: 5, window: { calendar: 'day', timeZone: 'UTC' } },
        { id: 'spring', per: 'user', scope: 'campaign', max: 6, campaigns: ['spring'] },
        { id: 'run', per: 'user', scope: 'sku', max: 7, skus: ['B'], window: 'campaign' },
      ],
    },
    { hashKeys },
  )
  const told = (scope: Parameters<CompiledPolicy['buyerCounters']>[1]) =>
    compiled.buyerCounters(compiled.subjects({ user: 'ada' }), scope, NOW)

  it.each([
    [{}, ['some A', 'some B', 'both', 'day']],
    [{ skus: ['A', 'C', 'A'] }, ['each A', 'each C', 'some A', 'both', 'day']],
    [{ skus: ['C'] }, ['each C', 'day']],
    [{ skus: [] }, []],
    [{ campaign: 'spring' }, ['some A', 'some B', 'both', 'day', 'spring', 'run B']],
    [{ skus: ['B'], campaign: 'autumn' }, ['each B', 'some B', 'both', 'day', 'run B']],
  ])('asked for with %j are %j', (scope, limits) => {
    expect(told(scope).map(({ id, sku }) => (sku === null ? id : `${id} ${sku}`))).toEqual(limits)
  })

  it('are those that an order would claim', () => {
    const order = { lines: [one('A'), one('B')], campaign: 'spring' }
    const { uses } = reserve(compiled, order).claims
    const counters = told({ skus: ['A', 'B'], campaign: 'spring' })
    expect(counters.map(({ counter, max }) => [counter, max])).toEqual(
      uses.map(({ counter, max }) => [counter, max]),
    )
  })

  it('have windows that begin and end, or neither', () => {
    const bounds = new Map(told({ campaign: 'spring' }).map(({ id, from, to }) => [id, [from, to]]))
    expect(bounds.get('day')).toEqual([Date.UTC(2026, 10, 22), Date.UTC(2026, 10, 23)])
    expect([bounds.get('both'), bounds.get('run')]).toEqual([
      [Number.NEGATIVE_INFINITY, null],
      [Number.NEGATIVE_INFINITY, null],
    ])
  })

  it('cannot be told of a buyer who does not carry what they count', () => {
    const byPhone = compilePolicy(
      { limits: [{ id: 'l', per: 'phone', scope: 'shop', max: 1 }] },
      { hashKeys },
    )
    expect(faultOf(() => byPhone.buyerCounters(byPhone.subjects({ user: 'ada' }), {}, NOW))).toMatchObject({
      path: 'buyer.phone',
    })
  })
})

describe('strikes', () => {
  it('are counted by user unless the policy says otherwise, and by none without a risk rule', () => {
    const compiled = compilePolicy({ risk: { strikesFor: { hours: 1 } } })
    expect(compiled.strikesOf(compiled.subjects({ user: 'ada' }))).toEqual({
      strikes: `strikes/${ADA}`,
      prior: [],
      strikeMs: 3_600_000,
      deferAt: null,
      refuseAt: null,
    })
    expect(compilePolicy({}).strikesOf({ user: ADA, keyed: [] })).toBeNull()
  })
})

describe('a policy', () => {
  it('is copied: what is changed afterwards changes nothing', () => {
    const limit = { id: 'l', per: 'user', scope: 'sku', max: 2, skus: ['PHONE'] } as const
    const policy = {
      limits: [{ ...limit, skus: [...limit.skus] as string[] }],
      pools: { byRegion: { de: 'eu' } },
    }
    const compiled = compilePolicy(policy)
    const before = reserve(compiled, { region: 'de' })
    policy.pools.byRegion.de = 'us'
    policy.limits[0]?.skus.pop()
    policy.limits.pop()
    expect(reserve(compiled, { region: 'de', id: 'o' })).toEqual(before)
  })

  it('may be frozen and without prototypes', () => {
    const bare = <T extends object>(value: T): T => Object.freeze(Object.assign(Object.create(null), value))
    const policy = bare({
      holdFor: bare({ minutes: 5 }),
      pools: bare({ byRegion: bare({ de: 'eu' }) }),
      limits: Object.freeze([bare({ id: 'l', per: 'user', scope: 'sku', max: 2 } as const)]),
      identities: bare({ other: bare({ device: (text: string) => text }) }),
    })
    expect(reserve(compilePolicy(policy), { region: 'de' })).toMatchObject({ holdMs: 300_000, refuse: null })
  })

  it('remembers orders without mixing them up', () => {
    const text = fc.constantFrom('A', 'B', 'C')
    const order = fc.record({
      lines: fc.array(
        fc.record(
          { sku: text, quantity: fc.integer({ min: 1, max: 3 }), pool: fc.constantFrom('eu', 'us') },
          { requiredKeys: ['sku', 'quantity'] },
        ),
        { minLength: 1, maxLength: 3 },
      ),
      region: fc.option(fc.constantFrom('de', 'us', 'jp'), { nil: undefined }),
      campaign: fc.option(fc.constantFrom('spring', 'autumn'), { nil: undefined }),
      buyer: fc.constantFrom({ user: 'ada' }, { user: 'bob' }),
    })
    const policy: Policy = {
      pools: { default: 'home', byRegion: { de: 'eu', us: 'us' }, byCampaign: { spring: 'spring-pool' } },
      limits: [
        { id: 'each', per: 'user', scope: 'sku', max: 2, skus: ['A', 'B'] },
        { id: 'all', per: 'user', scope: 'campaign', max: 2, window: 'campaign' },
      ],
      unpaidOrder: { per: 'user', scope: 'sku' },
    }
    const used = compilePolicy(policy)
    fc.assert(
      fc.property(fc.array(order, { minLength: 20, maxLength: 60 }), (orders) => {
        for (const asked of orders) {
          expect(reserve(used, asked)).toEqual(reserve(compilePolicy(policy), asked))
        }
      }),
      { numRuns: 30 },
    )
  })
})
