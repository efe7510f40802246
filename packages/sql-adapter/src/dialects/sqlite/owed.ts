import type { AccountKey } from '@holdfast/core/adapter'
import { safeInteger } from '../../rows/safe-integer.js'
import type { OwedRow } from '../dialect.js'
import { owedOf } from '../stored-rows.js'
import type { TableNames } from '../table-names.js'
import type { ChangedOwed, LoadedRows } from '../work.js'
import {
  BYTES,
  prepareWrite,
  Rows,
  type SqliteConnection,
  type SqliteStatement,
  textOf,
} from './connection.js'

/** Who is owed units past stock. */
export class SqliteOwed {
  private readonly longest: Rows
  private readonly page: Rows
  private readonly put: SqliteStatement
  private readonly remove: SqliteStatement

  constructor(connection: SqliteConnection, { owed, accounts }: TableNames) {
    const account = `(select number from ${accounts} where sku = ${BYTES} and pool = ${BYTES})`
    this.longest = new Rows(
      connection,
      `select ${textOf('id')}, position from ${owed} where account = ${account} order by position limit ?`,
    )
    this.page = new Rows(
      connection,
      `select o.account, ${textOf('a.sku')}, ${textOf('a.pool')}, ${textOf('o.id')}, o.position
       from ${owed} o join ${accounts} a on a.number = o.account
       where (o.account, o.id) > (?, ${BYTES}) order by o.account, o.id limit ?`,
    )
    this.put = prepareWrite(
      connection,
      `insert into ${owed} (account, id, position) values (${account}, ${BYTES}, ?)
       on conflict (account, id) do update set position = excluded.position`,
    )
    this.remove = prepareWrite(connection, `delete from ${owed} where account = ${account} and id = ${BYTES}`)
  }

  /** Returns the ids, so that their orders can be loaded. */
  load(account: AccountKey, limit: number, rows: LoadedRows): readonly string[] {
    return this.longest.all(account.sku, account.pool, limit).map(([id, position]) => {
      rows.loadOwed(account, id as string, safeInteger(position, 'position'))
      return id as string
    })
  }

  list(account: number, id: string, limit: number): readonly OwedRow[] {
    return this.page.all(account, id, limit).map(owedOf)
  }

  write(changed: readonly ChangedOwed[]): void {
    for (const { account, id, position } of changed) {
      if (position === null) this.remove.run(account.sku, account.pool, id)
      else this.put.run(account.sku, account.pool, id, position)
    }
  }
}
