import type { StrikeState } from '../machines/buyer-risk/types.js'
import type { ReservationState } from '../machines/reservation/types.js'
import type { StockAccountState } from '../machines/stock-account/types.js'
import type { GuardState } from '../machines/unpaid-order-guard/types.js'
import type { AccountKey } from './claims.js'
import type { Command } from './commands.js'
import type { StoreEvent } from './events.js'
import type { Outcome } from './outcomes.js'

/** What an adapter can do; a shop's call that needs more is answered `invalid-argument`. */
export interface Capabilities {
  readonly backorder: boolean
  readonly returns: boolean
  /** Acknowledged work survives a restart of the store. */
  readonly durable: boolean
  readonly partitions: 'one' | 'many'
  /** Within what an id is granted once: the whole store, or one home, which is told by the order's buyer and first line. */
  readonly idScope: 'store' | 'home'
  /** `virtual`: the store takes its time from the caller (tests only). */
  readonly clock: 'store' | 'virtual'
  /** Rows of the shop's own may ride along. */
  readonly rows: boolean
  /** Makes the corrections that a plan calls for; absent: it makes none. */
  readonly corrections?: boolean
  /** Decides within the caller's own process, where asking costs no way there and back; absent: it does not. */
  readonly inProcess?: boolean
}

export type Applied =
  | {
      readonly kind: 'applied'
      /** The store's clock at which every command of the batch was decided, ms since the epoch. */
      readonly now: number
      readonly epoch: number
      /** One per command, in order. */
      readonly outcomes: readonly Outcome[]
    }
  /** Nothing was written: the partition's contents are of another epoch, or lost (`null`). */
  | { readonly kind: 'fenced'; readonly epoch: number | null }

/** Keys to read, each list possibly empty. */
export interface KeyQuery {
  readonly kind: 'keys'
  readonly accounts: readonly AccountKey[]
  readonly reservations: readonly string[]
  readonly counters: readonly string[]
  readonly guards: readonly string[]
  readonly strikes: readonly string[]
}

export type Listing = 'accounts' | 'reservations' | 'counters' | 'guards' | 'strikes' | 'events' | 'ledger'

/** Everything of one kind, paged. */
export interface ListQuery {
  readonly kind: 'list'
  readonly of: Listing
  /** Where the page before ended; `null` for the first. */
  readonly cursor: string | null
  /** Most entries in the page. */
  readonly limit: number
  /** Only this account's (`accounts`, `ledger`), or this SKU's when `pool` is absent. */
  readonly account?: { readonly sku: string; readonly pool?: string }
  /** Only accounts that owe units and have some available (`accounts`). */
  readonly fillable?: boolean
}

export type Query = KeyQuery | ListQuery

export interface ReservationEntry {
  readonly id: string
  readonly state: ReservationState
}

/** An append-only record of what moved the units of one account, and why. */
export interface LedgerEntry {
  readonly account: AccountKey
  /** Store's clock, ms since the epoch. */
  readonly at: number
  /** What moved them: `granted`, `confirmed`, `released`, `expired`, … or a movement's own cause. */
  readonly cause: string
  /** The reservation's id; `null` for a change of supply. */
  readonly reservation: string | null
  /** The movement's id; `null` where a reservation moved. */
  readonly movement: string | null
  /** Changes, in units. */
  readonly available: number
  readonly reserved: number
  readonly sold: number
  readonly backordered: number
  readonly supplied: number
}

/** An event as a store keeps it: `id` is partition/epoch/sequence/index. */
export interface KeptEvent {
  readonly id: string
  readonly event: StoreEvent
}

export interface Page {
  /** Store's clock of the read. */
  readonly now: number
  readonly accounts: readonly StockAccountState[]
  readonly reservations: readonly ReservationEntry[]
  readonly counters: readonly { readonly name: string; readonly used: number; readonly archived: number }[]
  readonly guards: readonly { readonly name: string; readonly state: GuardState }[]
  readonly strikes: readonly { readonly name: string; readonly state: StrikeState }[]
  readonly events: readonly KeptEvent[]
  readonly ledger: readonly LedgerEntry[]
  /** Where the next page begins; `null` after the last. Always `null` for keys. */
  readonly cursor: string | null
}

/** A read of nothing: the reply tells the store's time. */
export const NO_KEYS = {
  kind: 'keys',
  accounts: [],
  reservations: [],
  counters: [],
  guards: [],
  strikes: [],
} as const satisfies KeyQuery

/** A page with nothing on it. */
export const EMPTY_PAGE: Omit<Page, 'now'> = {
  accounts: [],
  reservations: [],
  counters: [],
  guards: [],
  strikes: [],
  events: [],
  ledger: [],
  cursor: null,
}

/**
 * What every engine offers: a batch of commands for one partition, applied in order, each atomic,
 * one outcome per command. A call that throws may have been applied or not, unless its error says otherwise.
 */
export interface ReservationStore {
  readonly capabilities: Capabilities
  /** SKUs whose units lie in buckets, an account of the same name in every partition; absent: none. */
  readonly spread?: readonly string[]
  /** Partitions that the command touches, sorted; pure. */
  partitionsOf(command: Command): readonly string[]
  /** Every partition that the store has now. */
  partitions(): Promise<readonly string[]>
  /** `epoch`: the one expected, `null` for any. */
  apply(partition: string, epoch: number | null, commands: readonly Command[]): Promise<Applied>
  read(partition: string, query: Query): Promise<Page>
  /** Runs `work` on one consistent state of the partition. */
  snapshot<T>(partition: string, work: (read: (query: Query) => Promise<Page>) => Promise<T>): Promise<T>
  /**
   * Forgets some of what ended longer ago than the store's retention, in one short step, for stores that do not when they sweep;
   * a worker asks each partition now and then. Returns how many ids were forgotten.
   */
  forgetEnded?(partition: string): Promise<number>
  /** Closes what the store itself opened. */
  close(): Promise<void>
}
