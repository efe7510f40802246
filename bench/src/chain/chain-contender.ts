import type { Contender, Stand } from '../contender.js'
import { CALLERS } from '../desk/desk-contender.js'
import type { RedisServer } from '../redis/redis-server.js'
import type { DatabaseServer } from '../sql/database-server.js'
import { ChainShop, type Lease } from './chain-shop.js'

/** Orders that may wait to be carried before callers wait: what is counted is carried, not placed. */
const MOST_WAITING = 10_000

/** Redis decides, a process of its own carries; an order counts once it stands in PostgreSQL. */
export function chain(server: RedisServer, database: DatabaseServer): Contender {
  return contenderOf('chain', server, database, undefined)
}

/** The same, where PostgreSQL lets Redis have units in chunks; of more than wait to be carried. */
export function chainWithLeases(server: RedisServer, database: DatabaseServer): Contender {
  return contenderOf('chain (leases)', server, database, { chunk: 10 * MOST_WAITING })
}

function contenderOf(name: string, server: RedisServer, database: DatabaseServer, lease: Lease): Contender {
  const open = async () => new ChainSale(await ChainShop.open(server, database, lease)).begin()
  return { engine: 'redis-postgres', name, unit: 'orders/s', open }
}

class ChainSale {
  private isSelling = true
  private held: (() => void)[] = []
  private callers: Promise<unknown> = Promise.resolve()

  constructor(private readonly shop: ChainShop) {}

  async begin(): Promise<Stand> {
    await this.shop.carry()
    this.callers = Promise.all(Array.from({ length: CALLERS }, () => this.caller()))
    // Told to whoever stops them.
    this.callers.catch(() => {})
    return {
      ...{ callers: 1, latency: false },
      call: () => this.carried(),
      checkLaws: async () => {
        await this.stop()
        await this.shop.checkLaws()
      },
      close: async () => {
        await this.stop()
        await this.shop.close()
      },
    }
  }

  private async caller(): Promise<void> {
    while (this.isSelling) {
      if (this.shop.waiting > MOST_WAITING) await new Promise<void>((resolve) => this.held.push(resolve))
      else await this.shop.placeOrder()
    }
  }

  private async carried(): Promise<number> {
    const carried = await this.shop.carriedSoon()
    this.letGoOn()
    return carried
  }

  private letGoOn(): void {
    for (const goOn of this.held.splice(0)) goOn()
  }

  private async stop(): Promise<void> {
    this.isSelling = false
    this.letGoOn()
    await this.callers
  }
}
