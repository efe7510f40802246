import {
  type AccountKey,
  AccountMap,
  type CampaignState,
  type CarriedPosition,
  type CompensationState,
  type StockAccountState,
} from '@holdfast/core/adapter'
import type { StoredOrderRow } from '../../rows/order-row.js'
import type { LoadedRows, PartitionRow } from '../work.js'

/** An account's number and its state as it was read: core changes its own copy. */
export interface ReadAccount {
  readonly number: number
  readonly before: StockAccountState
}

/** Hands on what is loaded, and keeps how it was: whoever writes without a lock tells by that what has changed. */
export class AsRead implements LoadedRows {
  private readonly accounts = new AccountMap<ReadAccount>()
  private readonly orders = new Map<number, StoredOrderRow>()

  constructor(private readonly rows: LoadedRows) {}

  account(key: AccountKey): ReadAccount | undefined {
    return this.accounts.get(key)
  }

  order(number: number): StoredOrderRow | undefined {
    return this.orders.get(number)
  }

  /** An account that was inserted with nothing in it. */
  accountInserted(number: number, state: StockAccountState): void {
    const none = { available: 0, reserved: 0, sold: 0, backordered: 0, supplied: 0, archived: 0 }
    this.accounts.add(state.key, { number, before: { ...state, ...none, configVersion: 0, version: 0 } })
  }

  loadPartition(row: PartitionRow): void {
    this.rows.loadPartition(row)
  }

  loadAccount(number: number, state: StockAccountState): void {
    if (this.account(state.key) !== undefined) return
    this.accounts.add(state.key, { number, before: { ...state } })
    this.rows.loadAccount(number, state)
  }

  loadOrder(row: StoredOrderRow): void {
    if (!this.orders.has(row.number)) this.orders.set(row.number, row)
    this.rows.loadOrder(row)
  }

  loadSubject(subject: string, records: string): void {
    this.rows.loadSubject(subject, records)
  }

  loadMovement(account: AccountKey, movement: string, data: string): void {
    this.rows.loadMovement(account, movement, data)
  }

  loadDeadline(id: string, dueAt: number): void {
    this.rows.loadDeadline(id, dueAt)
  }

  loadOwed(account: AccountKey, id: string, position: number): void {
    this.rows.loadOwed(account, id, position)
  }

  loadLapsed(id: string): void {
    this.rows.loadLapsed(id)
  }

  loadQueued(id: string): void {
    this.rows.loadQueued(id)
  }

  loadCarried(partition: string, position: CarriedPosition): void {
    this.rows.loadCarried(partition, position)
  }

  loadCampaign(state: CampaignState): void {
    this.rows.loadCampaign(state)
  }

  loadCompensation(state: CompensationState): void {
    this.rows.loadCompensation(state)
  }

  loadDueCompensation(order: string): void {
    this.rows.loadDueCompensation(order)
  }
}
