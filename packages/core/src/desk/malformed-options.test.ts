import { describe, expect, it } from 'vitest'
import { faultOf } from '../input/fault-of.test-support.js'
import { MemoryStore } from '../memory/store.js'
import { DeskWorker } from './desk-worker.js'
import { HALF, id, type Kind, many, mistaken, type Row, units } from './mistakes.test-support.js'
import { OrderDesk } from './order-desk.js'
import { watched } from './shop.test-support.js'

const duration = (at: string): readonly Row[] => [
  ['type', at, 15],
  ['type', at, 'PT15M'],
  ['range', at, {}],
  ['range', at, { days: 3_651 }],
  ['range', at, { minutes: -1 }, `${at}.minutes`],
  ['range', at, { hours: 0.5 }, `${at}.hours`],
  ['unknown field', at, { weeks: 1 }, `${at}.weeks`],
]
const count = (at: string, most: number): readonly Row[] => [
  ['type', at, '1'],
  ['range', at, 0],
  ['range', at, 1.5],
  ['range', at, most + 1],
]

const limit = { id: 'two', per: 'user', scope: 'sku', max: 2 }
const policy: readonly Row[] = [
  ['type', 'policy', undefined],
  ['type', 'policy', null],
  ['type', 'policy', []],
  ...duration('policy.holdFor'),
  ...duration('policy.extendUpTo'),
  ['range', 'policy.extendUpTo', { minutes: 1 }],
  ...duration('policy.retention'),
  ['type', 'policy.pools', 'eu'],
  ['size', 'policy.pools', {}],
  ...id('policy.pools.default'),
  ['type', 'policy.pools.byRegion', ['eu']],
  ['size', 'policy.pools.byRegion', {}],
  ['text', 'policy.pools.byRegion', { north: HALF }, 'policy.pools.byRegion.north'],
  ['size', 'policy.pools.byRegion', { '': 'eu' }, 'policy.pools.byRegion[""]'],
  ['type', 'policy.pools.byCampaign', { spring: 5 }, 'policy.pools.byCampaign.spring'],
  ['unknown field', 'policy.pools.fallback', 'eu'],
  ['type', 'policy.limits', limit],
  ['size', 'policy.limits', many(101, (n) => ({ ...limit, id: `l${n}` }))],
  ['range', 'policy.limits', [limit, limit], 'policy.limits[1].id'],
  ...id('policy.limits[0].id'),
  ...id('policy.limits[0].per'),
  ['range', 'policy.limits[0].scope', 'order'],
  ...units('policy.limits[0].max'),
  ['range', 'policy.limits[0].max', 0],
  ['range', 'policy.limits[0].window', 'day'],
  [
    'range',
    'policy.limits[0].window',
    { calendar: 'year', timeZone: 'UTC' },
    'policy.limits[0].window.calendar',
  ],
  [
    'range',
    'policy.limits[0].window',
    { calendar: 'day', timeZone: '+02:00' },
    'policy.limits[0].window.timeZone',
  ],
  ['type', 'policy.limits[0].window', { calendar: 'day' }, 'policy.limits[0].window.timeZone'],
  ['size', 'policy.limits[0].skus', []],
  ['size', 'policy.limits[0].skus', many(10_001, (n) => `S${n}`)],
  ['text', 'policy.limits[0].campaigns', [HALF], 'policy.limits[0].campaigns[0]'],
  ['unknown field', 'policy.limits[0].perDay', 2],
  ['type', 'policy.unpaidOrder', true],
  ['range', 'policy.unpaidOrder', { per: 'user', scope: 'cart' }, 'policy.unpaidOrder.scope'],
  ['size', 'policy.unpaidOrder', [{ per: '', scope: 'sku' }], 'policy.unpaidOrder[0].per'],
  ['range', 'policy.unpaidOrder', many(2, () => ({ per: 'user', scope: 'sku' })), 'policy.unpaidOrder[1]'],
  ['unknown field', 'policy.unpaidOrder', { per: 'user', scope: 'sku', max: 1 }, 'policy.unpaidOrder.max'],
  ['type', 'policy.backorder', 'yes'],
  ['type', 'policy.risk', {}, 'policy.risk.strikesFor'],
  ...duration('policy.risk.strikesFor'),
  ...count('policy.risk.deferFrom', 1_000_000),
  ...count('policy.risk.refuseFrom', 1_000_000),
  ['range', 'policy.risk', { strikesFor: { days: 1 }, deferFrom: 3, refuseFrom: 3 }, 'policy.risk.deferFrom'],
  ['size', 'policy.risk.per', ''],
  ['unknown field', 'policy.risk.banFor', {}],
  ['type', 'policy.returns', true],
  ['type', 'policy.returns.giveBackUses', 1],
  ['unknown field', 'policy.returns.within', { days: 14 }],
  ['range', 'policy.identities.phone', { defaultCountry: 'XX' }, 'policy.identities.phone.defaultCountry'],
  ['range', 'policy.identities.ip', { prefix4: 33 }, 'policy.identities.ip.prefix4'],
  ['range', 'policy.identities.ip', { prefix6: 0 }, 'policy.identities.ip.prefix6'],
  ['type', 'policy.identities.address', 'lower'],
  ['type', 'policy.identities.other', { device: 'lower' }, 'policy.identities.other.device'],
  ['range', 'policy.identities.other', { phone: String }, 'policy.identities.other.phone'],
  ['unknown field', 'policy.identities.email', String],
  ['unknown field', 'policy.prices', {}],
]
const hashKeys: readonly Row[] = [
  ['type', 'hashKeys', 'secret'],
  ['size', 'hashKeys', []],
  ['size', 'hashKeys', many(9, (n) => ({ id: `k${n}`, secret: 'x'.repeat(16) }))],
  ['text', 'hashKeys[0].id', 'a b'],
  ['size', 'hashKeys[0].secret', 'x'.repeat(15)],
  ['text', 'hashKeys[0].secret', 'x'.repeat(16) + HALF],
  ['type', 'hashKeys[0].secret', 5],
  ['unknown field', 'hashKeys[0].algorithm', 'sha256'],
  ['range', 'hashKeys', many(2, () => ({ id: 'k', secret: 'x'.repeat(16) })), 'hashKeys[1].id'],
]
const desk: readonly Row[] = [
  ...policy,
  ...hashKeys,
  ['type', 'store', null],
  ['type', 'store', {}],
  ['type', 'store', { apply() {}, read() {} }],
  ['type', 'ledger', {}],
  ...duration('deadline'),
  ...count('queueLimit', 1_000_000),
  ...count('batchLimit', 10_000),
  ['range', 'batchLimit', 3],
  ...count('inFlight', 16),
  ['type', 'clock', 5],
  ['type', 'newId', 'uuid'],
  ['type', 'scheduler', {}],
  ['unknown field', 'logger', {}],
]
const worker: readonly Row[] = [
  ...duration('every'),
  ...count('batchLimit', 10_000),
  ...count('attempts', 1_000),
  ...duration('retryAfter'),
  ['type', 'notify', 'ops@example.org'],
  ['unknown field', 'concurrency', 4],
]
const memory: readonly Row[] = [
  ...duration('retention'),
  ['type', 'clock', 5],
  ['type', 'clock', {}],
  ['unknown field', 'file', 'shop.db'],
]

const whole: readonly Row[] = [null, 5, [], 'text'].map((value) => ['type', '', value, 'options'])
const right = {
  policy: {
    extendUpTo: { hours: 1 },
    pools: { default: 'eu' },
    limits: [limit],
    risk: { strikesFor: { days: 30 } },
    returns: {},
    identities: {},
  },
  hashKeys: [{ id: 'k1', secret: 'a secret of at least 16 bytes' }],
}

const kinds = new Set<Kind>()
const named = (rows: readonly Row[]) =>
  rows.map(([kind, at, value, told = at], index) => ({ kind, at, value, told, index }))

function expectFault(told: string, work: () => unknown): void {
  const fault = faultOf(work)
  expect(fault).toMatchObject({ code: 'invalid-argument', path: told })
  expect(fault.message.startsWith(`${told}: `)).toBe(true)
}

describe('malformed options of a desk', () => {
  it.each(named([...whole, ['type', '', undefined, 'options'], ...desk]))(
    'are told by $told ($kind, $index), and no store is asked',
    ({ at, value, told, kind }) => {
      const calls: string[] = []
      const store = watched(new MemoryStore(), (called) => void calls.push(called))
      const options = { ...right, store }
      expectFault(told, () => new OrderDesk(mistaken(options, at, value) as never))
      expect(calls).toEqual([])
      kinds.add(kind)
    },
  )

  it('a rule that counts what is hashed under a key demands one', () => {
    const byPhone = { limits: [{ id: 'one', per: 'phone', scope: 'shop', max: 1 }] } as const
    expectFault('hashKeys', () => new OrderDesk({ store: new MemoryStore(), policy: byPhone }))
    expect(() => new OrderDesk({ store: new MemoryStore(), policy: {} })).not.toThrow()
  })
})

describe('malformed options of a worker', () => {
  const sound = new OrderDesk({ store: new MemoryStore(), policy: {} })

  it.each(named([...whole, ...worker]))('are told by $told ($kind, $index)', ({ at, value, told, kind }) => {
    expectFault(told, () => new DeskWorker(sound, mistaken({}, at, value) as never))
    kinds.add(kind)
  })

  it.each([undefined, null, {}, 5])('a worker works for a desk, not for %j', (desk) => {
    expectFault('desk', () => new DeskWorker(desk as never))
  })
})

describe('malformed options of the store in memory', () => {
  it.each(named([...whole, ...memory]))('are told by $told ($kind, $index)', ({ at, value, told, kind }) => {
    expectFault(told, () => new MemoryStore(mistaken({}, at, value) as never))
    kinds.add(kind)
  })
})

it('these are of five kinds of fault', () => {
  expect([...kinds].sort()).toEqual(['range', 'size', 'text', 'type', 'unknown field'])
})
