import type {
  AccountKey,
  CampaignState,
  CarriedPosition,
  CompensationState,
  LedgerEntry,
  StockAccountState,
  TableRow,
} from '@holdfast/core/adapter'
import type { EventRow } from '../rows/event-row.js'
import type { OrderRow, StoredOrderRow } from '../rows/order-row.js'
import type { SubjectRow } from '../rows/subject-row.js'

/** Position of a partition's history. */
export interface PartitionRow {
  /** Generation of the contents; `null`: the partition is not there. */
  readonly epoch: number | null
  /** Batches that left events, in this epoch. */
  readonly sequence: number
  /** Events ever kept: the outbox's last `seq`. */
  readonly events: number
}

/** What a transaction asks its dialect to load. Keys may repeat what was loaded before. */
export interface Wanted {
  readonly accounts?: Iterable<AccountKey>
  readonly orders?: Iterable<string>
  /** Whose counters, guards and strikes are needed. */
  readonly subjects?: Iterable<string>
  readonly movements?: Iterable<{ readonly account: AccountKey; readonly movement: string }>
  /** So many of the first deadlines that have passed, and of those ahead, whosever they are. */
  readonly deadlines?: { readonly passed: number; readonly ahead: number }
  /** Deadlines at one instant: this many, of the first ids. */
  readonly deadlinesAt?: { readonly at: number; readonly limit: number }
  /** Those owed units longest, and their orders. */
  readonly owed?: readonly { readonly account: AccountKey; readonly limit: number }[]
  /** Ids that may lapse: ended at or before. */
  readonly lapsed?: { readonly endedBefore: number; readonly limit: number }
  /** Tickets that nobody has leased, first come first. */
  readonly queued?: { readonly limit: number }
  /** How far partitions of a store that this one follows are carried, by their names. */
  readonly carried?: Iterable<string>
  readonly campaigns?: Iterable<string>
  /** By the orders' ids. */
  readonly compensations?: Iterable<string>
  /** Compensations whose next attempt is due and that nobody has leased. */
  readonly dueCompensations?: { readonly limit: number }
}

/** Takes what a dialect loaded, row by row. */
export interface LoadedRows {
  loadPartition(row: PartitionRow): void
  loadAccount(number: number, state: StockAccountState): void
  loadOrder(row: StoredOrderRow): void
  loadSubject(subject: string, records: string): void
  loadMovement(account: AccountKey, movement: string, data: string): void
  loadDeadline(id: string, dueAt: number): void
  /** In the order in which they came to be owed; their orders are loaded as well. */
  loadOwed(account: AccountKey, id: string, position: number): void
  /** Ids that may lapse; their orders are loaded as well. */
  loadLapsed(id: string): void
  /** Tickets in their order; their orders are loaded as well. */
  loadQueued(id: string): void
  loadCarried(partition: string, position: CarriedPosition): void
  loadCampaign(state: CampaignState): void
  loadCompensation(state: CompensationState): void
  /** Compensations whose turn it is; they are loaded as well. */
  loadDueCompensation(order: string): void
}

/** What is known of a subject, changed by a transaction. */
export interface ChangedSubject {
  readonly subject: string
  /** The row's text as it was read; `null`: there is no row. */
  readonly before: string | null
  /** `null`: the row goes. */
  readonly after: SubjectRow | null
}

export interface ChangedAccount {
  /** `null`: to be inserted. */
  readonly number: number | null
  readonly state: StockAccountState
}

/** A row of the outbox to be written. */
export interface ToldRow extends EventRow {
  /** Of a `changed`: its account, and its payload up to where the counters begin, which come last. */
  readonly changed?: { readonly account: AccountKey; readonly withoutCounters: string }
}

export interface ChangedOrder {
  /** `null`: to be inserted. */
  readonly number: number | null
  readonly row: OrderRow
  /** Whether the text of the claims is another than the stored one. */
  readonly hasNewClaims: boolean
}

/** How far a partition of a store that this one follows is carried now; `before`: as it was, `null` for not at all. */
export interface ChangedPosition {
  readonly partition: string
  readonly before: CarriedPosition | null
  readonly position: CarriedPosition
}

export interface ChangedOwed {
  readonly account: AccountKey
  readonly id: string
  readonly stored: boolean
  /** `null`: nothing is owed any more. */
  readonly position: number | null
}

/** Everything that one transaction writes. */
export interface Changes {
  readonly partition: PartitionRow
  readonly accounts: readonly ChangedAccount[]
  /** Orders that a grant made, as it made them: the bulk of every sale. */
  readonly grants: readonly OrderRow[]
  readonly orders: readonly ChangedOrder[]
  /** Numbers of orders that lapse. */
  readonly lapsed: readonly number[]
  readonly leases: readonly { readonly id: string; readonly until: number }[]
  readonly subjects: readonly ChangedSubject[]
  readonly owed: readonly ChangedOwed[]
  readonly movements: readonly {
    readonly account: AccountKey
    readonly movement: string
    readonly data: string
  }[]
  readonly ledger: readonly LedgerEntry[]
  readonly events: readonly ToldRow[]
  /** Where what is written was carried from. Its events have their ids already, and are none of this partition's own. */
  readonly carried: readonly ChangedPosition[]
  readonly campaigns: readonly { readonly stored: boolean; readonly state: CampaignState }[]
  readonly compensations: readonly { readonly stored: boolean; readonly state: CompensationState }[]
  readonly compensationLeases: readonly { readonly order: string; readonly until: number }[]
  /** Rows of the shop's own, with the command that brought them. */
  readonly rows: readonly { readonly command: number; readonly rows: readonly TableRow[] }[]
}

/**
 * One transaction: a dialect loads what `wants` asks for until it asks for nothing more, lets it `decide`, and writes
 * what that gives, all or nothing. None of it waits, so that a dialect whose driver answers at once holds its
 * transaction within one turn. A dialect may run a work again from its beginning: it asks for a new one.
 */
export interface Work<Result> {
  /**
   * What it needs whatever the time and the partition's position are, so that a dialect can load it together with these.
   * Asked for at most once, before `wants`, which then leaves it out.
   */
  named(): Wanted | null
  /** Whether what it reads must not change until it has written: it is run with the partition locked. */
  readonly needsLock: boolean
  /** What to load next; `null`: enough. What was loaded goes to `rows`. */
  wants(now: number): Wanted | null
  readonly rows: LoadedRows
  /** What is to be written; `changes` is `null` where there is nothing. */
  decide(now: number): { readonly changes: Changes | null; readonly result: Result }
}
