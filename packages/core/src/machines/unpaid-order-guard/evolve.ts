import { unreachable } from '../decider.js'
import type { GuardEvent, GuardState } from './types.js'

export const FREE: GuardState = Object.freeze({ status: 'free' })

export function initialState(): GuardState {
  return FREE
}

export function evolve(state: GuardState, event: GuardEvent): GuardState {
  switch (event.type) {
    case 'opened':
      return { status: 'open', id: event.id, expiresAt: event.expiresAt }
    case 'extended':
      return state.status === 'open' ? { status: 'open', id: state.id, expiresAt: event.expiresAt } : state
    case 'freed':
      return FREE
    default:
      return unreachable(event)
  }
}
