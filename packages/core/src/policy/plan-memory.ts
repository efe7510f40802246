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

/** Plans of one first SKU, and beside each the signature of its lines. */
interface KeptPlans {
  readonly signatures: number[]
  readonly plans: KeptPlan[]
}

/**
 * Plans of orders met lately: in a sale nearly all are alike. Found by the first SKU and then compared, which costs
 * less than making one text of an order to look it up by.
 */
export class PlanMemory {
  private readonly bySku = new LRUCache<string, KeptPlans>({ max: SKUS })
  private newcomers = 0

  /** @param pool that of lines which name none */
  recall(lines: readonly WrittenLine[], pool: string, campaign: string | undefined): OrderPlan | undefined {
    const kept = this.bySku.get((lines[0] as WrittenLine).sku)
    if (kept === undefined) return undefined
    const signature = signatureOf(lines)
    for (let index = 0; index < kept.plans.length; index++) {
      if (kept.signatures[index] !== signature) continue
      const candidate = kept.plans[index] as KeptPlan
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
    if (kept?.plans.length === PLANS && ++this.newcomers % NEWCOMERS > 0) return plan
    const own = lines.map((line) => ({ sku: line.sku, quantity: line.quantity, pool: line.pool }))
    const entry = { lines: own, pool, campaign, plan }
    const signature = signatureOf(lines)
    if (kept === undefined) this.bySku.set(sku, { signatures: [signature], plans: [entry] })
    else {
      const place = Math.min(kept.plans.length, PLANS - 1)
      kept.signatures[place] = signature
      kept.plans[place] = entry
    }
    return plan
  }
}

/** Units of the last SKU that its signature is made of. */
const SIGNED = 4

/**
 * A number that orders of other lines seldom have. To compare it costs less than to look at lines that lie far apart in
 * memory, and orders of several SKUs are seldom alike.
 */
function signatureOf(lines: readonly WrittenLine[]): number {
  const { sku, quantity } = lines[lines.length - 1] as WrittenLine
  let signature = lines.length * 31 + quantity
  for (let at = Math.max(0, sku.length - SIGNED); at < sku.length; at++)
    signature = (signature * 31 + sku.charCodeAt(at)) | 0
  return signature
}

function moveForward({ signatures, plans }: KeptPlans, index: number): void {
  swap(signatures, index)
  swap(plans, index)
}

/** With the one before it. */
function swap<Value>(values: Value[], index: number): void {
  const before = values[index - 1] as Value
  values[index - 1] = values[index] as Value
  values[index] = before
}
