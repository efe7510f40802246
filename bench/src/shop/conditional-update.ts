import type { Knex } from 'knex'
import type { Answer } from '../load/order-mix.js'
import { fingerprintOf, MAX_EACH, rowsOf, type ShopOrder } from './order-rows.js'
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
  const inserted = await trx('reservations')
    .insert(rows.reservation)
    .onConflict('id')
    .ignore()
    .returning('id')
  if (inserted.length === 0) throw new Refused(await replayOf(trx, order))
  await trx('reservation_lines').insert(rows.lines)
  await openGuards(trx, rows.guards, now)
  for (const use of rows.uses) await claimUse(trx, use)
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

async function openGuards(
  trx: Knex,
  guards: ReturnType<typeof rowsOf>['guards'],
  now: number,
): Promise<void> {
  const opened = await trx('unpaid_guards')
    .insert(guards)
    .onConflict(['buyer', 'sku'])
    .merge()
    .where('unpaid_guards.expires_at', '<=', now)
    .returning('sku')
  if (opened.length < guards.length) throw new Refused('unpaid-order')
}

async function claimUse(trx: Knex, use: ReturnType<typeof rowsOf>['uses'][number]): Promise<void> {
  const claimed = await trx('limit_uses')
    .insert(use)
    .onConflict(['rule', 'buyer', 'sku'])
    .merge({ used: trx.raw('limit_uses.used + ?', [use.used]) })
    .whereRaw('limit_uses.used + ? <= ?', [use.used, MAX_EACH])
    .returning('used')
  if (claimed.length === 0) throw new Error(`${use.buyer} is past the limit of ${use.sku}`)
}
