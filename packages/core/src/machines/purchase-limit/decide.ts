import { type Decision, NO_EVENTS, unreachable } from '../decider.js'
import type { LimitCommand, LimitEvent, LimitOutcome, LimitState } from './types.js'

/** Whether `quantity` more uses fit under `max`, with `used` already counted under every name of the counter. */
export function fits(used: number, quantity: number, max: number): boolean {
  return used + quantity <= max
}

export function decide(command: LimitCommand, state: LimitState): Decision<LimitEvent, LimitOutcome> {
  switch (command.kind) {
    case 'claim': {
      // An unpaid claim counts: `used` holds held, deferred and confirmed uses alike.
      const used = state.used + command.usedBefore
      if (!fits(used, command.quantity, command.max)) {
        return { events: NO_EVENTS, outcome: { kind: 'purchase-limit', used } }
      }
      return { events: [{ type: 'claimed', quantity: command.quantity }], outcome: { kind: 'claimed' } }
    }
    case 'keep':
      return { events: [{ type: 'kept', quantity: command.quantity }], outcome: { kind: 'kept' } }
    case 'give-back':
      return { events: [{ type: 'given-back', quantity: command.quantity }], outcome: { kind: 'given-back' } }
    default:
      return unreachable(command)
  }
}
