import { setTimeout as pause } from 'node:timers/promises'
import { OrderDesk } from '@holdfast/core'
import type { Contender, Stand } from '../contender.js'
import { CALLERS, restock } from '../desk/desk-contender.js'
import { checkReport, checkUnits, unitsHeld } from '../desk/desk-laws.js'
import { answerOf, POLICY, requestOf } from '../desk/shop-desk.js'
import { LawBroken, mustEqual } from '../law-broken.js'
import { OrderMix } from '../load/order-mix.js'
import { OwnStore } from '../redis/coalesced-contender.js'
import { HOT, type RedisServer } from '../redis/redis-server.js'
import { PLENTY } from '../shop/shop-schema.js'
import type { DatabaseServer } from '../sql/database-server.js'
import { openPlace, type Place } from '../stored/place.js'
import { CarrierProcess } from './carrier-process.js'

/** How often it is asked how many orders were carried, ms. */
const EVERY = 100
/** Orders that may wait to be carried before callers wait: what is counted is carried, not placed. */
const MOST_WAITING = 10_000

/** Redis decides, a process of its own carries; an order counts once it stands in PostgreSQL. */
export function chain(server: RedisServer, database: DatabaseServer): Contender {
  const open = async () => new ChainSale(server, await database.databaseOfTurn()).begin()
  return { engine: 'redis-postgres', name: 'chain', unit: 'orders/s', open }
}

class ChainSale {
  private readonly carrier = new CarrierProcess()
  private readonly mix = new OrderMix(HOT)
  private isSelling = true
  private waiting = 0
  private held: (() => void)[] = []
  private callers: Promise<unknown> = Promise.resolve()

  constructor(
    private readonly server: RedisServer,
    private readonly place: Extract<Place, { readonly kind: 'database' }>,
  ) {}

  async begin(): Promise<Stand> {
    const store = await OwnStore.on(await this.server.emptied())
    const ledger = await openPlace(this.place)
    const desk = new OrderDesk({ store, ledger: ledger.store, policy: POLICY })
    await this.carrier.ask({ kind: 'open', redisUrl: this.server.url, ledger: this.place })
    await restock(desk, this.mix.skus, PLENTY)
    const before = await unitsHeld(desk)
    this.callers = Promise.all(Array.from({ length: CALLERS }, () => this.caller(desk)))
    // Told to whoever stops them.
    this.callers.catch(() => {})
    return {
      ...{ callers: 1, latency: false },
      call: () => this.carried(),
      checkLaws: async () => {
        await this.stop()
        const told = { reserved: this.mix.counts.granted, sold: 0 }
        checkUnits(before, await unitsHeld(desk), told)
        const both = await desk.audit()
        if (both.comparedWithLedger !== true) throw new LawBroken('the ledger has not come to rest')
        this.mix.checkGrants(checkReport(both))
        const behind = new OrderDesk({ store: ledger.store, policy: POLICY })
        this.mix.checkGrants(checkReport(await behind.audit()))
      },
      close: async () => {
        await this.stop()
        await this.carrier.close()
        await desk.close()
        await ledger.close()
      },
    }
  }

  private async caller(desk: OrderDesk): Promise<void> {
    while (this.isSelling) {
      if (this.waiting > MOST_WAITING) {
        await new Promise<void>((resolve) => this.held.push(resolve))
        continue
      }
      this.waiting += 1
      const order = this.mix.next()
      const placed = await desk.place(requestOf(order, null))
      this.mix.answered(order, placed.id, answerOf(placed))
    }
  }

  private async carried(): Promise<number> {
    await pause(EVERY)
    const carried = await this.carrier.ask({ kind: 'tell' })
    this.waiting -= carried
    for (const goOn of this.held.splice(0)) goOn()
    return carried
  }

  /** Until everything that was placed is carried. */
  private async stop(): Promise<void> {
    this.isSelling = false
    for (const goOn of this.held.splice(0)) goOn()
    await this.callers
    for (let rests = 0; this.waiting > 0 && rests < 300; rests++) await this.carried()
    mustEqual('orders that were never carried', this.waiting, 0)
  }
}
