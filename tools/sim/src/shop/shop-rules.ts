import type { HashKey, Policy, PurchaseLimitRule, UnpaidOrderRule } from '@holdfast/core'
import type { Chance } from '../world/chance.js'

/** What one process of the shop is told of its rules. */
export interface ShopRules {
  readonly policy: Policy
  readonly hashKeys: readonly HashKey[]
}

export const MINUTE = 60_000
export const HOLD = 15 * MINUTE

const LIMITS: readonly PurchaseLimitRule[] = [
  { id: 'each', per: 'user', scope: 'sku', max: 4 },
  { id: 'daily', per: 'user', scope: 'shop', max: 6, window: { calendar: 'day', timeZone: 'Europe/Berlin' } },
  { id: 'campaign', per: 'user', scope: 'campaign', max: 3, window: 'campaign' },
  { id: 'phone', per: 'phone', scope: 'shop', max: 9 },
  { id: 'rare', per: 'user', scope: 'sku', max: 1, skus: ['RARE'] },
]

const GUARDS: readonly (UnpaidOrderRule | undefined)[] = [
  undefined,
  { per: 'user', scope: 'sku' },
  { per: 'user', scope: 'sku' },
  { per: 'user', scope: 'shop' },
  { per: 'phone', scope: 'shop' },
]

const KEYS: readonly HashKey[] = [
  { id: 'k1', secret: 'a secret of more than thirty-two bytes, the first one' },
  { id: 'k2', secret: 'a secret of more than thirty-two bytes, the second one' },
]

/** The rules of a shop, drawn once for a world. */
export class Rulebook {
  private readonly limits: readonly PurchaseLimitRule[]
  private readonly guard: UnpaidOrderRule | undefined
  private readonly backorder: boolean
  private readonly giveBackUses: boolean
  private readonly strikes: Policy['risk']
  readonly hasPools: boolean
  /** How long the id of an ended order is remembered. */
  readonly retentionMs: number
  private isRotated = false

  constructor(private readonly chance: Chance) {
    this.limits = LIMITS.filter(({ per }) => chance.perMille(per === 'phone' ? 150 : 450))
    this.guard = chance.oneOf(GUARDS)
    this.backorder = chance.perMille(400)
    this.giveBackUses = chance.perMille(500)
    this.strikes = chance.oneOf([
      undefined,
      { strikesFor: { hours: 2 }, deferFrom: 2, refuseFrom: 4 },
      { strikesFor: { minutes: 30 }, deferFrom: 1 },
    ])
    this.hasPools = chance.perMille(400)
    this.retentionMs = chance.oneOf([1, 3, 6]) * 60 * MINUTE
  }

  get hasRisk(): boolean {
    return this.strikes !== undefined
  }

  /** As a process that starts now knows them: maxima move from release to release, and keys rotate once. */
  edition(): ShopRules {
    const { chance, guard } = this
    if (chance.perMille(100)) this.isRotated = true
    const more = chance.perMille(150) ? 1 : 0
    return {
      policy: {
        holdFor: { milliseconds: HOLD },
        extendUpTo: { milliseconds: 3 * HOLD },
        retention: { milliseconds: this.retentionMs },
        limits: this.limits.map((rule) => ({ ...rule, max: rule.max + more })),
        unpaidOrder: guard,
        backorder: this.backorder,
        risk: this.strikes,
        returns: { giveBackUses: this.giveBackUses },
        identities: { phone: { defaultCountry: 'DE' } },
        pools: this.hasPools ? { default: 'default', byRegion: { eu: 'default', us: 'us' } } : undefined,
      },
      hashKeys: this.isRotated ? [...KEYS].reverse() : KEYS,
    }
  }
}
