import type {
  AccountKey,
  CampaignState,
  CompensationState,
  LedgerEntry,
  OrderStatus,
  StockAccountState,
} from '@holdfast/core/adapter'
import type { EventRow } from '../rows/event-row.js'
import type { StoredOrderRow } from '../rows/order-row.js'
import type { KindOfRecord } from '../rows/subject-row.js'
import type { Work } from './work.js'

export type Awaitable<T> = T | Promise<T>

/** What is kept of one subject, as text. */
export interface StoredSubject {
  readonly subject: string
  readonly records: string
}

/** Pages: at most `limit` entries that come after one, in the order of what tells them apart. */
export interface Lists {
  /** Store's clock, ms. */
  now(): Awaitable<number>
  /**
   * By SKU and pool, byte for byte; of one SKU or account alone, if named. `fillable`: only those that owe units and
   * have some.
   */
  accounts(
    of: { readonly sku: string; readonly pool?: string } | undefined,
    after: AccountKey | null,
    limit: number,
    fillable: boolean,
  ): Awaitable<readonly StockAccountState[]>
  /** Rows with a reservation, by number. */
  reservations(after: number, limit: number): Awaitable<readonly StoredOrderRow[]>
  /** Rows with an order, by number. */
  orders(after: number, limit: number): Awaitable<readonly StoredOrderRow[]>
  /** Rows whose order awaits payment, by due time and number. */
  ordersAwaiting(afterDue: number, after: number, limit: number): Awaitable<readonly StoredOrderRow[]>
  /** Rows whose order has this other status, by number. */
  ordersOfStatus(
    status: Exclude<OrderStatus, 'awaiting-payment'>,
    after: number,
    limit: number,
  ): Awaitable<readonly StoredOrderRow[]>
  /** Those of which there are records of a kind, byte for byte, `from` itself included. */
  subjects(kind: KindOfRecord, from: string, limit: number): Awaitable<readonly StoredSubject[]>
  /** Events of reservations and stock accounts, by position. */
  events(after: number, limit: number): Awaitable<readonly EventRow[]>
  /** By position; of one SKU or account alone, if named. */
  ledger(
    of: { readonly sku: string; readonly pool?: string } | undefined,
    after: number,
    limit: number,
  ): Awaitable<readonly NumberedEntry[]>
  /** By their account's number, then id. */
  movements(afterAccount: number, after: string, limit: number): Awaitable<readonly MovementRow[]>
  /** By their account's number, then id. */
  owed(afterAccount: number, after: string, limit: number): Awaitable<readonly OwedRow[]>
  campaigns(after: number, limit: number): Awaitable<readonly Numbered<CampaignState>[]>
  compensations(
    status: CompensationState['status'] | undefined,
    after: number,
    limit: number,
  ): Awaitable<readonly Numbered<CompensationState>[]>
}

export interface Numbered<State> {
  readonly number: number
  readonly state: State
}

/** What a movement's id stands for on the account, whose number is told too. */
export interface MovementRow {
  readonly number: number
  readonly account: AccountKey
  readonly movement: string
  readonly data: string
}

/** Who is owed units of the account, whose number is told too, and since which place in history. */
export interface OwedRow {
  readonly number: number
  readonly account: AccountKey
  readonly id: string
  readonly position: number
}

export interface NumberedEntry {
  readonly number: number
  readonly entry: LedgerEntry
}

/** Reads that see one consistent state each. */
export interface Reader {
  /** A work that changes nothing; a new one if it has to be begun again. */
  ask<Result>(begin: () => Work<Result>): Promise<Result>
  list<Result>(question: (lists: Lists) => Awaitable<Result>): Promise<Result>
}

/**
 * An engine behind knex. Everything that SQL dialects do differently is in here, in files of the same names per
 * dialect; rows, works and rules are shared.
 */
export interface Dialect extends Reader {
  /** Brings the schema up to date. */
  migrate(): Promise<void>
  /**
   * One transaction: loads, decides and writes, all or nothing. A dialect that has to begin again asks for a new work.
   *
   * @throws HoldfastError `invariant-violated`, `row-rejected`, `store-failed`, `not-sent`: nothing was written;
   *   `unknown`: nobody knows
   */
  run<Result>(begin: () => Work<Result>): Promise<Result>
  /** Reads that all see one state. */
  snapshot<T>(work: (reader: Reader) => Promise<T>): Promise<T>
  /** The same, within the caller's own knex transaction. */
  within(transaction: object): Dialect
}
