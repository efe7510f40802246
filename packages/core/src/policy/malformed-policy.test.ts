import { describe, expect, it } from 'vitest'
import { faultOf } from '../input/fault-of.test-support.js'
import { compilePolicy } from './compile-policy.js'
import type { Policy } from './types.js'

const limit = { id: 'two-each', per: 'user', scope: 'sku', max: 2 }
const withLimit = (change: object) => ({ limits: [{ ...limit, ...change }] })
const without = (field: keyof typeof limit) => {
  const { [field]: _, ...rest } = limit
  return { limits: [rest] }
}
const daily = (change: object) => withLimit({ window: { calendar: 'day', timeZone: 'UTC', ...change } })
const upper = (text: string) => text.toUpperCase()

/** A malformed policy, and the path that it is refused at. */
const rows: readonly (readonly [policy: unknown, path: string])[] = [
  [null, 'policy'],
  [undefined, 'policy'],
  ['lenient', 'policy'],
  [[], 'policy'],
  [{ limit: [] }, 'policy.limit'],
  [JSON.parse('{"__proto__": {}}'), 'policy.__proto__'],
  // times
  [{ holdFor: 15 }, 'policy.holdFor'],
  [{ holdFor: '15m' }, 'policy.holdFor'],
  [{ holdFor: null }, 'policy.holdFor'],
  [{ holdFor: {} }, 'policy.holdFor'],
  [{ holdFor: { minutes: 0 } }, 'policy.holdFor'],
  [{ holdFor: { days: 3_651 } }, 'policy.holdFor'],
  [{ holdFor: { minutes: -5 } }, 'policy.holdFor.minutes'],
  [{ holdFor: { minutes: 1.5 } }, 'policy.holdFor.minutes'],
  [{ holdFor: { minutes: Number.NaN } }, 'policy.holdFor.minutes'],
  [{ holdFor: { months: 1 } }, 'policy.holdFor.months'],
  [{ extendUpTo: 5 }, 'policy.extendUpTo'],
  [{ extendUpTo: { minutes: 14 } }, 'policy.extendUpTo'],
  [{ holdFor: { hours: 2 }, extendUpTo: { hours: 1 } }, 'policy.extendUpTo'],
  [{ retention: { days: '30' } }, 'policy.retention.days'],
  // pools
  [{ pools: 'default' }, 'policy.pools'],
  [{ pools: {} }, 'policy.pools'],
  [{ pools: { default: undefined } }, 'policy.pools'],
  [{ pools: { default: '' } }, 'policy.pools.default'],
  [{ pools: { regions: {} } }, 'policy.pools.regions'],
  [{ pools: { byRegion: {} } }, 'policy.pools.byRegion'],
  [{ pools: { byRegion: ['eu'] } }, 'policy.pools.byRegion'],
  [{ pools: { byRegion: new Map([['de', 'eu']]) } }, 'policy.pools.byRegion'],
  [{ pools: { byRegion: { de: 5 } } }, 'policy.pools.byRegion.de'],
  [{ pools: { byRegion: { de: 'eu', 'New York': '' } } }, 'policy.pools.byRegion["New York"]'],
  [{ pools: { byRegion: { '': 'eu' } } }, 'policy.pools.byRegion[""]'],
  [JSON.parse('{"pools": {"byRegion": {"__proto__": {}}}}'), 'policy.pools.byRegion.__proto__'],
  [{ pools: { byCampaign: { spring: 'x'.repeat(129) } } }, 'policy.pools.byCampaign.spring'],
  // limits
  [{ limits: limit }, 'policy.limits'],
  [{ limits: Array.from({ length: 101 }, (_, n) => ({ ...limit, id: `l${n}` })) }, 'policy.limits'],
  [{ limits: [null] }, 'policy.limits[0]'],
  [without('id'), 'policy.limits[0].id'],
  [withLimit({ id: '' }), 'policy.limits[0].id'],
  [withLimit({ id: 'x\ud800' }), 'policy.limits[0].id'],
  [{ limits: [limit, { ...limit, scope: 'shop' }] }, 'policy.limits[1].id'],
  [without('per'), 'policy.limits[0].per'],
  [withLimit({ per: '' }), 'policy.limits[0].per'],
  [withLimit({ per: ['user'] }), 'policy.limits[0].per'],
  [without('scope'), 'policy.limits[0].scope'],
  [withLimit({ scope: 'SKU' }), 'policy.limits[0].scope'],
  [without('max'), 'policy.limits[0].max'],
  [withLimit({ max: 0 }), 'policy.limits[0].max'],
  [withLimit({ max: -1 }), 'policy.limits[0].max'],
  [withLimit({ max: 1.5 }), 'policy.limits[0].max'],
  [withLimit({ max: '2' }), 'policy.limits[0].max'],
  [withLimit({ max: 2n }), 'policy.limits[0].max'],
  [withLimit({ max: 2 ** 53 }), 'policy.limits[0].max'],
  [withLimit({ max: Number.POSITIVE_INFINITY }), 'policy.limits[0].max'],
  [withLimit({ maximum: 2 }), 'policy.limits[0].maximum'],
  [withLimit({ window: 'day' }), 'policy.limits[0].window'],
  [withLimit({ window: null }), 'policy.limits[0].window'],
  [withLimit({ window: { days: 1 } }), 'policy.limits[0].window.calendar'],
  [daily({ calendar: 'year' }), 'policy.limits[0].window.calendar'],
  [daily({ timeZone: undefined }), 'policy.limits[0].window.timeZone'],
  [daily({ timeZone: 'Europe/Atlantis' }), 'policy.limits[0].window.timeZone'],
  [daily({ timeZone: '+03:00' }), 'policy.limits[0].window.timeZone'],
  [daily({ timeZone: 'UTC+3' }), 'policy.limits[0].window.timeZone'],
  [daily({ timeZone: 'local' }), 'policy.limits[0].window.timeZone'],
  [daily({ timeZone: '' }), 'policy.limits[0].window.timeZone'],
  [daily({ timeZone: 3 }), 'policy.limits[0].window.timeZone'],
  [daily({ startsAt: 6 }), 'policy.limits[0].window.startsAt'],
  [withLimit({ skus: 'PHONE' }), 'policy.limits[0].skus'],
  [withLimit({ skus: [] }), 'policy.limits[0].skus'],
  [withLimit({ skus: ['PHONE', 5] }), 'policy.limits[0].skus[1]'],
  [withLimit({ campaigns: [] }), 'policy.limits[0].campaigns'],
  [withLimit({ campaigns: [''] }), 'policy.limits[0].campaigns[0]'],
  // unpaid orders
  [{ unpaidOrder: true }, 'policy.unpaidOrder'],
  [{ unpaidOrder: {} }, 'policy.unpaidOrder.per'],
  [{ unpaidOrder: { per: 'user' } }, 'policy.unpaidOrder.scope'],
  [{ unpaidOrder: { per: 'user', scope: 'cart' } }, 'policy.unpaidOrder.scope'],
  [{ unpaidOrder: { per: 'user', scope: 'sku', max: 1 } }, 'policy.unpaidOrder.max'],
  [
    {
      unpaidOrder: [
        { per: 'user', scope: 'sku' },
        { per: 5, scope: 'sku' },
      ],
    },
    'policy.unpaidOrder[1].per',
  ],
  [
    {
      unpaidOrder: [
        { per: 'user', scope: 'sku' },
        { per: 'user', scope: 'sku' },
      ],
    },
    'policy.unpaidOrder[1]',
  ],
  // the rest
  [{ backorder: 'yes' }, 'policy.backorder'],
  [{ backorder: 5 }, 'policy.backorder'],
  [{ risk: {} }, 'policy.risk.strikesFor'],
  [{ risk: { strikesFor: 30 } }, 'policy.risk.strikesFor'],
  [{ risk: { strikesFor: { days: 30 }, per: '' } }, 'policy.risk.per'],
  [{ risk: { strikesFor: { days: 30 }, deferFrom: 0 } }, 'policy.risk.deferFrom'],
  [{ risk: { strikesFor: { days: 30 }, refuseFrom: 1.5 } }, 'policy.risk.refuseFrom'],
  [{ risk: { strikesFor: { days: 30 }, deferFrom: 3, refuseFrom: 3 } }, 'policy.risk.deferFrom'],
  [{ risk: { strikesFor: { days: 30 }, warnFrom: 1 } }, 'policy.risk.warnFrom'],
  [{ returns: true }, 'policy.returns'],
  [{ returns: { giveBackUses: 1 } }, 'policy.returns.giveBackUses'],
  [{ returns: { within: { days: 14 } } }, 'policy.returns.within'],
  [{ identities: { user: upper } }, 'policy.identities.user'],
  [{ identities: { phone: 'DE' } }, 'policy.identities.phone'],
  [{ identities: { phone: { defaultCountry: 'XX' } } }, 'policy.identities.phone.defaultCountry'],
  [{ identities: { phone: { defaultCountry: 49 } } }, 'policy.identities.phone.defaultCountry'],
  [{ identities: { phone: { country: 'DE' } } }, 'policy.identities.phone.country'],
  [{ identities: { ip: { prefix4: 0 } } }, 'policy.identities.ip.prefix4'],
  [{ identities: { ip: { prefix4: 33 } } }, 'policy.identities.ip.prefix4'],
  [{ identities: { ip: { prefix6: 129 } } }, 'policy.identities.ip.prefix6'],
  [{ identities: { address: 'upper' } }, 'policy.identities.address'],
  [{ identities: { other: upper } }, 'policy.identities.other'],
  [{ identities: { other: { device: 'upper' } } }, 'policy.identities.other.device'],
  [{ identities: { other: { phone: upper } } }, 'policy.identities.other.phone'],
]

describe('a malformed policy', () => {
  it.each(rows.map(([policy, path], row) => ({ policy, path, row })))(
    'is refused at $path (row $row)',
    ({ policy, path }) => {
      const fault = faultOf(() => compilePolicy(policy as Policy))
      expect(fault).toMatchObject({ code: 'invalid-argument', path })
      expect(fault.message.startsWith(`${path}: `)).toBe(true)
    },
  )
})

describe('a hash key', () => {
  const secret = '0123456789abcdef'
  it.each<[Policy]>([
    [{ limits: [{ id: 'l', per: 'phone', scope: 'sku', max: 1 }] }],
    [{ unpaidOrder: { per: 'device', scope: 'shop' } }],
    [{ risk: { per: 'ip', strikesFor: { days: 1 } } }],
  ])('is demanded once an identity is counted that is hashed under one: %j', (policy) => {
    expect(faultOf(() => compilePolicy(policy))).toMatchObject({ code: 'invalid-argument', path: 'hashKeys' })
    expect(compilePolicy(policy, { hashKeys: [{ id: 'k', secret }] }).demandsHashKey).toBe(true)
  })

  it('is not demanded while users alone are counted', () => {
    const policy: Policy = {
      limits: [{ id: 'l', per: 'user', scope: 'sku', max: 1 }],
      unpaidOrder: { per: 'user', scope: 'shop' },
      risk: { strikesFor: { days: 1 } },
    }
    expect(compilePolicy(policy).demandsHashKey).toBe(false)
  })

  it('is checked where one is given, demanded or not', () => {
    expect(faultOf(() => compilePolicy({}, { hashKeys: [{ id: 'k', secret: 'short' }] }))).toMatchObject({
      path: 'hashKeys[0].secret',
    })
  })
})
