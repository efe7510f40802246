import type { RiskGate } from '../../port/claims.js'
import type { RiskEffect } from '../../port/commands.js'
import { type Decision, NO_EVENTS, unreachable } from '../decider.js'
import type { RiskCommand, RiskEvent, RiskOutcome, StrikeState } from './types.js'

export interface RiskAssessment {
  readonly effect: RiskEffect
  readonly strikes: number
  /** When the effect ends if nothing else happens; `null`: not by time. */
  readonly until: number | null
}

/** Strikes of one record that still count at `now`. */
export function strikesAt(state: StrikeState, now: number): number {
  return now < state.until ? state.count : 0
}

function tagAt(state: StrikeState, now: number): StrikeState['tag'] {
  const { tag } = state
  return tag !== null && (tag.until === null || now < tag.until) ? tag : null
}

/** What a buyer's records (the current name's and those under older keys) make of the next order. */
export function assess(gate: RiskGate, records: readonly StrikeState[], now: number): RiskAssessment {
  let strikes = 0
  let until: number | null = null
  let tag: StrikeState['tag'] = null
  for (const record of records) {
    const count = strikesAt(record, now)
    strikes += count
    if (count > 0 && (until === null || record.until > until)) until = record.until
    tag ??= tagAt(record, now)
  }
  // The shop's own word goes before what strikes would say, in both directions.
  if (tag !== null) return { effect: tag.effect, strikes, until: tag.until }
  if (gate.refuseAt !== null && strikes >= gate.refuseAt) return { effect: 'refuse', strikes, until }
  if (gate.deferAt !== null && strikes >= gate.deferAt) return { effect: 'defer-stock', strikes, until }
  return { effect: 'none', strikes, until }
}

export function decide(command: RiskCommand, state: StrikeState): Decision<RiskEvent, RiskOutcome> {
  switch (command.kind) {
    case 'strike': {
      const count = strikesAt(state, command.now) + 1
      return {
        events: [{ type: 'struck', count, until: command.now + command.strikeMs }],
        outcome: { kind: 'struck' },
      }
    }
    case 'tag':
      if (sameTag(command.tag, state.tag)) return { events: NO_EVENTS, outcome: { kind: 'unchanged' } }
      return { events: [{ type: 'tagged', tag: command.tag }], outcome: { kind: 'tagged' } }
    case 'forgive':
      if (state.count === 0) return { events: NO_EVENTS, outcome: { kind: 'unchanged' } }
      return { events: [{ type: 'forgiven' }], outcome: { kind: 'forgiven' } }
    default:
      return unreachable(command)
  }
}

function sameTag(one: StrikeState['tag'], other: StrikeState['tag']): boolean {
  if (one === null || other === null) return one === other
  return one.effect === other.effect && one.until === other.until
}
