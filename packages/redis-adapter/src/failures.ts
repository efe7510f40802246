import { HoldfastError, isHoldfastError } from '@holdfast/core/adapter'

/**
 * What a call to the server failed with, in Holdfast's words. An answer of the server's own tells that nothing was
 * written: scripts meet all that may refuse them before their first write. Anything else may have been written or not.
 */
export function failureOf(error: unknown): HoldfastError {
  if (isHoldfastError(error)) return error
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof Error && error.name === 'ReplyError')
    return new HoldfastError('store-failed', `Redis refused: ${message}`, { cause: error })
  return new HoldfastError('unknown', `no answer of Redis: ${message}`, { cause: error })
}

export function tooFewReplicas(found: number, wanted: number): HoldfastError {
  return new HoldfastError('unknown', `written, but on ${found} of ${wanted} replicas`)
}
