import type { Units } from '../../port/claims.js'
import type { GrantedLine, ReservationEvent } from '../../port/events.js'
import type { Outcome, Status } from '../../port/outcomes.js'
import { type Decision, NO_EVENTS } from '../decider.js'
import type { Deferred, Held, ReservationState } from './types.js'

export type ReservationDecision = Decision<ReservationEvent, Outcome>

export function isLive(state: ReservationState): state is Held | Deferred {
  return state.status === 'held' || state.status === 'deferred'
}

/** Whether a live hold is due: the deadline decides, not the sweeper. */
export function isDue(state: ReservationState, now: number): boolean {
  return isLive(state) && now >= state.expiresAt
}

export function sameAccount(one: Units['account'], other: Units['account']): boolean {
  return one.sku === other.sku && one.pool === other.pool
}

/** Fields that every event of a reservation bears. */
export function head(id: string, state: ReservationState, now: number) {
  const version = state.status === 'absent' ? 1 : state.version + 1
  return { aggregate: 'reservation', id, version, at: now } as const
}

export function answer(outcome: Outcome): ReservationDecision {
  return { events: NO_EVENTS, outcome }
}

export function already(status: Status): ReservationDecision {
  return answer({ kind: 'already', status })
}

/** Lines that are owed units past stock. */
export function owedUnits(lines: readonly GrantedLine[]): readonly Units[] {
  for (const line of lines) {
    if (line.owed > 0) {
      return lines.filter((one) => one.owed > 0).map((one) => ({ account: one.account, quantity: one.owed }))
    }
  }
  return NO_EVENTS
}
