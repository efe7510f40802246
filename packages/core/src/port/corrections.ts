import type { AccountKey } from './claims.js'

/** Changes of an account's figures, in units. */
export interface FigureChanges {
  readonly available: number
  readonly reserved: number
  readonly sold: number
  readonly backordered: number
  readonly supplied: number
}

/**
 * What brings one record back to what the others say. Changes, never values: a sale that goes on meanwhile changes all
 * records alike, so that what lies between them stays the same.
 */
export type Correction =
  | {
      readonly of: 'account'
      readonly account: AccountKey
      /** Of the account's own counters. */
      readonly counters: FigureChanges
      /** Of units sold by orders whose ids have lapsed. */
      readonly archived: number
      /** What the ledger lacked: an entry of its own. It never adds available units. */
      readonly ledger: FigureChanges
    }
  | { readonly of: 'counter'; readonly counter: string; readonly used: number }
  | {
      readonly of: 'guard'
      readonly guard: string
      /** The order that was found to keep it; `null`: it was free. */
      readonly found: string | null
      /** The order that it is to be kept by; `null`: nobody. */
      readonly order: string | null
    }
