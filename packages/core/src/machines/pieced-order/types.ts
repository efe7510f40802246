import type { Refusal } from '../../port/outcomes.js'
import type { Attempt, Piece, RecordedReturn } from '../../port/pieced.js'

/** Pieces are being reserved; who finds them first, undecided and due, may abort the attempt. */
export interface PendingOrder {
  readonly status: 'pending'
  readonly attempt: Attempt
}
/** All pieces were reserved when it was decided: from then on the order's reservation at home says what they are to be. */
export interface AdmittedOrder {
  readonly status: 'admitted'
  readonly pieces: readonly Piece[]
  /** An attempt to take units for a payment. */
  readonly taking: Attempt | null
  /** Pieces that no longer belong to it, to be given back. */
  readonly strays: readonly Piece[]
  /** Version of the order's reservation up to which the pieces were brought. */
  readonly followed: number
  readonly returns: readonly RecordedReturn[]
}
/** Nothing was granted; forgotten once its pieces are given back. */
export interface AbortedOrder {
  readonly status: 'aborted'
  readonly token: string
  readonly refusal: Refusal | null
  readonly strays: readonly Piece[]
}

export type PiecedOrderState = { readonly status: 'absent' } | PendingOrder | AdmittedOrder | AbortedOrder

export type PiecedOrderCommand =
  | { readonly kind: 'begin'; readonly attempt: Attempt }
  | { readonly kind: 'admit'; readonly token: string; readonly deferred: boolean }
  | { readonly kind: 'abort'; readonly token: string; readonly refusal: Refusal | null }
  | { readonly kind: 'take'; readonly attempt: Attempt }
  /** `adds`: the pieces before stay, as they hold what the payment did not take again. */
  | { readonly kind: 'taken'; readonly token: string; readonly adds: boolean }
  | { readonly kind: 'return'; readonly returned: RecordedReturn }
  | { readonly kind: 'followed'; readonly version: number; readonly strays: readonly string[] }

export type PiecedOrderEvent =
  | { readonly type: 'begun'; readonly attempt: Attempt }
  | { readonly type: 'admitted'; readonly pieces: readonly Piece[]; readonly strays: readonly Piece[] }
  | { readonly type: 'aborted'; readonly refusal: Refusal | null }
  | { readonly type: 'taking'; readonly attempt: Attempt }
  | { readonly type: 'taken'; readonly pieces: readonly Piece[]; readonly strays: readonly Piece[] }
  | { readonly type: 'returned'; readonly returned: RecordedReturn }
  | { readonly type: 'followed'; readonly version: number; readonly strays: readonly string[] }

export type PiecedOrderOutcome =
  | { readonly kind: 'begun' }
  | { readonly kind: 'admitted' | 'taken' | 'noted' }
  /** Another attempt is under way. */
  | { readonly kind: 'pending'; readonly attempt: Attempt }
  /** Pieces of an attempt that was aborted are to be given back first. */
  | { readonly kind: 'unsettled' }
  /** It was decided before. */
  | { readonly kind: 'decided' }
  | { readonly kind: 'aborted'; readonly refusal: Refusal | null }
