import type { AccountKey } from '@holdfast/core/adapter'
import type { MovementRow } from '../dialect.js'
import { movementOf } from '../stored-rows.js'
import type { TableNames } from '../table-names.js'
import type { Changes, LoadedRows, Wanted } from '../work.js'
import {
  BYTES,
  prepareWrite,
  Rows,
  type SqliteConnection,
  type SqliteStatement,
  textOf,
} from './connection.js'

/** What the ids of movements stand for. */
export class SqliteMovements {
  private readonly byKey: Rows
  private readonly page: Rows
  private readonly insert: SqliteStatement

  constructor(connection: SqliteConnection, { movements, accounts }: TableNames) {
    const account = `(select number from ${accounts} where sku = ${BYTES} and pool = ${BYTES})`
    this.byKey = new Rows(
      connection,
      `select data from ${movements} where account = ${account} and movement = ${BYTES}`,
    )
    this.page = new Rows(
      connection,
      `select m.account, ${textOf('a.sku')}, ${textOf('a.pool')}, ${textOf('m.movement')}, m.data
       from ${movements} m join ${accounts} a on a.number = m.account
       where (m.account, m.movement) > (?, ${BYTES}) order by m.account, m.movement limit ?`,
    )
    this.insert = prepareWrite(
      connection,
      `insert into ${movements} (account, movement, data, at) values (?, ${BYTES}, ?, ?)`,
    )
  }

  load(wanted: NonNullable<Wanted['movements']>, rows: LoadedRows): void {
    for (const { account, movement } of wanted) {
      const row = this.byKey.one(account.sku, account.pool, movement)
      if (row !== undefined) rows.loadMovement(account, movement, row[0] as string)
    }
  }

  list(account: number, movement: string, limit: number): readonly MovementRow[] {
    return this.page.all(account, movement, limit).map(movementOf)
  }

  write(added: Changes['movements'], numberOf: (account: AccountKey) => number | null, now: number): void {
    for (const { account, movement, data } of added) {
      this.insert.run(numberOf(account), movement, data, now)
    }
  }
}
