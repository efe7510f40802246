import { HoldfastError } from '../errors.js'

/** The error that `work` must throw. */
export function faultOf(work: () => unknown): HoldfastError {
  try {
    work()
  } catch (error) {
    if (error instanceof HoldfastError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}
