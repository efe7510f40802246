import type { KnownReservation } from '../machines/reservation/types.js'
import type { AccountKey, Claims, Guard, RiskGate, TableRow, Units } from './claims.js'
import type { Correction } from './corrections.js'
import type { PolicyRefusal } from './outcomes.js'
import type { Pieced } from './pieced.js'

/** Who and where: `id` is the idempotency key, `home` routes the command (an id alone cannot find its partition). */
interface At {
  readonly id: string
  readonly home: string
}

export interface Reserve extends At {
  readonly kind: 'reserve'
  readonly claims: Claims
  /** Decided by the policy already; it crosses the port because the id's own answer comes first. */
  readonly refuse: PolicyRefusal | null
  readonly guards: readonly Guard[]
  readonly risk: RiskGate | null
  /** `defer`: claim limits and guards, take no unit until payment. */
  readonly stock: 'take' | 'defer'
  /** Latest instant, store's clock, at which this command may still be granted. */
  readonly notAfter: number
  readonly holdMs: number
  /** Longest hold that extending may reach, counted from the grant. */
  readonly maxHoldMs: number
  /** The shop's own text, at most 4 KiB of UTF-8. */
  readonly data: string | null
  /** Rows that ride along; `null` for none. */
  readonly rows: readonly TableRow[] | null
  /** For a payment that came late: whatever the sale windows say by then. */
  readonly evenIfClosed?: true
}

/** `expiresAt` becomes max(old, min(now + holdMs, reservedAt + maxHoldMs)). */
export interface Extend extends At {
  readonly kind: 'extend'
  readonly holdMs: number
}

/** Keep these lines, in absolute quantities, and give the others back. */
export interface Shrink extends At {
  readonly kind: 'shrink'
  readonly keep: readonly Units[]
}

export interface Confirm extends At {
  readonly kind: 'confirm'
  /** The payment's id. */
  readonly payment: string
  /** Claims for a late payment, for stores that keep none of an ended id; `until` ends their use (store's clock). */
  readonly retake: (Claims & { readonly until: number }) | null
}

/**
 * A sold reservation, as the ledger behind has it: for a store that was left with a marker of it, or has forgotten it. One that has
 * it whole goes by what it has.
 */
export interface Whole {
  readonly state: Extract<KnownReservation, { status: 'confirmed' }>
  /** From when on the store may have forgotten it: store's clock, ms since the epoch. */
  readonly lapsesAt: number
}

export type ReleaseCause = 'buyer' | 'seller' | 'rollback'

export interface Release extends At {
  readonly kind: 'release'
  readonly cause: ReleaseCause
  readonly reason: string | null
  readonly whole?: Whole
}

/** Units of a confirmed reservation come back, into stock or written off. */
export interface Return extends At {
  readonly kind: 'return'
  readonly movement: string
  readonly units: readonly Units[]
  readonly restock: boolean
  readonly giveBackUses: boolean
  readonly whole?: Whole
}

/** Units put in (positive) or taken out (negative); 0 creates the account. */
export interface Supply {
  readonly kind: 'supply'
  readonly movement: string
  readonly account: AccountKey
  readonly delta: number
  readonly cause: string
}

/** Units moved between two pools of one SKU. */
export interface Transfer {
  readonly kind: 'transfer'
  readonly movement: string
  readonly from: AccountKey
  readonly to: AccountKey
  readonly quantity: number
}

/** Sale window and backorder limit, under a growing version: an older one than the store's is `stale-version`. */
export interface Configure {
  readonly kind: 'configure'
  readonly account: AccountKey
  readonly version: number
  /** First instant of the sale; `null`: open since ever. */
  readonly opensAt: number | null
  /** First instant after the sale; `null`: no end. */
  readonly closesAt: number | null
  readonly backorderLimit: number
}

export type RiskEffect = 'none' | 'defer-stock' | 'refuse'

/** The shop's own word on a buyer: a tag set or lifted, strikes forgiven. */
export interface Judge {
  readonly kind: 'judge'
  readonly home: string
  readonly strikes: string
  readonly prior: readonly string[]
  /** `null` lifts the shop's tag, so that strikes alone count; absent (`undefined`) leaves it. */
  readonly tag: { readonly effect: RiskEffect; readonly until: number | null } | null | undefined
  readonly forgive: boolean
}

/** Expires at most `limit` due holds, the longest due first. */
export interface Sweep {
  readonly kind: 'sweep'
  readonly limit: number
}

/** Gives available units to at most `limit` reservations that are owed units of the account, oldest first. */
export interface Fill {
  readonly kind: 'fill'
  readonly account: AccountKey
  readonly limit: number
}

/** A repair that was planned from an audit. `id` is its own, and is left behind as a tombstone: it is made once. */
export interface Correct extends At {
  readonly kind: 'correct'
  readonly correction: Correction
  /** Latest instant, store's clock, at which it may still be made: its id is remembered for longer. */
  readonly notAfter: number
}

/** Commands about one reservation. */
export type ReservationCommand = Reserve | Extend | Shrink | Confirm | Release | Return

export type Command =
  | ReservationCommand
  | Pieced
  | Supply
  | Transfer
  | Configure
  | Judge
  | Sweep
  | Fill
  | Correct
