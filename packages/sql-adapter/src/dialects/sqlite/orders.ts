import type { OrderStatus } from '@holdfast/core/adapter'
import type { OrderRow, StoredOrderRow } from '../../rows/order-row.js'
import { safeInteger } from '../../rows/safe-integer.js'
import { orderOf } from '../stored-rows.js'
import type { TableNames } from '../table-names.js'
import type { Changes, LoadedRows } from '../work.js'
import {
  BYTES,
  prepareWrite,
  Rows,
  type SqliteConnection,
  type SqliteStatement,
  textOf,
} from './connection.js'

const COLUMNS = `o.number, ${textOf('o.id')}, o.status, o.version, o.order_status, o.order_version, o.created_at,
  o.reserved_at, o.due_at, o.ended_at, o.queued, o.claims, o.ending, o.request`
const AWAITING = 'awaiting-payment'

/** Reservations with their orders. */
export class SqliteOrders {
  private readonly byId: Rows
  private readonly byIds: Rows
  private readonly passed: Rows
  private readonly ahead: Rows
  private readonly deadlinesAt: Rows
  private readonly lapsed: Rows
  private readonly queued: Rows
  private readonly reservations: Rows
  private readonly orders: Rows
  private readonly awaiting: Rows
  private readonly ofStatus: Rows
  private readonly insertGrant: SqliteStatement
  private readonly insert: SqliteStatement
  private readonly update: SqliteStatement
  private readonly updateClaims: SqliteStatement
  private readonly remove: SqliteStatement
  private readonly lease: SqliteStatement

  constructor(connection: SqliteConnection, { orders }: TableNames) {
    const select = (rest: string) => new Rows(connection, `select ${COLUMNS} from ${orders} o ${rest}`)
    const write = (sql: string) => prepareWrite(connection, sql)
    this.byId = select(`where o.id = ${BYTES}`)
    this.byIds = new Rows(
      connection,
      `select ${COLUMNS} from json_each(?) asked cross join ${orders} o on o.id = cast(asked.value as blob)`,
    )
    const deadlines = (rest: string) =>
      new Rows(connection, `select ${textOf('id')}, due_at from ${orders} ${rest}`)
    this.passed = deadlines('where due_at is not null and due_at <= ? order by due_at limit ?')
    this.ahead = deadlines('where due_at is not null and due_at > ? order by due_at limit ?')
    this.deadlinesAt = deadlines('where due_at = ? order by id limit ?')
    this.lapsed = select('where o.ended_at is not null and o.ended_at <= ? order by o.ended_at limit ?')
    this.queued = select(
      `where o.queued is not null and (o.leased_until is null or o.leased_until <= ?)
       order by o.queued limit ?`,
    )
    this.reservations = select('where o.number > ? and o.status is not null order by o.number limit ?')
    this.orders = select('where o.number > ? and o.order_status is not null order by o.number limit ?')
    this.awaiting = select(
      `where o.due_at is not null and o.order_status = '${AWAITING}' and (o.due_at, o.number) > (?, ?)
       order by o.due_at, o.number limit ?`,
    )
    this.ofStatus = select(
      `where o.order_status <> '${AWAITING}' and o.order_status = ? and o.number > ? order by o.number limit ?`,
    )
    this.insertGrant = write(
      `insert into ${orders} (id, status, version, order_status, order_version, created_at, reserved_at, due_at, claims)
       values (${BYTES}, ?, 1, '${AWAITING}', 1, ?, ?, ?, ?)`,
    )
    this.insert = write(
      `insert into ${orders} (id, status, version, order_status, order_version, created_at, reserved_at, due_at,
         ended_at, queued, ending, request, claims)
       values (${BYTES}, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    const set = `update ${orders} set status = ?, version = ?, order_status = ?, order_version = ?, created_at = ?,
      reserved_at = ?, due_at = ?, ended_at = ?, queued = ?, ending = ?, request = ?, leased_until = null`
    this.update = write(`${set} where number = ?`)
    this.updateClaims = write(`${set}, claims = ? where number = ?`)
    this.remove = write(`delete from ${orders} where number = ?`)
    this.lease = write(`update ${orders} set leased_until = ? where id = ${BYTES}`)
  }

  load(ids: Iterable<string>, rows: LoadedRows): void {
    const list = [...ids]
    if (list.length === 0) return
    const asked = JSON.stringify(list)
    // SQLite's JSON ends a string at a NUL.
    if (list.length > 2 && !asked.includes('\\u0000')) {
      for (const row of this.byIds.all(asked)) rows.loadOrder(orderOf(row))
      return
    }
    for (const id of list) {
      const row = this.byId.one(id)
      if (row !== undefined) rows.loadOrder(orderOf(row))
    }
  }

  loadDeadlines(now: number, passed: number, ahead: number, rows: LoadedRows): void {
    loadEach(this.passed.all(now, passed), rows)
    loadEach(this.ahead.all(now, ahead), rows)
  }

  loadDeadlinesAt(at: number, limit: number, rows: LoadedRows): void {
    loadEach(this.deadlinesAt.all(at, limit), rows)
  }

  loadLapsed(endedBefore: number, limit: number, rows: LoadedRows): void {
    for (const row of this.lapsed.all(endedBefore, limit)) {
      const order = orderOf(row)
      rows.loadOrder(order)
      rows.loadLapsed(order.id)
    }
  }

  loadQueued(now: number, limit: number, rows: LoadedRows): void {
    for (const row of this.queued.all(now, limit)) {
      const order = orderOf(row)
      rows.loadOrder(order)
      rows.loadQueued(order.id)
    }
  }

  write({ grants, orders, lapsed, leases }: Changes): void {
    for (const { id, status, createdAt, reservedAt, dueAt, claims } of grants) {
      this.insertGrant.run(id, status, createdAt, reservedAt, dueAt, claims)
    }
    for (const { number, row, hasNewClaims } of orders) {
      if (number === null) this.insert.run(row.id, ...changing(row), row.claims)
      else if (hasNewClaims) this.updateClaims.run(...changing(row), row.claims, number)
      else this.update.run(...changing(row), number)
    }
    for (const number of lapsed) this.remove.run(number)
    for (const { id, until } of leases) this.lease.run(until, id)
  }

  listReservations(after: number, limit: number): readonly StoredOrderRow[] {
    return this.reservations.all(after, limit).map(orderOf)
  }

  listOrders(after: number, limit: number): readonly StoredOrderRow[] {
    return this.orders.all(after, limit).map(orderOf)
  }

  listOrdersAwaiting(dueAt: number, number: number, limit: number): readonly StoredOrderRow[] {
    return this.awaiting.all(dueAt, number, limit).map(orderOf)
  }

  listOrdersOfStatus(status: OrderStatus, after: number, limit: number): readonly StoredOrderRow[] {
    return this.ofStatus.all(status, after, limit).map(orderOf)
  }
}

function loadEach(deadlines: readonly (readonly unknown[])[], rows: LoadedRows): void {
  for (const [id, dueAt] of deadlines) rows.loadDeadline(id as string, safeInteger(dueAt, 'due_at'))
}

function changing(row: OrderRow) {
  return [
    row.status,
    row.version,
    row.orderStatus,
    row.orderVersion,
    row.createdAt,
    row.reservedAt,
    row.dueAt,
    row.endedAt,
    row.queued,
    row.ending,
    row.request,
  ] as const
}
