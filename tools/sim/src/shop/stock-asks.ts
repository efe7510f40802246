import type { OrderDesk } from '@holdfast/core'
import { law } from '../laws/law-broken.js'
import type { Chance } from '../world/chance.js'
import { type Ask, ask } from './ask.js'
import { type OrderAsks, SKUS } from './order-asks.js'
import type { AskedOrder } from './orders-asked-for.js'
import { HOLD, MINUTE } from './shop-rules.js'

/** What is so, whatever desks know of it. */
export interface Truth {
  now(): number
  /** The same as long as nothing happened and no time passed. */
  moment(): string
  /** Whether its units lie in buckets, so that none past stock are owed. */
  isSpread(sku: string): boolean
  /**
   * Units of an account that are available, those counted that a live order holds itself; `null` without account,
   * `undefined` where that is not known.
   */
  availableTo(
    key: { readonly sku: string; readonly pool: string },
    id: string | undefined,
  ): number | null | undefined
}

/** Campaigns that a world has at most: none is ever forgotten. */
const CAMPAIGNS = 6

/** What the shop itself asks: stock, campaigns, its word on buyers. */
export class StockAsks {
  private movements = 0

  constructor(
    private readonly chance: Chance,
    private readonly buyers: OrderAsks,
    private readonly hasPools: boolean,
    private readonly truth: Truth,
  ) {}

  /** What a shop begins with. */
  opening(): readonly Ask[] {
    return SKUS.flatMap((sku) =>
      this.pools().map((pool) => this.supply(sku, pool, this.chance.between(0, 6))),
    )
  }

  restock(): Ask {
    return this.supply(this.sku(), this.pool(), this.chance.between(0, 5))
  }

  adjust(): Ask {
    const delta = this.chance.oneOf([-3, -2, -1, 1])
    const adjust = { id: this.movement(), sku: this.sku(), pool: this.pool(), delta, cause: 'counted' }
    return ask('adjust', adjust, (desk) => desk.adjust(adjust))
  }

  transfer(): Ask {
    const [from, to] = this.chance.perMille(500) ? ['default', 'us'] : ['us', 'default']
    const transfer = { id: this.movement(), sku: this.sku(), from, to, quantity: this.chance.between(1, 4) }
    return ask('transfer', transfer, (desk) => desk.transfer(transfer))
  }

  configure(): Ask {
    const limit = this.chance.oneOf([0, 3, 9])
    const sku = this.sku()
    const backorderLimit = this.truth.isSpread(sku) ? 0 : limit
    // What a campaign left closed is sold again.
    const settings = { sku, pool: this.pool(), backorderLimit, opensAt: null, closesAt: null }
    return ask('configure', settings, (desk) => desk.configure(settings))
  }

  campaign(): Ask {
    const { chance } = this
    const id = `c${chance.between(0, CAMPAIGNS - 1)}`
    const sku = this.sku()
    const item = { sku, pool: this.pool(), backorderLimit: chance.oneOf([0, 4]) }
    const items = [this.truth.isSpread(sku) ? { ...item, backorderLimit: 0 } : item]
    switch (chance.between(0, 5)) {
      case 0:
      case 1: {
        const opensAt = chance.oneOf([null, new Date(this.truth.now() + chance.between(0, MINUTE))])
        const closesAt = new Date((opensAt?.getTime() ?? this.truth.now()) + chance.between(1, HOLD))
        const campaign = { id, opensAt, closesAt, items }
        return ask('schedule', campaign, (desk) => desk.campaigns.schedule(campaign))
      }
      case 2:
        return ask('change items', { id, items }, (desk) => desk.campaigns.changeItems({ id, items }))
      case 3:
        return ask('open', { id }, (desk) => desk.campaigns.open({ id }))
      case 4:
        return ask('close', { id }, (desk) => desk.campaigns.close({ id }))
      default:
        return ask('withdraw', { id }, (desk) => desk.campaigns.withdraw({ id }))
    }
  }

  judge(): Ask {
    const buyer = this.buyers.buyer()
    if (this.chance.perMille(400)) return ask('forgive', { buyer }, (desk) => desk.forgive({ buyer }))
    const effect = this.chance.oneOf([null, 'none', 'defer-stock', 'refuse'] as const)
    const until =
      effect !== null && this.chance.perMille(500) ? { until: new Date(this.truth.now() + HOLD) } : {}
    return ask('tag', { buyer, effect }, (desk) => desk.tag({ buyer, effect, ...until }))
  }

  look(order: AskedOrder | undefined): Ask {
    const sku = order?.request.lines[0]?.sku ?? this.sku()
    const key = { sku, pool: this.pool() }
    const holding = order === undefined ? {} : { holding: order.id }
    if (this.chance.perMille(300)) return ask('list accounts', null, (desk) => desk.accounts({ limit: 3 }))
    const query = { ...key, ...holding }
    let asked = ''
    const look = (desk: OrderDesk) => {
      asked = this.truth.moment()
      return desk.availability(query)
    }
    return ask('availability', query, look, (told) => {
      // Only what nothing changed meanwhile can be told from the outside.
      if (asked !== this.truth.moment()) return
      const expected = this.truth.availableTo(key, order?.id)
      law(
        'L10 an order sees its own units as available',
        expected === undefined || (told?.available ?? null) === expected,
        () => ({
          query,
          told,
          expected,
        }),
      )
    })
  }

  private supply(sku: string, pool: string, quantity: number): Ask {
    const restock = { id: this.movement(), sku, pool, quantity }
    return ask('restock', restock, (desk) => desk.restock(restock))
  }

  private movement(): string {
    return `m${this.movements++}`
  }

  private sku(): string {
    return this.chance.oneOf(SKUS)
  }

  private pool(): string {
    return this.chance.oneOf(this.pools())
  }

  private pools(): readonly string[] {
    return this.hasPools ? ['default', 'us'] : ['default']
  }
}
