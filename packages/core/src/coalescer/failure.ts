import { type ErrorCode, type ErrorDetails, HoldfastError, isHoldfastError } from '../errors.js'
import type { Entry } from './entry.js'

/** Nothing was written, and one command may be to blame for it. */
const ONE_MAY_BE_TO_BLAME: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'invariant-violated',
  'row-rejected',
  'store-failed',
  'overloaded',
  'transaction-aborted',
  'invalid-argument',
  'would-deadlock',
])

/** Nothing was written, and no command of the batch would have fared better alone. */
const NONE_IS_TO_BLAME: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['closed', 'fenced', 'not-sent'])

export type Blame = 'one' | 'none' | 'unknown'

/** What an error of `apply` says: one command may be to blame, none is, or nobody knows what was written. */
export function blameIn(error: unknown): Blame {
  if (!isHoldfastError(error)) return 'unknown'
  if (ONE_MAY_BE_TO_BLAME.has(error.code)) return 'one'
  return NONE_IS_TO_BLAME.has(error.code) ? 'none' : 'unknown'
}

/** The position of the command that the error blames, if it names one of these. */
export function culpritIn(error: unknown, commands: number): number | undefined {
  const index = isHoldfastError(error) ? error.commandIndex : undefined
  return index !== undefined && Number.isInteger(index) && index >= 0 && index < commands ? index : undefined
}

/** The store's own error as one command's: with its id, without its place in a batch that its caller never saw. */
export function errorFor(entry: Entry, error: HoldfastError): HoldfastError {
  return errorOf(entry, error.code, error.message, {
    cause: error.cause ?? error,
    ...(error.path === undefined ? {} : { path: error.path }),
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
  })
}

export function unknownFor(entry: Entry, cause: unknown): HoldfastError {
  return errorOf(entry, 'unknown', 'the store was asked and did not answer: ask again by the same id', {
    cause,
  })
}

export function errorOf(
  entry: Entry,
  code: ErrorCode,
  message: string,
  details: ErrorDetails = {},
): HoldfastError {
  const { id } = entry
  return new HoldfastError(code, message, id === undefined ? details : { ...details, id })
}
