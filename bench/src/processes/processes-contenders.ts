import { setTimeout as pause } from 'node:timers/promises'
import { OrderDesk } from '@holdfast/core'
import type { Contender, Engine, Stand } from '../contender.js'
import { CALLERS, restock } from '../desk/desk-contender.js'
import { checkAudit, checkUnits, type UnitsHeld, unitsHeld } from '../desk/desk-laws.js'
import { POLICY } from '../desk/shop-desk.js'
import { mustEqual } from '../law-broken.js'
import { PLENTY } from '../shop/shop-schema.js'
import { openPlace, type Place } from '../stored/place.js'
import { SellingProcesses } from './selling-processes.js'

const PROCESSES = 5
/** How often it is asked how many orders were granted, ms. */
const EVERY = 100
const UNITS = 500
const BUYERS = 2_000

export interface ProcessesContender {
  readonly engine: Engine
  /** A place without a single order, for one turn. */
  readonly newPlace: () => Promise<Place>
}

/** Five processes sell one hot SKU, with as many callers together as one process has alone. */
export function fiveProcesses({ engine, newPlace }: ProcessesContender): Contender {
  const open = async (): Promise<Stand> => {
    const shop = await Shop.open(await newPlace())
    await restock(shop.desk, ['SKU-000000'], PLENTY)
    const before = await unitsHeld(shop.desk)
    let granted = 0
    return {
      callers: 1,
      latency: false,
      call: async () => {
        await pause(EVERY)
        const sold = await shop.processes.ask({ kind: 'sell' })
        granted += sold
        return sold
      },
      checkLaws: async () => {
        granted += await shop.processes.ask({ kind: 'stop' })
        await shop.check(before, granted)
      },
      close: () => shop.close(),
    }
  }
  return { engine, name: 'coalesced (five processes)', unit: 'orders/s', open }
}

/** 2,000 buyers want 500 units at once, in five processes: exactly 500 are sold, of one SKU after another. */
export function lastUnits({ engine, newPlace }: ProcessesContender): Contender {
  const open = async (): Promise<Stand> => {
    const shop = await Shop.open(await newPlace())
    let sales = 0
    return {
      callers: 1,
      latency: false,
      call: async () => {
        const sku = `LAST-${sales++}`
        await restock(shop.desk, [sku], UNITS)
        const sold = await shop.processes.ask({ kind: 'rush', sku, buyers: BUYERS / PROCESSES })
        mustEqual(`units of ${sku} sold`, sold, UNITS)
        return sold
      },
      checkLaws: async () => {
        const supplied = sales * UNITS
        await shop.check({ available: supplied, reserved: 0, sold: 0, supplied }, supplied)
      },
      close: () => shop.close(),
    }
  }
  return { engine, name: 'coalesced (500 units, five processes)', unit: 'orders/s', open }
}

/** A place, a desk of this process to look after it, and the processes that sell. */
class Shop {
  private constructor(
    readonly desk: OrderDesk,
    readonly processes: SellingProcesses,
    private readonly left: () => Promise<void>,
  ) {}

  static async open(place: Place): Promise<Shop> {
    const { store, close } = await openPlace(place)
    const processes = await SellingProcesses.open(place, PROCESSES, CALLERS / PROCESSES)
    return new Shop(new OrderDesk({ store, policy: POLICY }), processes, close)
  }

  async check(before: UnitsHeld, granted: number): Promise<void> {
    checkUnits(before, await unitsHeld(this.desk), { reserved: granted, sold: 0 })
    mustEqual('reservations', await checkAudit(this.desk), granted)
  }

  async close(): Promise<void> {
    await this.processes.close()
    await this.desk.close()
    await this.left()
  }
}
