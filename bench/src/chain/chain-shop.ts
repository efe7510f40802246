import { setTimeout as pause } from 'node:timers/promises'
import { type DeskOptions, OrderDesk } from '@holdfast/core'
import { restock } from '../desk/desk-contender.js'
import { checkReport, checkUnits, type UnitsHeld, unitsHeld } from '../desk/desk-laws.js'
import { answerOf, POLICY, requestOf } from '../desk/shop-desk.js'
import { LawBroken, mustEqual } from '../law-broken.js'
import { OrderMix } from '../load/order-mix.js'
import { OwnStore } from '../redis/coalesced-contender.js'
import { HOT, type RedisServer } from '../redis/redis-server.js'
import { PLENTY } from '../shop/shop-schema.js'
import type { Database, DatabaseServer } from '../sql/database-server.js'
import { type OpenPlace, openPlace } from '../stored/place.js'
import { CarrierProcess } from './carrier-process.js'

/** How often it is asked how many orders were carried, ms. */
const EVERY = 100
/** Looks at a carrier that may carry nothing before it is given up. */
const LOOKS = 300

/** In how large chunks the database lets Redis have units. */
export type Lease = DeskOptions['lease']

/** A desk of this process on Redis, its orders carried by another one into a database of this turn's own. */
export class ChainShop {
  readonly mix = new OrderMix(HOT)
  /** Orders that were placed and are not known to be carried. */
  waiting = 0
  private carrier: CarrierProcess | null = null

  private constructor(
    private readonly redisUrl: string,
    private readonly place: Database,
    private readonly ledger: OpenPlace,
    private readonly desk: OrderDesk,
    private readonly before: UnitsHeld,
    private readonly lease: Lease,
  ) {}

  static async open(server: RedisServer, database: DatabaseServer, lease?: Lease): Promise<ChainShop> {
    const place = await database.databaseOfTurn()
    const store = await OwnStore.on(await server.emptied())
    const ledger = await openPlace(place)
    const desk = new OrderDesk({ store, ledger: ledger.store, lease, policy: POLICY })
    await restock(desk, new OrderMix(HOT).skus, PLENTY)
    return new ChainShop(server.url, place, ledger, desk, await unitsHeld(desk), lease)
  }

  /** Carries from now on. Until then there is no process that would take the machine's time. */
  async carry(): Promise<void> {
    if (this.carrier !== null) return
    this.carrier = new CarrierProcess()
    const { redisUrl, place: ledger, lease } = this
    await this.carrier.ask({ kind: 'open', redisUrl, ledger, lease })
  }

  async placeOrder(): Promise<void> {
    this.waiting += 1
    const order = this.mix.next()
    const placed = await this.desk.place(requestOf(order, null))
    this.mix.answered(order, placed.id, answerOf(placed))
  }

  /** Orders carried since it was asked last. */
  async carried(): Promise<number> {
    const carried = (await this.carrier?.ask({ kind: 'tell' })) ?? 0
    this.waiting -= carried
    return carried
  }

  /** The same after a moment. */
  async carriedSoon(): Promise<number> {
    await pause(EVERY)
    return this.carried()
  }

  /** Until everything that was placed is carried. */
  async carryAll(): Promise<void> {
    await this.carry()
    for (let looks = 0; this.waiting > 0 && looks < LOOKS; looks++) await this.carriedSoon()
    mustEqual('orders that were never carried', this.waiting, 0)
  }

  async checkLaws(): Promise<void> {
    await this.carryAll()
    const { desk, mix } = this
    checkUnits(this.before, await unitsHeld(desk), { reserved: mix.counts.granted, sold: 0 })
    const both = await desk.audit()
    if (both.comparedWithLedger !== true) throw new LawBroken('the ledger has not come to rest')
    mix.checkGrants(checkReport(both))
    const behind = new OrderDesk({ store: this.ledger.store, policy: POLICY })
    mix.checkGrants(checkReport(await behind.audit()))
  }

  async close(): Promise<void> {
    await this.carrier?.close()
    await this.desk.close()
    await this.ledger.close()
  }
}
