import type { StrikeState } from '../machines/buyer-risk/types.js'
import type { AdmittedOrder } from '../machines/pieced-order/types.js'
import type { KnownReservation } from '../machines/reservation/types.js'
import type { StockAccountState } from '../machines/stock-account/types.js'
import type { OpenGuard } from '../machines/unpaid-order-guard/types.js'
import type { AccountKey } from './claims.js'
import type { CarriedPosition } from './feed.js'

/** Records that a fast store can be made of again, or some of them. */
export interface Contents {
  readonly accounts: readonly StockAccountState[]
  readonly reservations: readonly { readonly id: string; readonly state: KnownReservation }[]
  readonly counters: readonly { readonly name: string; readonly used: number; readonly archived: number }[]
  readonly guards: readonly { readonly name: string; readonly state: OpenGuard }[]
  readonly strikes: readonly { readonly name: string; readonly state: StrikeState }[]
  /** `data`: what the movement's id stands for, as core writes it. */
  readonly movements: readonly {
    readonly account: AccountKey
    readonly movement: string
    readonly data: string
  }[]
  /** Who is owed units: of each account in the order in which they came to be owed. */
  readonly owed: readonly { readonly account: AccountKey; readonly id: string }[]
  /** Orders in pieces, at their homes: what their pieces are. No ledger tells of them; they are found among its reservations. */
  readonly homes: readonly { readonly id: string; readonly home: string; readonly record: AdmittedOrder }[]
}

export const NO_CONTENTS: Contents = {
  accounts: [],
  reservations: [],
  counters: [],
  guards: [],
  strikes: [],
  movements: [],
  owed: [],
  homes: [],
}

/** A ledger that the stores it follows can be rebuilt from. */
export interface TellsContents {
  /**
   * Ends a partition's epoch and begins another, if it is of `from` still; nothing that is of an earlier one is carried from
   * then on, and the first entry to be carried is the new one's first.
   *
   * @param from the epoch that is carried; `null`: nothing was carried yet
   * @returns how far the partition is carried now, which is before the first entry; `null`: it is of another epoch than `from`
   */
  raiseEpoch(partition: string, from: number | null, to: number): Promise<CarriedPosition | null>
  /**
   * Tells all that the ledger has, of one instant, part by part: accounts first, and whoever is owed units last. The next part
   * is told when `take` has resolved.
   */
  contents(take: (part: Contents) => Promise<void>): Promise<void>
}

/**
 * Gives the partitions of a fast store their contents anew. Each method may be called again when its answer was lost, and
 * rejects with `fenced` where the partition is of a later epoch, or was begun under a later one, or under none.
 */
export interface Rebuilding {
  /** Empties the partition, which is `fenced` for all until it is opened. */
  begin(partition: string, epoch: number): Promise<void>
  /** Puts a part of what is to be there, of any size. */
  load(partition: string, epoch: number, part: Contents): Promise<void>
  /**
   * Opens it for sale, under this epoch.
   *
   * @param at of what was loaded last, so that no time goes back: store's clock, ms since the epoch
   */
  open(partition: string, epoch: number, at: number): Promise<void>
}
