import { OrderDesk } from '@holdfast/core'
import type { Contender, Engine, Stand } from '../contender.js'
import { mustEqual } from '../law-broken.js'
import { type Answer, type MixOptions, OrderMix } from '../load/order-mix.js'
import { PLENTY } from '../shop/shop-schema.js'
import type { Contents } from './contents.js'
import { checkAudit, checkUnits, unitsHeld } from './desk-laws.js'
import { answerOf, POLICY, requestOf } from './shop-desk.js'

/** Calls under way in the one process of a sale. */
export const CALLERS = 1000

export interface DeskContender {
  readonly engine: Engine
  readonly name: string
  readonly mix: MixOptions
  readonly open: () => Promise<Contents>
  readonly callers?: number
  /** What is counted: grants unless said otherwise. Only a shop that is sold out counts what it refused. */
  readonly counts?: Extract<Answer, 'granted' | 'sold-out'>
  /** Ids of the caller's own; without it the desk mints them. */
  readonly newId?: () => string
  /** `false` where the contents are too many to be looked at row by row after each turn: their accounts only. */
  readonly audits?: boolean
}

/** Holdfast as a shop uses it: an order desk on a store. */
export function deskContender(options: DeskContender): Contender {
  const { engine, name, counts = 'granted' } = options
  return {
    engine,
    name,
    unit: counts === 'granted' ? 'orders/s' : 'refusals/s',
    open: async () => new DeskSale(options, await options.open()).begin(),
  }
}

/** One turn of selling. */
export class DeskSale {
  readonly desk: OrderDesk
  readonly mix: OrderMix
  /** Holds that a worker expired meanwhile, of one unit each. */
  expired = 0

  constructor(
    private readonly options: DeskContender,
    private readonly contents: Contents,
  ) {
    // Every call is to reach the store: what is refused without asking is no work of the store's.
    this.desk = new OrderDesk({ store: contents.store, policy: POLICY, soldOutMemory: false })
    this.mix = new OrderMix({ ...options.mix, firstBuyer: contents.firstBuyer })
  }

  async begin(): Promise<Stand> {
    const { callers = CALLERS } = this.options
    await restock(this.desk, this.mix.skus, this.options.counts === 'sold-out' ? 0 : PLENTY)
    const before = await unitsHeld(this.desk)
    return {
      callers,
      call: () => this.call(),
      checkLaws: async () => checkUnits(before, await unitsHeld(this.desk), await this.told()),
      close: () => this.close(),
    }
  }

  async call(): Promise<number> {
    const { options, mix } = this
    const order = mix.next()
    const placed = await this.desk.place(requestOf(order, order.id ?? options.newId?.() ?? null))
    const answer = answerOf(placed)
    mix.answered(order, placed.id, answer)
    return answer === (options.counts ?? 'granted') ? 1 : 0
  }

  private async told() {
    const { options, mix, contents } = this
    if (options.audits !== false) mix.checkGrants(await checkAudit(this.desk), contents.stored)
    mustEqual('calls given up', sumOf(this.desk.drops), 0)
    return { reserved: mix.counts.granted * mix.linesPerOrder - this.expired, sold: 0 }
  }

  private async close(): Promise<void> {
    await this.desk.close()
    await this.contents.left?.({ reservations: this.mix.counts.granted, nextBuyer: this.mix.nextBuyer })
  }
}

/** The same delivery however often it is told. */
export async function restock(desk: OrderDesk, skus: readonly string[], quantity: number): Promise<void> {
  await Promise.all(skus.map((sku) => desk.restock({ id: 'delivery-1', sku, quantity })))
}

function sumOf({ overloaded, notSent, unknown }: OrderDesk['drops']): number {
  return overloaded + notSent + unknown
}
