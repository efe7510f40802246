import type { AccountKey } from '../../port/claims.js'
import type { Correction } from '../../port/corrections.js'

/** Counters of one (SKU, pool). `available + reserved + sold = supplied`; `backordered` is outside the sum. */
export interface StockAccountState {
  readonly key: AccountKey
  available: number
  reserved: number
  sold: number
  /** Units owed to held and confirmed reservations. */
  backordered: number
  /** Net sum of movements. */
  supplied: number
  /** Units sold by confirmed reservations whose ids have lapsed. */
  archived: number
  opensAt: number | null
  closesAt: number | null
  backorderLimit: number
  /** Version of the configuration; 0 before the first. */
  configVersion: number
  /** One more per batch that changed the account. */
  version: number
}

/** Changes that bring an account to what its orders and its ledger say. */
export type AccountCorrection = Pick<
  Extract<Correction, { of: 'account' }>,
  'counters' | 'archived' | 'ledger'
>

/** Net changes of the counters, in units; what a batch adds up to is one `changed` event. */
export type StockAccountEvent =
  | { readonly type: 'taken'; readonly quantity: number; readonly owed: number }
  /** Units that were reserved come back, and units that were owed are owed no more. */
  | { readonly type: 'given-back'; readonly quantity: number; readonly owed: number }
  | { readonly type: 'sold'; readonly quantity: number }
  /** Sold without having been reserved (a late or deferred payment). */
  | { readonly type: 'sold-from-stock'; readonly quantity: number; readonly owed: number }
  /** Sold units come back into stock (`restock`), or leave supply. */
  | { readonly type: 'returned'; readonly quantity: number; readonly owed: number; readonly restock: boolean }
  | { readonly type: 'supplied'; readonly delta: number }
  | { readonly type: 'filled'; readonly quantity: number; readonly into: 'reserved' | 'sold' }
  | {
      readonly type: 'configured'
      readonly version: number
      readonly opensAt: number | null
      readonly closesAt: number | null
      readonly backorderLimit: number
    }
  | ({ readonly type: 'corrected' } & AccountCorrection)

export type StockAccountCommand =
  | { readonly kind: 'take'; readonly quantity: number; readonly backorder: boolean }
  | { readonly kind: 'supply'; readonly delta: number }
  | {
      readonly kind: 'configure'
      readonly version: number
      readonly opensAt: number | null
      readonly closesAt: number | null
      readonly backorderLimit: number
    }
  | ({ readonly kind: 'correct' } & AccountCorrection)

export type StockAccountOutcome =
  | { readonly kind: 'taken'; readonly owed: number }
  | { readonly kind: 'insufficient-stock'; readonly available: number }
  | { readonly kind: 'supplied'; readonly available: number }
  | { readonly kind: 'overflow' }
  | { readonly kind: 'configured' }
  | { readonly kind: 'stale-version'; readonly version: number }
  | { readonly kind: 'corrected' | 'outdated' }
