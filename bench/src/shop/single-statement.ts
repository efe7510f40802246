import type { Knex } from 'knex'
import type { Answer } from '../load/order-mix.js'
import { fingerprintOf, MAX_EACH, rowsOf, type ShopOrder } from './order-rows.js'
import { POOL } from './shop-schema.js'

/** SQLSTATEs of a division by zero, by which the statement says that something was not to be had, and of an id taken. */
const FELL_SHORT: readonly unknown[] = ['22012', '23505']

/**
 * The same rows in one statement of PostgreSQL, which is its own transaction: one round trip an order. Whatever falls
 * short fails it as a whole; only then it is asked why.
 */
export async function placeInOneStatement(db: Knex, order: ShopOrder): Promise<Answer> {
  const now = Date.now()
  const { sql, bindings } = statementFor(order, now)
  try {
    await db.raw(sql, bindings)
    return 'granted'
  } catch (error) {
    if (error instanceof Error && 'code' in error && FELL_SHORT.includes(error.code))
      return whyNot(db, order, now)
    throw error
  }
}

interface Statement {
  readonly sql: string
  readonly bindings: readonly Knex.RawBinding[]
}

/** Each step is done before the contended stock rows are locked, which thereby are held the shortest. */
function statementFor(order: ShopOrder, now: number): Statement {
  const rows = rowsOf(order, now)
  const steps = [
    insert('reservations', [rows.reservation], 'on conflict do nothing'),
    insert('reservation_lines', rows.lines),
    insert('unpaid_guards', rows.guards, GUARD_WHEN_DUE, now),
    insert('limit_uses', rows.uses, USE_WITHIN_LIMIT, MAX_EACH),
    insert('orders', [rows.order]),
    insert('ledger', rows.ledger),
    insert('outbox', [rows.outbox]),
  ]
  const count = order.lines.length
  const written = steps.map((_, index) => `(select count(*) from s${index})`).join(' + ')
  const lines = order.lines.map(() => '(?::text, ?::bigint)').join(', ')
  const sql = `with ${steps.map((step, index) => `s${index} as (${step.sql})`).join(', ')},
    written as (select ${written} as rows),
    wanted as (select * from (values ${lines}) v(sku, quantity), written where written.rows = 3 + 4 * ${count}),
    locked as (
      select a.sku, w.quantity from stock_accounts a join wanted w on w.sku = a.sku
      where a.pool = '${POOL}' and a.available >= w.quantity order by a.sku for update of a
    ),
    stock as (
      update stock_accounts a set available = a.available - l.quantity, reserved = a.reserved + l.quantity
      from locked l where a.sku = l.sku and a.pool = '${POOL}' returning 1
    )
    select 1 / (case when (select count(*) from stock) = ${count} then 1 else 0 end)`
  const units = order.lines.flatMap(({ sku, quantity }) => [sku, quantity])
  return { sql, bindings: [...steps.flatMap(({ bindings }) => bindings), ...units] }
}

const GUARD_WHEN_DUE = `on conflict (buyer, sku) do update
  set reservation_id = excluded.reservation_id, expires_at = excluded.expires_at
  where unpaid_guards.expires_at <= ?`
const USE_WITHIN_LIMIT = `on conflict (rule, buyer, sku) do update set used = limit_uses.used + excluded.used
  where limit_uses.used + excluded.used <= ?`

function insert(
  table: string,
  rows: readonly Readonly<Record<string, Knex.RawBinding | null>>[],
  onConflict = '',
  ...more: readonly number[]
): Statement {
  const columns = Object.keys(rows[0] ?? {})
  const tuple = `(${columns.map(() => '?').join(', ')})`
  return {
    sql: `insert into ${table} (${columns.join(', ')}) values ${rows.map(() => tuple).join(', ')}
      ${onConflict} returning 1`,
    bindings: [...rows.flatMap((row) => Object.values(row)), ...more] as Knex.RawBinding[],
  }
}

async function whyNot(db: Knex, { id, buyer, lines }: ShopOrder, now: number): Promise<Answer> {
  const seen = await db('reservations').where({ id }).first('fingerprint')
  if (seen !== undefined) {
    if (seen.fingerprint === fingerprintOf(buyer, lines)) return 'replayed'
    throw new Error(`order id ${id} is used by another order`)
  }
  const skus = lines.map(({ sku }) => sku)
  const guard = await db('unpaid_guards')
    .where({ buyer })
    .whereIn('sku', skus)
    .where('expires_at', '>', now)
    .first('sku')
  return guard === undefined ? 'sold-out' : 'unpaid-order'
}
