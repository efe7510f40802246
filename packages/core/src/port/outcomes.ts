import type { AccountKey, Units } from './claims.js'
import type { PiecedOutcome } from './pieced.js'

export type Status =
  | 'held'
  | 'deferred'
  | 'confirmed'
  | 'released'
  | 'expired'
  | 'refund-required'
  | 'tombstoned'

/** What core's policy refuses by itself. */
export interface PolicyRefusal {
  readonly kind: 'pool-not-served'
  readonly region: string | null
  readonly served: readonly string[]
}

export interface ShortLine {
  readonly account: AccountKey
  readonly requested: number
  /** Units that could be had at that moment: max(0, available − backordered). */
  readonly available: number
}

export interface InsufficientStock {
  readonly kind: 'insufficient-stock'
  readonly short: readonly ShortLine[]
  /** The figures are sums of several partitions, each of a moment of its own. */
  readonly exact?: false
}

export interface PurchaseLimitReached {
  readonly kind: 'purchase-limit'
  /** Position of the use in the command's claims. */
  readonly use: number
  readonly counter: string
  readonly max: number
  readonly used: number
  readonly requested: number
}

/** Refusals of a reserve, in their order of precedence. */
export type Refusal =
  | { readonly kind: 'id-reused'; readonly differs: readonly ('buyer' | 'lines')[] }
  | { readonly kind: 'tombstoned' }
  | { readonly kind: 'late' }
  | PolicyRefusal
  | { readonly kind: 'account-unknown'; readonly accounts: readonly AccountKey[] }
  | { readonly kind: 'sale-not-open'; readonly account: AccountKey; readonly opensAt: number }
  | { readonly kind: 'sale-closed'; readonly account: AccountKey; readonly closedAt: number }
  | { readonly kind: 'buyer-refused'; readonly strikes: number; readonly until: number | null }
  | { readonly kind: 'unpaid-order'; readonly guard: string; readonly id: string; readonly expiresAt: number }
  | { readonly kind: 'window-passed'; readonly use: number }
  | PurchaseLimitReached
  | InsufficientStock

/** Why a payment must be given back. */
export type RefundCause =
  | PurchaseLimitReached
  | InsufficientStock
  | { readonly kind: 'released' }
  | { readonly kind: 'expired' }
  | { readonly kind: 'duplicate-payment'; readonly paid: string }

/** Found by a sweep where orders lie in pieces: handed out to one sweep at a time, and again after a while. */
export interface Unsettled {
  /** Ids of pieces that are due: their homes are to be asked. */
  readonly pieces: readonly string[]
  /** Orders kept here whose pieces are not as they should be. */
  readonly orders: readonly { readonly id: string; readonly home: string }[]
}

export type Outcome =
  | Refusal
  | PiecedOutcome
  | {
      readonly kind: 'granted'
      readonly stock: 'taken' | 'deferred'
      /** Units past stock, owed until a restock fills them. */
      readonly owed: readonly Units[]
      readonly expiresAt: number
    }
  /** The id was granted before; `expiresAt` only while it is held or deferred. */
  | { readonly kind: 'replayed'; readonly status: Status; readonly expiresAt: number | null }
  | { readonly kind: 'confirmed'; readonly late: boolean; readonly owed: readonly Units[] }
  | { readonly kind: 'refund-required'; readonly why: RefundCause }
  | { readonly kind: 'extended'; readonly expiresAt: number }
  | { readonly kind: 'shrunk' }
  | { readonly kind: 'released' }
  | { readonly kind: 'returned' }
  | { readonly kind: 'transferred' }
  | { readonly kind: 'configured' }
  | { readonly kind: 'judged' }
  | { readonly kind: 'corrected' }
  /** What a correction was planned on is no longer so: nothing was changed. */
  | { readonly kind: 'outdated' }
  /** A store with its own bounded outbox takes no more reserves until it is relayed. */
  | { readonly kind: 'outbox-full' }
  | { readonly kind: 'replayed-movement' }
  /** Nothing was to be done: the reservation stands at `status`. */
  | { readonly kind: 'already'; readonly status: Status }
  | { readonly kind: 'unknown-id' }
  /** Of a sold reservation a marker is left: it is to be asked again with the whole, as the ledger has it. */
  | { readonly kind: 'marked' }
  | { readonly kind: 'stale-version'; readonly version: number }
  | { readonly kind: 'overflow'; readonly account: AccountKey }
  /** More than the reservation's line of this account holds. */
  | { readonly kind: 'exceeds'; readonly account: AccountKey; readonly held: number }
  | { readonly kind: 'supplied'; readonly available: number }
  | {
      readonly kind: 'swept'
      readonly expired: readonly string[]
      readonly more: boolean
      /** Earliest `expiresAt` of the holds left; `null` when none is left. */
      readonly nextDueAt: number | null
      /** What waits for its home's word, or for somebody to go on with it; absent in stores of one partition. */
      readonly unsettled?: Unsettled
    }
  | {
      readonly kind: 'filled'
      readonly lines: readonly { readonly id: string; readonly quantity: number }[]
      readonly more: boolean
    }
