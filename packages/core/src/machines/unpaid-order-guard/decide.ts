import { type Decision, NO_EVENTS, unreachable } from '../decider.js'
import type { GuardCommand, GuardEvent, GuardOutcome, GuardState, OpenGuard } from './types.js'

/** Whether the slot keeps `id` out at `now`. Due means free, whether swept or not. */
export function blocks(guard: OpenGuard | undefined, id: string, now: number): guard is OpenGuard {
  return guard !== undefined && guard.id !== id && now < guard.expiresAt
}

export function decide(command: GuardCommand, state: GuardState): Decision<GuardEvent, GuardOutcome> {
  switch (command.kind) {
    case 'open':
      if (state.status === 'open' && blocks(state, command.id, command.now)) {
        return {
          events: NO_EVENTS,
          outcome: { kind: 'unpaid-order', id: state.id, expiresAt: state.expiresAt },
        }
      }
      return {
        events: [{ type: 'opened', id: command.id, expiresAt: command.expiresAt }],
        outcome: { kind: 'opened' },
      }
    case 'extend':
      if (state.status !== 'open' || state.id !== command.id) return NOT_OWN
      return { events: [{ type: 'extended', expiresAt: command.expiresAt }], outcome: { kind: 'extended' } }
    case 'free':
      // Freed only by its own id: another order may have opened the slot since.
      if (state.status !== 'open' || state.id !== command.id) return NOT_OWN
      return { events: [{ type: 'freed' }], outcome: { kind: 'freed' } }
    default:
      return unreachable(command)
  }
}

const NOT_OWN: Decision<GuardEvent, GuardOutcome> = { events: NO_EVENTS, outcome: { kind: 'not-own' } }
