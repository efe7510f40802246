import type { AccountKey, StockAccountState } from '@holdfast/core/adapter'
import { accountOf, numberOf } from '../stored-rows.js'
import type { TableNames } from '../table-names.js'
import type { ChangedAccount, LoadedRows } from '../work.js'
import {
  BYTES,
  prepareWrite,
  Rows,
  type SqliteConnection,
  type SqliteStatement,
  textOf,
} from './connection.js'

const COUNTERS = 'available, reserved, sold, backordered, supplied, archived'
const CONFIGURATION = 'opens_at, closes_at, backorder_limit, config_version, version'
const COLUMNS = `number, ${textOf('sku')}, ${textOf('pool')}, ${COUNTERS}, ${CONFIGURATION}`

export class SqliteAccounts {
  private readonly byKey: Rows
  private readonly insert: SqliteStatement
  private readonly update: SqliteStatement
  private readonly listed: Rows
  private readonly listedOfSku: Rows
  private readonly listedFillable: Rows

  constructor(connection: SqliteConnection, { accounts }: TableNames) {
    this.byKey = new Rows(
      connection,
      `select ${COLUMNS} from ${accounts} where sku = ${BYTES} and pool = ${BYTES}`,
    )
    this.insert = prepareWrite(
      connection,
      `insert into ${accounts} (sku, pool, ${COUNTERS}, ${CONFIGURATION})
       values (${BYTES}, ${BYTES}, 0, 0, 0, 0, 0, 0, null, null, 0, 0, 0)`,
    )
    this.update = prepareWrite(
      connection,
      `update ${accounts}
       set available = ?, reserved = ?, sold = ?, backordered = ?, supplied = ?, archived = ?,
         opens_at = ?, closes_at = ?, backorder_limit = ?, config_version = ?, version = ?
       where number = ?`,
    )
    const after = `(sku, pool) > (${BYTES}, ${BYTES}) order by sku, pool limit ?`
    this.listed = new Rows(connection, `select ${COLUMNS} from ${accounts} where ${after}`)
    this.listedOfSku = new Rows(
      connection,
      `select ${COLUMNS} from ${accounts} where sku = ${BYTES} and ${after}`,
    )
    this.listedFillable = new Rows(
      connection,
      `select ${COLUMNS} from ${accounts} where backordered > 0 and available > 0 and ${after}`,
    )
  }

  load(keys: Iterable<AccountKey>, rows: LoadedRows): void {
    for (const { sku, pool } of keys) {
      const row = this.byKey.one(sku, pool)
      if (row !== undefined) rows.loadAccount(numberOf(row), accountOf(row))
    }
  }

  /** Inserts those that are new. Returns all their numbers, by the very keys of their states. */
  number(accounts: readonly ChangedAccount[]): ReadonlyMap<AccountKey, number> {
    const numbers = new Map<AccountKey, number>()
    for (const { number, state } of accounts) {
      const { sku, pool } = state.key
      numbers.set(state.key, number ?? Number(this.insert.run(sku, pool).lastInsertRowid))
    }
    return numbers
  }

  write(accounts: readonly ChangedAccount[], numbers: ReadonlyMap<AccountKey, number>): void {
    for (const { state } of accounts) {
      this.update.run(
        state.available,
        state.reserved,
        state.sold,
        state.backordered,
        state.supplied,
        state.archived,
        state.opensAt,
        state.closesAt,
        state.backorderLimit,
        state.configVersion,
        state.version,
        numbers.get(state.key),
      )
    }
  }

  /** The number of an account; `null` where there is none. */
  numberOf({ sku, pool }: AccountKey): number | null {
    const row = this.byKey.one(sku, pool)
    return row === undefined ? null : numberOf(row)
  }

  list(
    of: { readonly sku: string; readonly pool?: string } | undefined,
    after: AccountKey | null,
    limit: number,
    fillable: boolean,
  ): readonly StockAccountState[] {
    const { sku, pool } = after ?? { sku: '', pool: '' }
    if (fillable && of === undefined) return this.listedFillable.all(sku, pool, limit).map(accountOf)
    // Pools of a SKU are few.
    if (fillable) return this.list(of, after, -1, false).filter(isFillable).slice(0, limit)
    if (of === undefined) return this.listed.all(sku, pool, limit).map(accountOf)
    if (of.pool === undefined) return this.listedOfSku.all(of.sku, sku, pool, limit).map(accountOf)
    const row = after === null ? this.byKey.one(of.sku, of.pool) : undefined
    return row === undefined ? [] : [accountOf(row)]
  }

  /** Numbers and keys of a SKU's accounts. */
  ofSku(sku: string): readonly { readonly number: number; readonly key: AccountKey }[] {
    return this.listedOfSku
      .all(sku, '', '', -1)
      .map((row) => ({ number: numberOf(row), key: accountOf(row).key }))
  }
}

function isFillable({ backordered, available }: StockAccountState): boolean {
  return backordered > 0 && available > 0
}
