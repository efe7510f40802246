import { unreachable } from '../decider.js'
import type { RiskEvent, StrikeState } from './types.js'

const CLEAN: StrikeState = Object.freeze({ count: 0, until: 0, tag: null })

export function initialState(): StrikeState {
  return CLEAN
}

export function evolve(state: StrikeState, event: RiskEvent): StrikeState {
  switch (event.type) {
    case 'struck':
      return { count: event.count, until: event.until, tag: state.tag }
    case 'tagged':
      return { count: state.count, until: state.until, tag: event.tag }
    case 'forgiven':
      return { count: 0, until: 0, tag: state.tag }
    default:
      return unreachable(event)
  }
}
