import { LRUCache } from 'lru-cache'
import { type PlannedGuard, plannedGuards } from './guards.js'
import { type Limit, type NamedScope, skuScope } from './limits.js'
import type { UnpaidOrderRule } from './types.js'

/** SKUs whose parts are kept. */
const SKUS = 4_096

/** What the policy makes of one SKU, whatever else is ordered with it. */
export interface SkuParts {
  /** By limit; `null` where that does not count this SKU by itself. */
  readonly scopes: readonly (NamedScope | null)[]
  /** By rule; `null` where that does not guard this SKU by itself. */
  readonly guards: readonly (PlannedGuard | null)[]
}

/** Parts of plans, by SKU: orders of several SKUs are seldom alike, and made of parts that are. */
export class SkuPartsMemory {
  private readonly kept = new LRUCache<string, SkuParts>({ max: SKUS })

  constructor(
    private readonly limits: readonly Limit[],
    private readonly unpaidOrder: readonly UnpaidOrderRule[],
  ) {}

  of(sku: string): SkuParts {
    let parts = this.kept.get(sku)
    if (parts === undefined) {
      parts = this.make(sku)
      this.kept.set(sku, parts)
    }
    return parts
  }

  private make(sku: string): SkuParts {
    const bySku = this.unpaidOrder.map((rule) =>
      rule.scope === 'sku' ? (plannedGuards(rule, [sku], undefined)[0] ?? null) : null,
    )
    return { scopes: this.limits.map((limit) => skuScope(limit, sku)), guards: bySku }
  }
}
