import type { Units } from '../port/claims.js'
import type { PolicyRefusal } from '../port/outcomes.js'
import { type PlannedGuard, plannedGuards } from './guards.js'
import { type Limit, type PlannedUse, plannedUses } from './limits.js'
import { digestOfLines, unitsOf, type WrittenLine } from './lines.js'
import { PlanMemory } from './plan-memory.js'
import type { Pools } from './pools.js'
import { SkuPartsMemory } from './sku-parts.js'
import type { UnpaidOrderRule } from './types.js'

/** What the policy makes of an order's lines, whoever places it and whenever: shared by all orders like it. */
export interface OrderPlan {
  readonly units: readonly Units[]
  /** Digest of the lines as their caller wrote them. */
  readonly lines: string
  readonly refuse: PolicyRefusal | null
  readonly uses: readonly PlannedUse[]
  readonly guards: readonly PlannedGuard[]
}

/**
 * The pool of lines that the policy serves from none. It is no id, so that no account has it: whatever a store makes
 * of a refused order's units, it takes none.
 */
const NO_POOL = ''

const NONE: readonly never[] = []

/** Plans orders by the rules of one policy. */
export class OrderPlanner {
  private readonly memory = new PlanMemory()
  private readonly parts: SkuPartsMemory

  constructor(
    private readonly pools: Pools,
    private readonly limits: readonly Limit[],
    private readonly unpaidOrder: readonly UnpaidOrderRule[],
  ) {
    this.parts = new SkuPartsMemory(limits, unpaidOrder)
  }

  /** @throws HoldfastError `invalid-argument` at the quantity that takes a sum past 1e9 */
  plan(lines: readonly WrittenLine[], region: string | undefined, campaign: string | undefined): OrderPlan {
    const pool = this.pools.choose(region, campaign)
    if (typeof pool !== 'string' && lines.some((line) => line.pool === undefined)) return refused(lines, pool)
    const served = typeof pool === 'string' ? pool : NO_POOL
    return (
      this.memory.recall(lines, served, campaign) ??
      this.memory.keep(lines, served, campaign, this.make(lines, served, campaign))
    )
  }

  private make(lines: readonly WrittenLine[], pool: string, campaign: string | undefined): OrderPlan {
    const units = unitsOf(lines, pool)
    const skus = skusOf(units)
    const parts = skus.map((sku) => this.parts.of(sku))
    const uses: PlannedUse[] = []
    this.limits.forEach((limit, index) => {
      const bySku = parts.map(({ scopes }) => scopes[index] ?? null)
      uses.push(...plannedUses(limit, units, skus, campaign, bySku))
    })
    const guards: PlannedGuard[] = []
    this.unpaidOrder.forEach((rule, index) => {
      if (rule.scope === 'sku') for (const { guards: own } of parts) guards.push(own[index] as PlannedGuard)
      else guards.push(...plannedGuards(rule, skus, campaign))
    })
    return { units, lines: digestOfLines(lines), refuse: null, uses, guards }
  }
}

/** The SKUs of units that are sorted by SKU, each once. */
function skusOf(units: readonly Units[]): readonly string[] {
  const skus: string[] = []
  for (const { account } of units) if (account.sku !== skus.at(-1)) skus.push(account.sku)
  return skus
}

/** The id's own answer goes before the refusal, so that even this order has units, to be found by, and digests. */
function refused(lines: readonly WrittenLine[], refuse: PolicyRefusal): OrderPlan {
  return { units: unitsOf(lines, NO_POOL), lines: digestOfLines(lines), refuse, uses: NONE, guards: NONE }
}
