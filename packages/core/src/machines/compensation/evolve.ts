import { unreachable } from '../decider.js'
import type { CompensationEvent, CompensationState } from './types.js'

export function initialState(): CompensationState | null {
  return null
}

export function evolve(state: CompensationState | null, event: CompensationEvent): CompensationState | null {
  if (event.type === 'required') {
    const { order, home, reason, execution, version, at } = event
    const fresh = { order, home, reason, execution, version, requiredAt: at, done: [], attempts: 0 }
    return { ...fresh, status: 'required', nextAttemptAt: at, lastError: null }
  }
  return state === null ? null : changed(state, event)
}

function changed(
  state: CompensationState,
  event: Exclude<CompensationEvent, { type: 'required' }>,
): CompensationState {
  const { order, home, reason, execution, requiredAt, done, attempts } = state
  const common = { order, home, reason, execution, requiredAt, done, attempts, version: event.version }
  switch (event.type) {
    case 'step-done': {
      const next = [...done, event.step]
      return {
        ...common,
        status: 'required',
        done: next,
        attempts: 0,
        nextAttemptAt: event.at,
        lastError: null,
      }
    }
    case 'attempt-failed':
      return {
        ...common,
        status: 'required',
        attempts: attempts + 1,
        nextAttemptAt: event.nextAttemptAt,
        lastError: event.error,
      }
    case 'parked':
      return { ...common, status: 'parked', attempts: event.attempts, lastError: event.error }
    case 'resumed':
      return { ...common, status: 'required', attempts: 0, nextAttemptAt: event.at, lastError: null }
    case 'done':
      return { ...common, status: 'done', doneAt: event.at }
    default:
      return unreachable(event)
  }
}
