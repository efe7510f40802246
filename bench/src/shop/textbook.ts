import type { Knex } from 'knex'
import type { Answer } from '../load/order-mix.js'
import { fingerprintOf, MAX_EACH, RULE, rowsOf, type ShopOrder } from './order-rows.js'
import { POOL } from './shop-schema.js'

type Refused = Exclude<Answer, 'granted'>

/** What a good shop writes: lock the stock rows, look at everything, then write everything; one transaction an order. */
export async function placeByTextbook(db: Knex, order: ShopOrder): Promise<Answer> {
  return db.transaction(async (trx) => {
    const now = Date.now()
    const refused = await whyNot(trx, order, now)
    if (refused !== null) return refused
    await writeOrder(trx, order, now)
    return 'granted'
  })
}

async function whyNot(trx: Knex, { id, buyer, lines }: ShopOrder, now: number): Promise<Refused | null> {
  const skus = lines.map(({ sku }) => sku)
  // Engines that lock rows do so in the order of the keys; SQLite's knex leaves `for update` out.
  const accounts = await trx('stock_accounts')
    .where({ pool: POOL })
    .whereIn('sku', skus)
    .orderBy('sku')
    .forUpdate()
    .select('sku', 'available')
  const seen = await trx('reservations').where({ id }).first('fingerprint')
  if (seen !== undefined) {
    if (seen.fingerprint !== fingerprintOf(buyer, lines))
      throw new Error(`order id ${id} is used by another order`)
    return 'replayed'
  }
  const uses = await trx('limit_uses').where({ rule: RULE, buyer }).whereIn('sku', skus).select('sku', 'used')
  const guard = await trx('unpaid_guards')
    .where({ buyer })
    .whereIn('sku', skus)
    .where('expires_at', '>', now)
    .first('sku')
  if (guard !== undefined) return 'unpaid-order'
  for (const { sku, quantity } of lines) {
    const used = Number(uses.find((use) => use.sku === sku)?.used ?? 0)
    if (used + quantity > MAX_EACH) throw new Error(`${buyer} is past the limit of ${sku}`)
    const available = Number(accounts.find((account) => account.sku === sku)?.available ?? 0)
    if (available < quantity) return 'sold-out'
  }
  return null
}

async function writeOrder(trx: Knex, order: ShopOrder, now: number): Promise<void> {
  const rows = rowsOf(order, now)
  for (const { sku, quantity } of order.lines) {
    await trx('stock_accounts')
      .where({ sku, pool: POOL })
      .update({
        available: trx.raw('available - ?', [quantity]),
        reserved: trx.raw('reserved + ?', [quantity]),
      })
  }
  await trx('reservations').insert(rows.reservation)
  await trx('reservation_lines').insert(rows.lines)
  for (const use of rows.uses) {
    await trx('limit_uses')
      .insert(use)
      .onConflict(['rule', 'buyer', 'sku'])
      .merge({ used: trx.raw('limit_uses.used + ?', [use.used]) })
  }
  await trx('unpaid_guards').insert(rows.guards).onConflict(['buyer', 'sku']).merge()
  await trx('orders').insert(rows.order)
  await trx('ledger').insert(rows.ledger)
  await trx('outbox').insert(rows.outbox)
}
