import type { CampaignState, CompensationState } from '@holdfast/core/adapter'
import { safeInteger } from '../../rows/safe-integer.js'
import type { Numbered } from '../dialect.js'
import type { TableNames } from '../table-names.js'
import type { Changes, LoadedRows } from '../work.js'
import {
  BYTES,
  prepareWrite,
  type Row,
  Rows,
  type SqliteConnection,
  type SqliteStatement,
} from './connection.js'

/** Campaigns: few and small, their state as JSON. */
export class SqliteCampaigns {
  private readonly byId: Rows
  private readonly listed: Rows
  private readonly insert: SqliteStatement
  private readonly update: SqliteStatement

  constructor(connection: SqliteConnection, { campaigns }: TableNames) {
    this.byId = new Rows(connection, `select number, state from ${campaigns} where id = ${BYTES}`)
    this.listed = new Rows(
      connection,
      `select number, state from ${campaigns} where number > ? order by number limit ?`,
    )
    this.insert = prepareWrite(
      connection,
      `insert into ${campaigns} (status, version, state, id) values (?, ?, ?, ${BYTES})`,
    )
    this.update = prepareWrite(
      connection,
      `update ${campaigns} set status = ?, version = ?, state = ? where id = ${BYTES}`,
    )
  }

  load(ids: Iterable<string>, rows: LoadedRows): void {
    for (const id of ids) {
      const row = this.byId.one(id)
      if (row !== undefined) rows.loadCampaign(decode<CampaignState>(row).state)
    }
  }

  write(campaigns: Changes['campaigns']): void {
    for (const { stored, state } of campaigns) {
      const statement = stored ? this.update : this.insert
      statement.run(state.status, state.version, JSON.stringify(state), state.id)
    }
  }

  list(after: number, limit: number): readonly Numbered<CampaignState>[] {
    return this.listed.all(after, limit).map(decode<CampaignState>)
  }
}

/** Compensations: those that are not done are found by their status. */
export class SqliteCompensations {
  private readonly byId: Rows
  private readonly due: Rows
  private readonly listed: Rows
  private readonly open: Rows
  private readonly done: Rows
  private readonly insert: SqliteStatement
  private readonly update: SqliteStatement
  private readonly lease: SqliteStatement

  constructor(connection: SqliteConnection, { compensations }: TableNames) {
    const select = (rest: string) =>
      new Rows(connection, `select number, state from ${compensations} where ${rest}`)
    this.byId = select(`id = ${BYTES}`)
    this.due = select(
      `status <> 'done' and status = 'required' and next_attempt_at <= ?
       and (leased_until is null or leased_until <= ?) order by number limit ?`,
    )
    this.listed = select('number > ? order by number limit ?')
    this.open = select(`status <> 'done' and status = ? and number > ? order by number limit ?`)
    this.done = select(`status = 'done' and number > ? order by number limit ?`)
    this.insert = prepareWrite(
      connection,
      `insert into ${compensations} (status, version, next_attempt_at, state, id) values (?, ?, ?, ?, ${BYTES})`,
    )
    this.update = prepareWrite(
      connection,
      `update ${compensations} set status = ?, version = ?, next_attempt_at = ?, state = ?, leased_until = null
       where id = ${BYTES}`,
    )
    this.lease = prepareWrite(connection, `update ${compensations} set leased_until = ? where id = ${BYTES}`)
  }

  load(orders: Iterable<string>, rows: LoadedRows): void {
    for (const order of orders) {
      const row = this.byId.one(order)
      if (row !== undefined) rows.loadCompensation(decode<CompensationState>(row).state)
    }
  }

  loadDue(now: number, limit: number, rows: LoadedRows): void {
    for (const row of this.due.all(now, now, limit)) {
      const { state } = decode<CompensationState>(row)
      rows.loadCompensation(state)
      rows.loadDueCompensation(state.order)
    }
  }

  write(compensations: Changes['compensations'], leases: Changes['compensationLeases']): void {
    for (const { stored, state } of compensations) {
      const next = state.status === 'required' ? state.nextAttemptAt : null
      const statement = stored ? this.update : this.insert
      statement.run(state.status, state.version, next, JSON.stringify(state), state.order)
    }
    for (const { order, until } of leases) this.lease.run(until, order)
  }

  list(
    status: CompensationState['status'] | undefined,
    after: number,
    limit: number,
  ): readonly Numbered<CompensationState>[] {
    if (status === undefined) return this.listed.all(after, limit).map(decode<CompensationState>)
    const rows = status === 'done' ? this.done.all(after, limit) : this.open.all(status, after, limit)
    return rows.map(decode<CompensationState>)
  }
}

function decode<State>(row: Row): Numbered<State> {
  return { number: safeInteger(row[0], 'number'), state: JSON.parse(row[1] as string) as State }
}
