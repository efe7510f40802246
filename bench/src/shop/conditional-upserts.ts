import type { Knex } from 'knex'
import { MAX_EACH, type rowsOf } from './order-rows.js'

type Rows = ReturnType<typeof rowsOf>

/** Inserts it unless the id is there; answers whether it did. */
export function insertReservation(trx: Knex, reservation: Rows['reservation']): Promise<boolean> {
  const insert = trx('reservations').insert(reservation).onConflict('id').ignore()
  return changesARow(trx, insert, 'id')
}

/** Opens it unless another order holds it that is not due; answers whether it did. */
export function openGuard(trx: Knex, guard: Rows['guards'][number], now: number): Promise<boolean> {
  const insert = trx('unpaid_guards').insert(guard).onConflict(['buyer', 'sku'])
  if (!isMysql(trx)) {
    return changesARow(trx, insert.merge().where('unpaid_guards.expires_at', '<=', now), 'sku')
  }
  // MySQL knows no condition of an upsert. Assignments are made in order: the deadline that decides is set last.
  const whenDue = (column: string) => trx.raw('if(expires_at <= ?, values(??), ??)', [now, column, column])
  const set = { reservation_id: whenDue('reservation_id'), expires_at: whenDue('expires_at') }
  return changesARow(trx, insert.merge(set), 'sku')
}

/** Counts it unless that would be past the limit; answers whether it did. */
export function claimUse(trx: Knex, use: Rows['uses'][number]): Promise<boolean> {
  const insert = trx('limit_uses').insert(use).onConflict(['rule', 'buyer', 'sku'])
  if (!isMysql(trx)) {
    const added = insert.merge({ used: trx.raw('limit_uses.used + ?', [use.used]) })
    return changesARow(trx, added.whereRaw('limit_uses.used + ? <= ?', [use.used, MAX_EACH]), 'used')
  }
  const used = trx.raw('if(used + ? <= ?, used + ?, used)', [use.used, MAX_EACH, use.used])
  return changesARow(trx, insert.merge({ used }), 'used')
}

/**
 * Whether a statement inserts or changes a row. MySQL tells so by the count of rows affected, on connections without the
 * flag FOUND_ROWS: with it a row that stays as it was counts like one that was inserted.
 */
async function changesARow(trx: Knex, upsert: Knex.QueryBuilder, returned: string): Promise<boolean> {
  if (!isMysql(trx)) return ((await upsert.returning(returned)) as readonly unknown[]).length > 0
  const { sql, bindings } = upsert.toSQL().toNative()
  const [{ affectedRows }] = (await trx.raw(sql, bindings as Knex.RawBinding[])) as [
    { readonly affectedRows: number },
  ]
  return affectedRows > 0
}

function isMysql(trx: Knex): boolean {
  return (trx.client as { readonly driverName: string }).driverName === 'mysql2'
}
