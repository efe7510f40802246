import { HoldfastError } from '@holdfast/core/adapter'
import type { Trouble } from './engine.js'

/** What was read has changed until it was written. */
export class Outdated extends Error {
  constructor(message = 'what was read is no longer so', options?: ErrorOptions) {
    super(message, options)
    this.name = 'Outdated'
  }
}

/** What kept a transaction from being decided or written; all of it was rolled back. */
export function rolledBack(error: unknown, trouble: Trouble): HoldfastError {
  if (error instanceof HoldfastError) return error
  const why = whyOf(error)
  // Core's rules break no constraint: one that objects has met a law about to be broken.
  if (trouble === 'constraint') {
    return new HoldfastError('invariant-violated', `the database refused a change: ${why}`, { cause: error })
  }
  return new HoldfastError('store-failed', `the database failed: ${why}`, { cause: error })
}

/** The caller's own transaction, given up by the database. */
export function aborted(cause: unknown): HoldfastError {
  return new HoldfastError(
    'transaction-aborted',
    `the database gave up the transaction: begin it again (${whyOf(cause)})`,
    { cause },
  )
}

export function unknown(cause: unknown): HoldfastError {
  return new HoldfastError(
    'unknown',
    `the connection was lost: what was written is not known (${whyOf(cause)})`,
    {
      cause,
    },
  )
}

export function rowRejected(cause: unknown, command: number | undefined): HoldfastError {
  return new HoldfastError('row-rejected', `a row that rode along was refused: ${whyOf(cause)}`, {
    cause,
    ...(command !== undefined && { commandIndex: command }),
  })
}

function whyOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
