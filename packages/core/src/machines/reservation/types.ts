import type { AccountKey, Fingerprint } from '../../port/claims.js'
import type { ReleaseCause, Reserve } from '../../port/commands.js'
import type { GrantedLine, GrantedUse, StrikeTarget } from '../../port/events.js'
import type { InsufficientStock, PurchaseLimitReached, RefundCause, Refusal } from '../../port/outcomes.js'

export type HeldLine = GrantedLine

interface Kept {
  readonly version: number
  readonly home: string
}

/** What a reservation claimed, kept as long as it may be needed again. */
interface WithClaims extends Kept {
  readonly fingerprint: Fingerprint
  readonly lines: readonly HeldLine[]
  readonly uses: readonly GrantedUse[]
  readonly guards: readonly string[]
  readonly strike: StrikeTarget | null
  readonly backorder: boolean
  readonly data: string | null
  readonly reservedAt: number
}

export interface Held extends WithClaims {
  readonly status: 'held'
  readonly expiresAt: number
  readonly maxExpiresAt: number
}
/** Limits and guards are claimed, no unit is taken until payment. */
export interface Deferred extends WithClaims {
  readonly status: 'deferred'
  readonly expiresAt: number
  readonly maxExpiresAt: number
}
export interface ConfirmedState extends WithClaims {
  readonly status: 'confirmed'
  readonly payment: string
  readonly late: boolean
  readonly endedAt: number
}
export interface ExpiredState extends WithClaims {
  readonly status: 'expired'
  readonly endedAt: number
}
export interface ReleasedState extends WithClaims {
  readonly status: 'released'
  readonly cause: ReleaseCause
  readonly reason: string | null
  /** The payment, if it was confirmed before a rollback. */
  readonly payment: string | null
  readonly endedAt: number
}
export interface RefundRequiredState extends WithClaims {
  readonly status: 'refund-required'
  readonly payment: string
  readonly why: RefundCause
  readonly endedAt: number
}
/** Released before it was known: the late reserve is refused. */
export interface TombstonedState extends Kept {
  readonly status: 'tombstoned'
  readonly cause: ReleaseCause
  readonly reason: string | null
  readonly endedAt: number
}

export type KnownReservation =
  | Held
  | Deferred
  | ConfirmedState
  | ExpiredState
  | ReleasedState
  | RefundRequiredState
  | TombstonedState

export type ReservationState = { readonly status: 'absent' } | KnownReservation

/** What the deadline or a restock does to a reservation: asked by the partition, never by a shop. */
export type InternalCommand =
  | { readonly kind: 'expire' }
  /** `quantity` of the units owed on this account have come. */
  | { readonly kind: 'fill'; readonly account: AccountKey; readonly quantity: number }

/** What a fresh reserve gets if it is granted: all of it. */
export interface Admitted {
  readonly kind: 'admitted'
  readonly stock: 'taken' | 'deferred'
  readonly lines: readonly GrantedLine[]
  readonly uses: readonly GrantedUse[]
}

/** What a payment gets that takes units (and, if late, limits) at its own moment. */
export interface Taken {
  readonly kind: 'taken'
  readonly lines: readonly GrantedLine[]
  readonly uses: readonly GrantedUse[]
}

/** What lies beside a reservation and is decided with it, atomically. All of it only reads. */
export interface ReservationContext {
  readonly now: number
  /** Sale windows, risk, guards, limits and stock, in their order of precedence. */
  admit(command: Reserve): Admitted | Refusal
  /** Units for the lines of a deferred reservation. */
  take(lines: readonly HeldLine[], backorder: boolean): Taken | InsufficientStock
  /** Units and limits again, for a late payment. */
  retake(claims: Retake): Taken | PurchaseLimitReached | InsufficientStock
  /** What a movement's id stands for on this account; `undefined` if it is free. */
  movement(account: AccountKey, movement: string): string | undefined
}

/** Claims of a late payment, as they were granted or as the caller brings them again. */
export interface Retake {
  readonly lines: readonly { readonly account: AccountKey; readonly quantity: number }[]
  readonly uses: readonly GrantedUse[]
  readonly backorder: boolean
}
