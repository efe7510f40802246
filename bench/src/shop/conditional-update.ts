import type { Knex } from 'knex'
import type { Answer } from '../load/order-mix.js'
import { claimUse, insertReservation, openGuard } from './conditional-upserts.js'
import { fingerprintOf, rowsOf, type ShopOrder } from './order-rows.js'
import { POOL } from './shop-schema.js'

/** Ends the transaction of an order that cannot be had. */
class Refused extends Error {
  constructor(readonly answer: Exclude<Answer, 'granted'>) {
    super(answer)
  }
}

/** The same rows without locks and reads: every write carries its own condition, the contended stock row comes last. */
export async function placeByConditionalUpdate(db: Knex, order: ShopOrder): Promise<Answer> {
  try {
    await db.transaction((trx) => writeOrder(trx, order, Date.now()))
    return 'granted'
  } catch (error) {
    if (error instanceof Refused) return error.answer
    throw error
  }
}

async function writeOrder(trx: Knex, order: ShopOrder, now: number): Promise<void> {
  const rows = rowsOf(order, now)
  if (!(await insertReservation(trx, rows.reservation))) throw new Refused(await replayOf(trx, order))
  await trx('reservation_lines').insert(rows.lines)
  for (const guard of rows.guards) {
    if (!(await openGuard(trx, guard, now))) throw new Refused('unpaid-order')
  }
  for (const use of rows.uses) {
    if (!(await claimUse(trx, use))) throw new Error(`${use.buyer} is past the limit of ${use.sku}`)
  }
  await trx('orders').insert(rows.order)
  await trx('ledger').insert(rows.ledger)
  await trx('outbox').insert(rows.outbox)
  for (const { sku, quantity } of order.lines) {
    const updated = await trx('stock_accounts')
      .where({ sku, pool: POOL })
      .where('available', '>=', quantity)
      .update({
        available: trx.raw('available - ?', [quantity]),
        reserved: trx.raw('reserved + ?', [quantity]),
      })
    if (updated === 0) throw new Refused('sold-out')
  }
}

async function replayOf(trx: Knex, { id, buyer, lines }: ShopOrder): Promise<'replayed'> {
  const seen = await trx('reservations').where({ id }).first('fingerprint')
  if (seen?.fingerprint !== fingerprintOf(buyer, lines))
    throw new Error(`order id ${id} is used by another order`)
  return 'replayed'
}
