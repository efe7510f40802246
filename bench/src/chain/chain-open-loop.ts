import type { Contender, ContenderName, Figure, OpenLoop, Stand } from '../contender.js'
import { LawBroken } from '../law-broken.js'
import type { RedisServer } from '../redis/redis-server.js'
import type { DatabaseServer } from '../sql/database-server.js'
import { ChainShop } from './chain-shop.js'

const ENGINE = 'redis-postgres'
const SUSTAINED: ContenderName = { engine: ENGINE, name: 'chain' }
export const CARRIED: ContenderName = { engine: ENGINE, name: 'chain (open loop)' }
export const NOT_CARRIED: ContenderName = { engine: ENGINE, name: 'chain (open loop, not carried)' }
/** Callers of the warm-up, few enough that what they place is carried soon. */
const CALLERS = 100
/** Orders of so long may wait when the last is placed, ms: a carrier that lags behind has ever more. */
const LONGEST_WAIT = 1_000

/** Orders that come half as fast as the chain can take them: what their buyers feel of their being carried meanwhile. */
export class ChainOpenLoops {
  readonly loops: readonly OpenLoop[]
  private mostWaiting = 0

  constructor(
    private readonly server: RedisServer,
    private readonly database: DatabaseServer,
  ) {
    this.loops = [this.contender(NOT_CARRIED), this.contender(CARRIED)].map((contender) => {
      return { contender, rateOf: SUSTAINED, times: 0.5 }
    })
  }

  /** The most orders of a round that were not carried when the last was placed. */
  backlog(): Figure {
    return { engine: ENGINE, name: 'chain (open loop) backlog', unit: 'orders', value: this.mostWaiting }
  }

  private contender(name: ContenderName): Contender {
    return { ...name, unit: 'orders/s', open: () => this.open(name === CARRIED) }
  }

  private async open(isCarried: boolean): Promise<Stand> {
    const shop = await ChainShop.open(this.server, this.database)
    if (isCarried) await shop.carry()
    let before = 0
    let began = 0
    return {
      callers: CALLERS,
      call: async () => {
        await shop.placeOrder()
        return 1
      },
      warm: async () => {
        if (isCarried) await shop.carryAll()
        before = shop.mix.counts.granted
        began = performance.now()
      },
      checkLaws: async () => {
        if (isCarried)
          await this.checkBacklog(shop, shop.mix.counts.granted - before, performance.now() - began)
        await shop.checkLaws()
      },
      close: () => shop.close(),
    }
  }

  private async checkBacklog(shop: ChainShop, came: number, ms: number): Promise<void> {
    await shop.carried()
    const { waiting } = shop
    this.mostWaiting = Math.max(this.mostWaiting, waiting)
    if (waiting > (came / ms) * LONGEST_WAIT)
      throw new LawBroken(`of ${came} orders, ${waiting} were not carried when the last was placed`)
  }
}
