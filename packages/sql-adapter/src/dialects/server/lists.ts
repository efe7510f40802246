import type {
  AccountKey,
  CampaignState,
  CompensationState,
  OrderStatus,
  StockAccountState,
} from '@holdfast/core/adapter'
import type { EventRow } from '../../rows/event-row.js'
import type { StoredOrderRow } from '../../rows/order-row.js'
import { safeInteger } from '../../rows/safe-integer.js'
import { type KindOfRecord, likeOfKind } from '../../rows/subject-row.js'
import type { Lists, MovementRow, Numbered, NumberedEntry, OwedRow, StoredSubject } from '../dialect.js'
import { accountOf, entryOf, eventOf, movementOf, orderOf, owedOf } from '../stored-rows.js'
import type { Setting } from './attempt.js'
import { bytes, type Column, integer, type Row, text } from './column.js'
import type { Engine } from './engine.js'
import { bytesOf } from './loading.js'
import type { Asked, Found } from './question.js'
import { ACCOUNT, ENTRY, EVENT, FLOW, flowOf, ORDER, SUBJECT } from './tables.js'

type Parameter = Found['parameters'][number]
const AWAITING = `'awaiting-payment'`

/** Pages of one connection. */
export class ServerLists implements Lists {
  constructor(
    private readonly engine: Engine,
    private readonly setting: Setting,
  ) {}

  async now(): Promise<number> {
    const { server, virtual, time } = this.setting
    if (virtual !== undefined) return virtual.now()
    const [row] = await this.engine.query(`select ${server.now} as now`, [])
    return time.read(safeInteger(row?.[0], 'now'))
  }

  async accounts(
    of: { readonly sku: string; readonly pool?: string } | undefined,
    after: AccountKey | null,
    limit: number,
    fillable: boolean,
  ): Promise<readonly StockAccountState[]> {
    const { sku, pool } = after ?? { sku: '', pool: '' }
    const conditions = [behind('sku', 'pool')]
    const parameters: Parameter[] = [bytesOf(sku), bytesOf(sku), bytesOf(pool)]
    if (fillable) conditions.push('backordered > 0 and available > 0')
    if (of !== undefined) {
      conditions.push('sku = ?')
      parameters.push(bytesOf(of.sku))
    }
    if (of?.pool !== undefined) {
      conditions.push('pool = ?')
      parameters.push(bytesOf(of.pool))
    }
    const rest = `where ${conditions.join(' and ')} order by sku, pool limit ?`
    return (await this.rows(ACCOUNT, this.setting.names.accounts, rest, ...parameters, limit)).map(accountOf)
  }

  reservations(after: number, limit: number): Promise<readonly StoredOrderRow[]> {
    return this.ordersWhere('number > ? and status is not null order by number limit ?', after, limit)
  }

  orders(after: number, limit: number): Promise<readonly StoredOrderRow[]> {
    return this.ordersWhere('number > ? and order_status is not null order by number limit ?', after, limit)
  }

  ordersAwaiting(afterDue: number, after: number, limit: number): Promise<readonly StoredOrderRow[]> {
    return this.ordersWhere(
      `due_at is not null and order_status = ${AWAITING} and ${behind('due_at', 'number')}
       order by due_at, number limit ?`,
      ...[afterDue, afterDue, after, limit],
    )
  }

  ordersOfStatus(status: OrderStatus, after: number, limit: number): Promise<readonly StoredOrderRow[]> {
    return this.ordersWhere(
      `order_status <> ${AWAITING} and order_status = ? and number > ? order by number limit ?`,
      ...[status, after, limit],
    )
  }

  async subjects(kind: KindOfRecord, from: string, limit: number): Promise<readonly StoredSubject[]> {
    const rest = 'where subject >= ? and records like ? order by subject limit ?'
    const parameters = [bytesOf(from), likeOfKind(kind), limit]
    const rows = await this.rows(SUBJECT, this.setting.names.subjects, rest, ...parameters)
    return rows.map(([subject, records]) => ({ subject: subject as string, records: records as string }))
  }

  async events(after: number, limit: number): Promise<readonly EventRow[]> {
    const rest = `where seq > ? and aggregatetype in ('reservation', 'stock-account') order by seq limit ?`
    return (await this.rows(EVENT, this.setting.names.outbox, rest, after, limit)).map(eventOf)
  }

  async ledger(
    of: { readonly sku: string; readonly pool?: string } | undefined,
    after: number,
    limit: number,
  ): Promise<readonly NumberedEntry[]> {
    const { accounts, ledger } = this.setting.names
    const columns: Asked[] = [
      ...ENTRY.map((column) => ({ ...column, sql: `l.${column.name}` })),
      { ...bytes('sku'), sql: 'a.sku' },
      { ...bytes('pool'), sql: 'a.pool' },
    ]
    // A left join begins with its left table: MariaDB would begin with the accounts, and sort all entries for each page.
    const table = `${ledger} l left join ${accounts} a on a.number = l.account`
    // Entries of an account that was deleted are left out, in words by which it stays a left join.
    const hasAccount = 'coalesce(a.number, 0) > 0'
    if (of === undefined) {
      const rest = `where l.seq > ? and ${hasAccount} order by l.seq limit ?`
      return (await this.rows(columns, table, rest, after, limit)).map(namedEntryOf)
    }
    const pool = of.pool === undefined ? '' : 'and pool = ?'
    const ofAccounts = [bytesOf(of.sku), ...(of.pool === undefined ? [] : [bytesOf(of.pool)])]
    const rest = `where l.account in (select number from ${accounts} where sku = ? ${pool}) and l.seq > ?
      order by l.seq limit ?`
    return (await this.rows(columns, table, rest, ...ofAccounts, after, limit)).map(namedEntryOf)
  }

  async movements(account: number, after: string, limit: number): Promise<readonly MovementRow[]> {
    const { movements } = this.setting.names
    const rows = await this.ofAccounts(movements, bytes('movement'), text('data'), account, after, limit)
    return rows.map(movementOf)
  }

  async owed(account: number, after: string, limit: number): Promise<readonly OwedRow[]> {
    const { owed } = this.setting.names
    const rows = await this.ofAccounts(owed, bytes('id'), integer('position'), account, after, limit)
    return rows.map(owedOf)
  }

  campaigns(after: number, limit: number): Promise<readonly Numbered<CampaignState>[]> {
    return this.flows(this.setting.names.campaigns, 'number > ?', after, limit)
  }

  compensations(
    status: CompensationState['status'] | undefined,
    after: number,
    limit: number,
  ): Promise<readonly Numbered<CompensationState>[]> {
    const { compensations } = this.setting.names
    if (status === undefined) return this.flows(compensations, 'number > ?', after, limit)
    return this.flows(compensations, 'status = ? and number > ?', status, after, limit)
  }

  /** Rows that lie by account and key, behind a pair of these. */
  private ofAccounts(
    table: string,
    key: Column,
    other: Column,
    account: number,
    after: string,
    limit: number,
  ): Promise<readonly Row[]> {
    const [number, ...named] = ['m.account', 'a.sku', 'a.pool', `m.${key.name}`, `m.${other.name}`]
    const columns = [bytes('sku'), bytes('pool'), key, other].map((column, at) => ({
      ...column,
      sql: named[at] as string,
    }))
    const pair = [number, named[2]] as [string, string]
    return this.rows(
      [{ ...integer('number'), sql: pair[0] }, ...columns],
      `${table} m left join ${this.setting.names.accounts} a on a.number = m.account`,
      `where ${behind(...pair)} order by ${pair.join(', ')} limit ?`,
      ...[account, account, bytesOf(after), limit],
    )
  }

  private async flows<State extends CampaignState | CompensationState>(
    table: string,
    condition: string,
    ...parameters: readonly Parameter[]
  ): Promise<readonly Numbered<State>[]> {
    const rows = await this.rows(FLOW, table, `where ${condition} order by number limit ?`, ...parameters)
    return rows.map(flowOf<State>)
  }

  private async ordersWhere(
    condition: string,
    ...parameters: readonly Parameter[]
  ): Promise<readonly StoredOrderRow[]> {
    return (await this.rows(ORDER, this.setting.names.orders, `where ${condition}`, ...parameters)).map(
      orderOf,
    )
  }

  private async rows(
    columns: readonly Asked[],
    table: string,
    rest: string,
    ...parameters: readonly Parameter[]
  ): Promise<readonly Row[]> {
    const [rows = []] = await this.engine.ask([{ columns, table, rest, parameters }], false)
    return rows
  }
}

/**
 * What lies behind a pair, in their order; asked for by the first, the first again, and the second. The bare comparison is
 * for the engine: without it none begins where the page does, and each page reads all those before it.
 */
function behind(first: string, second: string): string {
  return `${first} >= ? and (${first} > ? or ${second} > ?)`
}

function namedEntryOf(row: Row): NumberedEntry {
  return entryOf(row, { sku: row[ENTRY.length] as string, pool: row[ENTRY.length + 1] as string })
}
