import type { NotPlaced } from '@holdfast/core'
import { openingUnits, type Plan, type PlannedOrder } from '../plan/plan.js'
import { Agenda } from './agenda.js'
import { Contest, type ContestedProduct } from './contest.js'
import type { Shop } from './shop.js'
import { Shortages } from './shortages.js'

export interface ReplayOptions {
  readonly stockRatio: number
  readonly restock: boolean
  /** Called after each order. */
  readonly onPlaced?: (order: PlannedOrder) => void
}

/** Orders refused, by reason. */
export interface Rejected {
  insufficientStock: number
  purchaseLimit: number
  unpaidOrder: number
}

export interface Replayed {
  readonly rejected: Readonly<Rejected>
  readonly contested: readonly ContestedProduct[]
  /** Time that passed on the wall until the shelves were full, and from then to the last step; ms. */
  readonly stockingMs: number
  readonly ordersMs: number
}

/** Fills the shelves, then places the orders one by one, each after what is due by then; in the end, what is left. */
export async function replay(shop: Shop, plan: Plan, options: ReplayOptions): Promise<Replayed> {
  const started = performance.now()
  await fillShelves(shop, plan, options.stockRatio)
  const filled = performance.now()
  const run = new Run(shop, options)
  for (const order of plan.orders) {
    await run.place(order)
    options.onPlaced?.(order)
  }
  await run.settleDue(Number.POSITIVE_INFINITY)
  const { rejected, contest } = run
  return {
    rejected,
    contested: contest.ranking(plan.productNames),
    stockingMs: filled - started,
    ordersMs: performance.now() - filled,
  }
}

/** Every account gets its units; 0 units create it as well. */
async function fillShelves(shop: Shop, { accounts, opensAt }: Plan, stockRatio: number): Promise<void> {
  const deliveries = accounts.map((account) => ({
    sku: account.sku,
    pool: account.pool,
    quantity: openingUnits(account, stockRatio),
  }))
  await shop.receive('opening', deliveries, opensAt)
}

class Run {
  readonly rejected: Rejected = { insufficientStock: 0, purchaseLimit: 0, unpaidOrder: 0 }
  readonly contest = new Contest()
  private readonly agenda = new Agenda()
  private readonly shortages = new Shortages()
  private year: number | null = null

  constructor(
    private readonly shop: Shop,
    private readonly options: ReplayOptions,
  ) {}

  async place(order: PlannedOrder): Promise<void> {
    const year = yearOf(order.placedAt)
    if (this.options.restock && year !== this.year) await this.restock(year)
    this.year = year
    await this.settleDue(order.placedAt)
    const result = await this.shop.place(order)
    if (result.ok) this.agenda.add(order)
    else this.refused(order, year, result)
  }

  async settleDue(now: number): Promise<void> {
    for (let step = this.agenda.takeDue(now); step !== null; step = this.agenda.takeDue(now)) {
      await this.shop.settle(step.order, step.at)
    }
  }

  /** On 1 January, after what is due by then, each account gets what was short in it in the year before. */
  private async restock(year: number): Promise<void> {
    const short = this.shortages.of(year - 1)
    if (short.length === 0) return
    const newYear = Date.UTC(year, 0, 1)
    await this.settleDue(newYear)
    const deliveries = short.map(({ sku, pool, units: quantity }) => ({ sku, pool, quantity }))
    await this.shop.receive(`restock-${year}`, deliveries, newYear)
  }

  private refused(order: PlannedOrder, year: number, refusal: NotPlaced): void {
    switch (refusal.reason) {
      case 'insufficient-stock':
        this.rejected.insufficientStock += 1
        for (const { sku, pool, requested, available } of refusal.lines) {
          this.shortages.add(year, { sku, pool }, requested - available)
          this.contest.add(sku, requested - available)
        }
        return
      case 'purchase-limit':
        this.rejected.purchaseLimit += 1
        return
      case 'unpaid-order':
        this.rejected.unpaidOrder += 1
        return
      default:
        throw new Error(`order ${order.id} was refused for what this replay does not know: ${refusal.reason}`)
    }
  }
}

function yearOf(at: number): number {
  return new Date(at).getUTCFullYear()
}
