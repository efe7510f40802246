/**
 * Codes of everything that is broken rather than refused. Recognise an error by its `code`, never by its message
 * or class alone: two copies of the package may be loaded.
 *
 * - `invalid-argument`: malformed input; `path` names the field. No store was asked.
 * - `overloaded`: the queue is full; nothing was sent. `retryAfterMs` hints when to come back.
 * - `not-sent`: the deadline passed, or the call was aborted, before anything was sent. Definite.
 * - `unknown`: sent, and no answer came: ask again by the same id.
 * - `fenced`: the store's contents are of another epoch, or lost.
 * - `stream-gap`: a ledger met a position that it cannot follow.
 * - `transaction-aborted`: the caller's own transaction was rolled back by the database (deadlock, serialization).
 * - `would-deadlock`: the call would wait for a connection that its own caller holds.
 * - `invariant-violated`: the store refused a change that would break a law. Nothing was written.
 * - `row-rejected`: a row that rode along was refused by the database; its order was not placed.
 * - `store-failed`: the store answered with an error of its own, in `cause`; nothing was written.
 * - `closed`: the desk or the store was closed.
 */
export type ErrorCode =
  | 'invalid-argument'
  | 'overloaded'
  | 'not-sent'
  | 'unknown'
  | 'fenced'
  | 'stream-gap'
  | 'transaction-aborted'
  | 'would-deadlock'
  | 'invariant-violated'
  | 'row-rejected'
  | 'store-failed'
  | 'closed'

export interface ErrorDetails {
  readonly cause?: unknown
  /** The field at fault, as the caller wrote it: `lines[0].quantity`. */
  readonly path?: string
  /** The order's id, minted ones included. */
  readonly id?: string
  readonly retryAfterMs?: number
  /** In a batch, the command that is to blame; the others may be sent again without it. */
  readonly commandIndex?: number
}

/** The one error class of Holdfast. */
export class HoldfastError extends Error {
  readonly code: ErrorCode
  declare readonly path?: string
  declare readonly id?: string
  declare readonly retryAfterMs?: number
  declare readonly commandIndex?: number

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'HoldfastError'
    this.code = code
    if (details.path !== undefined) this.path = details.path
    if (details.id !== undefined) this.id = details.id
    if (details.retryAfterMs !== undefined) this.retryAfterMs = details.retryAfterMs
    if (details.commandIndex !== undefined) this.commandIndex = details.commandIndex
  }
}

/** Whether `error` is Holdfast's, of this code if one is given, also across copies of the package. */
export function isHoldfastError(error: unknown, code?: ErrorCode): error is HoldfastError {
  if (!(error instanceof Error) || error.name !== 'HoldfastError') return false
  return code === undefined || (error as HoldfastError).code === code
}
