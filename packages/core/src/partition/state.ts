import type { StrikeState } from '../machines/buyer-risk/types.js'
import type { PiecedOrderState } from '../machines/pieced-order/types.js'
import type { LimitState } from '../machines/purchase-limit/types.js'
import type { KnownReservation } from '../machines/reservation/types.js'
import type { StockAccountEvent, StockAccountState } from '../machines/stock-account/types.js'
import type { OpenGuard } from '../machines/unpaid-order-guard/types.js'
import type { AccountKey } from '../port/claims.js'
import type { ReservationEvent } from '../port/events.js'

/** Why an account's counters changed. */
export type Cause = ReservationEvent | MovementCause

/** A change of supply, or of the account's own settings (then without a movement). */
export interface MovementCause {
  readonly type: 'movement'
  readonly at: number
  readonly cause: string
  readonly movement: string | null
}

/** The id of the movement that a change belongs to; `null` where a reservation moved. */
export function movementOf(why: Cause): string | null {
  return why.type === 'movement' || why.type === 'returned' ? why.movement : null
}

/**
 * What a batch of one partition is decided on: the states of all machines that it touches, by key.
 * An adapter hands core one of these (maps in memory, or the rows that it loaded for the batch) and keeps what was
 * put into it. Reads are synchronous: whatever a batch can touch is known before it is decided (`keys.ts`).
 */
export interface PartitionState {
  account(key: AccountKey): StockAccountState | undefined
  /** A fresh account, put into the partition. */
  createAccount(key: AccountKey): StockAccountState
  /** The account's counters were changed in place by `change`. */
  accountChanged(account: StockAccountState, change: StockAccountEvent, cause: Cause): void

  reservation(id: string): KnownReservation | undefined
  /** `event` is what made the state: a store that keeps orders projects it into the order here. */
  putReservation(id: string, state: KnownReservation, event: ReservationEvent): void
  /** The id of a confirmed reservation lapses: what it keeps for good stays counted without it. */
  archive?(state: Extract<KnownReservation, { status: 'confirmed' }>): void
  /** At most `limit` ids of live holds with `expiresAt` ≤ now, the longest due first, equals by id. */
  due(now: number, limit: number): readonly string[]
  /** Earliest `expiresAt` of the live holds; `null` without one. */
  nextDueAt(): number | null
  /** At most `limit` ids of reservations that are owed units of the account, in the order of their grants. */
  owed(key: AccountKey, limit: number): readonly string[]

  /**
   * Uses of a counter; `undefined` for none yet. `subject`: what follows the last `/` of the name, where the claim tells
   * it; here and for guards.
   */
  counter(name: string, subject?: string): LimitState | undefined
  /** The same, to be changed in place: created when absent. */
  counterToChange(name: string): LimitState

  guard(name: string, subject?: string): OpenGuard | undefined
  putGuard(name: string, state: OpenGuard | undefined): void

  strikes(name: string): StrikeState | undefined
  putStrikes(name: string, state: StrikeState): void

  /** What a movement's id stands for on the account. */
  movement(key: AccountKey, movement: string): string | undefined
  putMovement(key: AccountKey, movement: string, data: string): void

  /** Records of orders that lie in pieces; absent in stores of one partition. Movements of lines elsewhere are kept too. */
  readonly homes?: PiecedHomes | undefined
}

/** What a partition keeps of the orders whose home it is. */
export interface PiecedHomes {
  record(id: string): PiecedOrderState
  /** `isFinished`: nothing is left to do about its pieces. */
  put(id: string, home: string, record: PiecedOrderState, isFinished: boolean, now: number): void
  /** Whether the home of this piece has yet to hear that it was given units. */
  putFilled(piece: string, home: string, isUntold: boolean, now: number): void
  /**
   * At most `limit` unfinished orders, and pieces with news for their home, that nobody has touched since `before`,
   * handed out at `now`.
   */
  handOut(
    before: number,
    limit: number,
    now: number,
  ): readonly { readonly id: string; readonly home: string }[]
}
