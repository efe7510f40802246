import { unreachable } from '../decider.js'
import type { CompensationEvent, CompensationState } from './types.js'

export function initialState(): CompensationState | null {
  return null
}

/** In which statuses the decider emits each event that is not the first. */
const EMITTED_IN: {
  readonly [Type in Exclude<CompensationEvent['type'], 'required'>]: readonly CompensationState['status'][]
} = {
  'step-done': ['required', 'parked'],
  'attempt-failed': ['required'],
  parked: ['required'],
  resumed: ['parked'],
  done: ['required'],
}

/** The next state. An event that the decider cannot emit leaves the state as it is. */
export function evolve(state: CompensationState | null, event: CompensationEvent): CompensationState | null {
  if (event.type === 'required') {
    if (state !== null) return state
    const { order, home, reason, execution, version, at } = event
    const fresh = { order, home, reason, execution, version, requiredAt: at, done: [], attempts: 0 }
    return { ...fresh, status: 'required', nextAttemptAt: at, lastError: null }
  }
  return state !== null && EMITTED_IN[event.type].includes(state.status) ? changed(state, event) : state
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
