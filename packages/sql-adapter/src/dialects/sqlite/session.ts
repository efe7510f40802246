import type { TableNames } from '../table-names.js'
import type { Changes, LoadedRows, Wanted } from '../work.js'
import { SqliteAccounts } from './accounts.js'
import { SqliteCarried } from './carried.js'
import type { SqliteConnection } from './connection.js'
import { SqliteCampaigns, SqliteCompensations } from './flows.js'
import { SqliteHistory } from './history.js'
import { SqliteMovements } from './movements.js'
import { SqliteOrders } from './orders.js'
import { SqliteOwed } from './owed.js'
import { SqlitePartitions } from './partitions.js'
import { RidingRows } from './riding-rows.js'
import { SqliteSubjects } from './subjects.js'

/** All prepared statements of one connection, by table. */
export class SqliteSession {
  readonly partitions: SqlitePartitions
  readonly accounts: SqliteAccounts
  readonly orders: SqliteOrders
  readonly subjects: SqliteSubjects
  readonly owed: SqliteOwed
  readonly movements: SqliteMovements
  readonly history: SqliteHistory
  readonly carried: SqliteCarried
  readonly campaigns: SqliteCampaigns
  readonly compensations: SqliteCompensations
  private readonly ridingRows: RidingRows

  constructor(connection: SqliteConnection, names: TableNames) {
    this.partitions = new SqlitePartitions(connection, names)
    this.accounts = new SqliteAccounts(connection, names)
    this.orders = new SqliteOrders(connection, names)
    this.subjects = new SqliteSubjects(connection, names)
    this.owed = new SqliteOwed(connection, names)
    this.movements = new SqliteMovements(connection, names)
    this.history = new SqliteHistory(connection, names)
    this.carried = new SqliteCarried(connection, names)
    this.campaigns = new SqliteCampaigns(connection, names)
    this.compensations = new SqliteCompensations(connection, names)
    this.ridingRows = new RidingRows(connection)
  }

  load(wanted: Wanted, now: number, rows: LoadedRows): void {
    const { orders, compensations } = this
    if (wanted.accounts !== undefined) this.accounts.load(wanted.accounts, rows)
    if (wanted.orders !== undefined) orders.load(wanted.orders, rows)
    if (wanted.subjects !== undefined) this.subjects.load(wanted.subjects, rows)
    if (wanted.movements !== undefined) this.movements.load(wanted.movements, rows)
    if (wanted.deadlines !== undefined) {
      orders.loadDeadlines(now, wanted.deadlines.passed, wanted.deadlines.ahead, rows)
    }
    if (wanted.deadlinesAt !== undefined) {
      orders.loadDeadlinesAt(wanted.deadlinesAt.at, wanted.deadlinesAt.limit, rows)
    }
    for (const { account, limit } of wanted.owed ?? []) {
      orders.load(this.owed.load(account, limit, rows), rows)
    }
    if (wanted.lapsed !== undefined) {
      orders.loadLapsed(wanted.lapsed.endedBefore, wanted.lapsed.limit, rows)
    }
    if (wanted.queued !== undefined) orders.loadQueued(now, wanted.queued.limit, rows)
    if (wanted.carried !== undefined) this.carried.load(wanted.carried, rows)
    if (wanted.campaigns !== undefined) this.campaigns.load(wanted.campaigns, rows)
    if (wanted.compensations !== undefined) compensations.load(wanted.compensations, rows)
    if (wanted.dueCompensations !== undefined) {
      compensations.loadDue(now, wanted.dueCompensations.limit, rows)
    }
  }

  /** Row by row, table by table: SQLite gains nothing by statements of several rows. The stock rows come last. */
  write(changes: Changes, now: number): void {
    const numbers = this.accounts.number(changes.accounts)
    this.ridingRows.write(changes.rows)
    this.orders.write(changes)
    this.subjects.write(changes.subjects)
    this.owed.write(changes.owed)
    this.movements.write(changes.movements, (account) => this.accounts.numberOf(account), now)
    this.history.write(changes.ledger, changes.events, numbers)
    this.carried.write(changes.carried)
    this.campaigns.write(changes.campaigns)
    this.compensations.write(changes.compensations, changes.compensationLeases)
    this.partitions.write(changes.partition)
    this.accounts.write(changes.accounts, numbers)
  }
}
