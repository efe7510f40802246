import { LRUCache } from 'lru-cache'
import { sameLines, type WrittenLine } from './lines.js'
import type { OrderPlan } from './order-plan.js'

/** First SKUs whose orders' plans are kept. */
const SKUS = 2_048
/** Plans kept for one of them. */
const PLANS = 4
/**
 * Where there is no room, one newcomer in so many takes the place of the plan least asked for: what is asked for often
 * comes in soon, and what never comes again is soon garbage.
 */
const NEWCOMERS = 16
/** Most lines of an order whose plan is kept: longer orders are rarely alike. */
const LINES = 2

interface KeptPlan {
  readonly lines: readonly WrittenLine[]
  readonly pool: string
  readonly campaign: string | undefined
  readonly plan: OrderPlan
}

/**
 * Plans of orders met lately: in a sale nearly all are alike. Found by the first SKU and then compared, which costs
 * less than making one text of an order to look it up by.
 */
export class PlanMemory {
  private readonly bySku = new LRUCache<string, KeptPlan[]>({ max: SKUS })
  private newcomers = 0

  /** @param pool that of lines which name none */
  recall(lines: readonly WrittenLine[], pool: string, campaign: string | undefined): OrderPlan | undefined {
    const kept = this.bySku.get((lines[0] as WrittenLine).sku)
    if (kept === undefined) return undefined
    for (let index = 0; index < kept.length; index++) {
      const candidate = kept[index] as KeptPlan
      if (candidate.pool !== pool || candidate.campaign !== campaign) continue
      if (!sameLines(candidate.lines, lines)) continue
      if (index > 0) moveForward(kept, index)
      return candidate.plan
    }
    return undefined
  }

  /** Keeps the plan if there is room for it, and hands it back. */
  keep(
    lines: readonly WrittenLine[],
    pool: string,
    campaign: string | undefined,
    plan: OrderPlan,
  ): OrderPlan {
    if (lines.length > LINES) return plan
    const { sku } = lines[0] as WrittenLine
    const kept = this.bySku.get(sku)
    if (kept?.length === PLANS && ++this.newcomers % NEWCOMERS > 0) return plan
    const own = lines.map((line) => ({ sku: line.sku, quantity: line.quantity, pool: line.pool }))
    const entry = { lines: own, pool, campaign, plan }
    if (kept === undefined) this.bySku.set(sku, [entry])
    else if (kept.length < PLANS) kept.push(entry)
    else kept[PLANS - 1] = entry
    return plan
  }
}

function moveForward(kept: KeptPlan[], index: number): void {
  const before = kept[index - 1] as KeptPlan
  kept[index - 1] = kept[index] as KeptPlan
  kept[index] = before
}
