import type { PiecedOrderState } from '../machines/pieced-order/types.js'
import type { ReservationState } from '../machines/reservation/types.js'
import type { AccountKey, Fingerprint, RiskGate, Units } from './claims.js'
import type { Confirm, Extend, Release, Return, Shrink } from './commands.js'
import type { GrantedLine, GrantedUse } from './events.js'
import type { InsufficientStock, Outcome, PolicyRefusal, PurchaseLimitReached, Refusal } from './outcomes.js'

/** A reservation that holds part of what an order claims: either units of one partition, or limits and guards of one. */
export interface Piece {
  readonly id: string
  readonly partition: string
  /** The order's lines whose units it holds; `null`: it holds limits and guards, and no unit. */
  readonly lines: readonly number[] | null
}

/** One try to get everything that an order needs, or that its late payment needs again. */
export interface Attempt {
  /** Told apart from every other by it. */
  readonly token: string
  /** Digest of what its pieces claim: who comes with the same may go on with it. */
  readonly plan: string
  readonly pieces: readonly Piece[]
}

/** What an order as a whole was granted, by its pieces. */
export interface PiecedGrant {
  readonly stock: 'taken' | 'deferred'
  readonly fingerprint: Fingerprint
  readonly lines: readonly GrantedLine[]
  readonly uses: readonly GrantedUse[]
  readonly guards: readonly string[]
  readonly risk: RiskGate | null
  readonly backorder: boolean
  readonly holdMs: number
  readonly maxHoldMs: number
  readonly data: string | null
}

/** What is decided at the home of an order whose claims lie in several partitions, or about its pieces. */
export type PiecedStep =
  /** From now on pieces may be reserved; nothing is granted. */
  | {
      readonly kind: 'begin'
      readonly attempt: Attempt
      readonly fingerprint: Fingerprint
      readonly refuse: PolicyRefusal | null
      readonly notAfter: number
    }
  /** All pieces are reserved: the order is granted, unless the attempt was aborted. */
  | { readonly kind: 'admit'; readonly token: string; readonly grant: PiecedGrant }
  /** The attempt ends here unless it was decided; `refusal`: why, where that is known. */
  | { readonly kind: 'abort'; readonly token: string; readonly refusal: Refusal | null }
  /** Changes nothing but what is due. */
  | { readonly kind: 'look' }
  | { readonly kind: 'settle'; readonly command: Confirm | Release | Extend | Shrink | Return }
  /** A payment needs units first: from now on pieces may be reserved for it. */
  | { readonly kind: 'take'; readonly attempt: Attempt }
  /** They are reserved: the order is paid, if it is still of the version that they were chosen for. */
  | {
      readonly kind: 'paid'
      readonly token: string
      readonly version: number
      readonly command: Confirm
      readonly lines: readonly GrantedLine[]
    }
  /** They cannot be had: the payment must be given back. */
  | {
      readonly kind: 'unpaid'
      readonly token: string
      readonly version: number
      readonly command: Confirm
      readonly why: PurchaseLimitReached | InsufficientStock
    }
  /** The pieces are as this version of the order says, and these strays are given back. */
  | { readonly kind: 'followed'; readonly version: number; readonly strays: readonly string[] }
  /** A restock gave the piece of this id units: this is what it is still owed. */
  | {
      readonly kind: 'filled'
      readonly piece: string
      readonly account: AccountKey
      readonly owedLeft: number
    }
  /** The one step that is a piece's own, where it lies: its home has heard of it as it was at this version. */
  | { readonly kind: 'told'; readonly version: number }

/** A step of an order at its home. */
export interface Pieced {
  readonly kind: 'pieced'
  readonly id: string
  readonly home: string
  readonly step: PiecedStep
}

/** What a home answers that no other partition does. */
export type HomeAnswer =
  | { readonly kind: 'begun' }
  /** Another attempt is under way. */
  | { readonly kind: 'pending'; readonly attempt: Attempt }
  /** Pieces of an attempt that was aborted are to be given back first. */
  | { readonly kind: 'unsettled' }
  | { readonly kind: 'aborted'; readonly refusal: Refusal | null }
  /** The payment takes units first. */
  | { readonly kind: 'units-wanted' }
  | { readonly kind: 'noted' }

/** The answer of a home, with how the order stands there after it. */
export interface PiecedOutcome {
  readonly kind: 'pieced'
  readonly answer: Outcome | HomeAnswer
  readonly record: PiecedOrderState
  readonly order: ReservationState
}

/** A return of units, as the pieces are to carry it out. */
export interface RecordedReturn {
  readonly movement: string
  readonly units: readonly Units[]
  readonly restock: boolean
  readonly giveBackUses: boolean
}
