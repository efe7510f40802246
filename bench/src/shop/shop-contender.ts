import type { Knex } from 'knex'
import { v7 as timeOrderedId } from 'uuid'
import type { Contender, Engine, Stand } from '../contender.js'
import { type Answer, type MixOptions, OrderMix } from '../load/order-mix.js'
import type { ShopOrder } from './order-rows.js'
import { checkShopLaws } from './shop-laws.js'
import { createShopTables, PLENTY, stockUp } from './shop-schema.js'

/** Ten people at the checkout, as many as a usual connection pool serves. */
const CALLERS = 10

export interface ShopContender {
  readonly engine: Engine
  readonly name: string
  readonly mix: MixOptions
  /** 10 if absent. */
  readonly callers?: number
  /** An empty database. */
  readonly connect: () => Promise<Knex>
  readonly place: (db: Knex, order: ShopOrder) => Promise<Answer>
}

/** A contender that keeps stock in tables of its own, without Holdfast. */
export function shopContender(shop: ShopContender): Contender {
  const { engine, name, mix: options, callers = CALLERS, connect, place } = shop
  const open = async (): Promise<Stand> => {
    const db = await connect()
    const mix = new OrderMix(options)
    await createShopTables(db)
    await stockUp(db, mix.skus, PLENTY)
    return {
      callers,
      // Time-ordered ids are the kindest to every index, so the yardstick has them too.
      call: async () => {
        const order = mix.next()
        const id = order.id ?? timeOrderedId()
        const answer = await place(db, { id, buyer: order.buyer, lines: order.lines })
        mix.answered(order, id, answer)
        return answer === 'granted' ? 1 : 0
      },
      checkLaws: () => checkShopLaws(db, mix),
      close: () => db.destroy(),
    }
  }
  return { engine, name, unit: 'orders/s', open }
}
