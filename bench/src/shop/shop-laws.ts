import type { Knex } from 'knex'
import { mustEqual } from '../law-broken.js'
import type { OrderMix } from '../load/order-mix.js'
import { MAX_EACH } from './order-rows.js'

/** Conservation, row by row, and as many orders as were answered `granted`. */
export async function checkShopLaws(db: Knex, mix: OrderMix): Promise<void> {
  const one = async (sql: string) => {
    const [row] = await db.select<{ readonly figure: unknown }[]>(db.raw(`${sql} as figure`))
    return Number(row?.figure ?? 0)
  }
  const rows = (table: string) => one(`(select count(*) from ${table})`)
  mix.checkGrants(await rows('orders'))
  const lines = await rows('reservation_lines')
  mustEqual('reservations', await rows('reservations'), await rows('orders'))
  mustEqual('outbox rows', await rows('outbox'), await rows('orders'))
  mustEqual('ledger rows', await rows('ledger'), lines)
  mustEqual('open guards', await rows('unpaid_guards'), lines)
  mustEqual(
    'uses of limits',
    await one('(select sum(used) from limit_uses)'),
    await one('(select sum(quantity) from reservation_lines)'),
  )
  mustEqual(
    'counters past their limit',
    await one(`(select count(*) from limit_uses where used > ${MAX_EACH})`),
    0,
  )
  mustEqual('accounts whose units do not add up', await one(UNBALANCED), 0)
  mustEqual(
    'accounts that differ from their lines',
    await one(differsFrom('reservation_lines', 'quantity')),
    0,
  )
  mustEqual('accounts that differ from the ledger', await one(differsFrom('ledger', 'reserved')), 0)
}

const UNBALANCED = `(select count(*) from stock_accounts
  where available + reserved + sold <> supplied or available < 0 or reserved < 0 or sold < 0)`

function differsFrom(table: string, column: string): string {
  return `(select count(*) from stock_accounts a left join
    (select sku, pool, sum(${column}) as taken from ${table} group by sku, pool) t on t.sku = a.sku and t.pool = a.pool
    where a.reserved <> coalesce(t.taken, 0))`
}
