import type { AccountKey, Fingerprint, RiskGate, Units } from './claims.js'
import type { ReleaseCause } from './commands.js'
import type { RefundCause } from './outcomes.js'

/** A line of a reservation: `owed` of its `quantity` are past stock, `returned` came back after they were sold. */
export interface GrantedLine {
  readonly account: AccountKey
  readonly quantity: number
  readonly owed: number
  readonly returned: number
}

/** A claim on a limit as granted: `quantity` uses of `counter`. */
export interface GrantedUse {
  readonly counter: string
  readonly prior: readonly string[]
  readonly quantity: number
  readonly max: number
  /** Indexes into the reservation's lines. */
  readonly lines: readonly number[]
}

/** Where a strike of this reservation would be written. */
export type StrikeTarget = Pick<RiskGate, 'strikes' | 'strikeMs'>

interface OfReservation {
  readonly aggregate: 'reservation'
  readonly id: string
  /** 1 for the first transition of this id, then one more each. */
  readonly version: number
  /** Store's clock, ms since the epoch. */
  readonly at: number
}

export interface Granted extends OfReservation {
  readonly type: 'granted'
  readonly home: string
  readonly stock: 'taken' | 'deferred'
  readonly fingerprint: Fingerprint
  readonly lines: readonly GrantedLine[]
  readonly uses: readonly GrantedUse[]
  readonly guards: readonly string[]
  readonly strike: StrikeTarget | null
  readonly backorder: boolean
  readonly expiresAt: number
  readonly maxExpiresAt: number
  readonly data: string | null
}
export interface Extended extends OfReservation {
  readonly type: 'extended'
  readonly expiresAt: number
}
export interface Shrunk extends OfReservation {
  readonly type: 'shrunk'
  /** The lines kept, absolute. */
  readonly lines: readonly GrantedLine[]
}
export interface Filled extends OfReservation {
  readonly type: 'filled'
  readonly account: AccountKey
  readonly quantity: number
  readonly owedLeft: number
}
export interface Confirmed extends OfReservation {
  readonly type: 'confirmed'
  readonly payment: string
  readonly late: boolean
  /** The lines as they now stand: units sold and units still owed. */
  readonly lines: readonly GrantedLine[]
  readonly uses: readonly GrantedUse[]
}
export interface Released extends OfReservation {
  readonly type: 'released'
  readonly cause: ReleaseCause
  readonly reason: string | null
  readonly struck: boolean
}
export interface Expired extends OfReservation {
  readonly type: 'expired'
  readonly struck: boolean
}
export interface RefundRequired extends OfReservation {
  readonly type: 'refund-required'
  readonly payment: string
  readonly why: RefundCause
}
export interface Returned extends OfReservation {
  readonly type: 'returned'
  readonly movement: string
  readonly lines: readonly Units[]
  readonly restocked: boolean
  readonly usesGivenBack: boolean
}
export interface Tombstoned extends OfReservation {
  readonly type: 'tombstoned'
  readonly home: string
  readonly cause: ReleaseCause
  readonly reason: string | null
}

export type ReservationEvent =
  | Granted
  | Extended
  | Shrunk
  | Filled
  | Confirmed
  | Released
  | Expired
  | RefundRequired
  | Returned
  | Tombstoned

/** One change of supply, as it stands in an account's `changed` event. */
export interface Movement {
  readonly movement: string
  readonly cause: string
  /** Net change of the account's supply. */
  readonly delta: number
}

interface OfStockAccount {
  readonly aggregate: 'stock-account'
  readonly account: AccountKey
  readonly version: number
  readonly at: number
}
/** One per account and batch, absolute values. */
export interface StockChanged extends OfStockAccount {
  readonly type: 'changed'
  readonly available: number
  readonly reserved: number
  readonly sold: number
  readonly backordered: number
  readonly supplied: number
  readonly movements: readonly Movement[]
}
export interface StockConfigured extends OfStockAccount {
  readonly type: 'configured'
  readonly opensAt: number | null
  readonly closesAt: number | null
  readonly backorderLimit: number
  readonly configVersion: number
}
export type StockAccountEvent = StockChanged | StockConfigured

/** What a reservation store emits, in order, with the change it tells of. */
export type StoreEvent = ReservationEvent | StockAccountEvent
