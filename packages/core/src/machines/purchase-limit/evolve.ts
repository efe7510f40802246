import { unreachable } from '../decider.js'
import type { LimitEvent, LimitState } from './types.js'

export function initialState(): LimitState {
  return { used: 0, archived: 0 }
}

/** Changes `state` in place: its caller owns it. */
export function evolve(state: LimitState, event: LimitEvent): LimitState {
  switch (event.type) {
    case 'claimed':
      state.used += event.quantity
      return state
    case 'kept':
      return state
    case 'given-back':
      state.used -= event.quantity
      return state
    default:
      return unreachable(event)
  }
}
