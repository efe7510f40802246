import { type Decision, NO_EVENTS, unreachable } from '../decider.js'
import type { CampaignCommand, CampaignEvent, CampaignItem, CampaignOutcome, CampaignState } from './types.js'

export type CampaignDecision = Decision<CampaignEvent, CampaignOutcome>

export function decide(command: CampaignCommand, state: CampaignState | null, now: number): CampaignDecision {
  if (command.kind === 'schedule') return schedule(command, state, now)
  if (state === null) return answer({ kind: 'unknown-id' })
  if (state.status === 'withdrawn') return answer({ kind: 'already', status: 'withdrawn' })
  switch (command.kind) {
    case 'change-items':
      return changeItems(command.items, state, now)
    case 'open':
      if (state.status !== 'scheduled') return answer({ kind: 'already', status: state.status })
      return {
        events: [{ ...head(state, now), type: 'opened', opensAt: opening(state, now) }],
        outcome: { kind: 'opened' },
      }
    case 'close':
      if (state.status === 'closed') return answer({ kind: 'already', status: 'closed' })
      return {
        events: [{ ...head(state, now), type: 'closed', closesAt: closing(state, now) }],
        outcome: { kind: 'closed' },
      }
    case 'withdraw':
      return { events: [{ ...head(state, now), type: 'withdrawn' }], outcome: { kind: 'withdrawn' } }
    default:
      return unreachable(command)
  }
}

/** An opening that time has reached keeps its instant; one by hand is now. */
function opening(state: CampaignState, now: number): number {
  return state.opensAt === null ? now : Math.min(state.opensAt, now)
}

function closing(state: CampaignState, now: number): number {
  return state.closesAt === null ? now : Math.min(state.closesAt, now)
}

function schedule(
  command: Extract<CampaignCommand, { kind: 'schedule' }>,
  state: CampaignState | null,
  now: number,
): CampaignDecision {
  const { id, opensAt, closesAt, items } = command
  if (state !== null) {
    const { planned } = state
    const same =
      opensAt === planned.opensAt && closesAt === planned.closesAt && sameItems(items, planned.items)
    if (same) return answer({ kind: 'already', status: state.status })
    return answer({ kind: 'id-reused' })
  }
  return {
    events: [{ aggregate: 'campaign', id, version: 1, at: now, type: 'scheduled', opensAt, closesAt, items }],
    outcome: { kind: 'scheduled' },
  }
}

function changeItems(items: readonly CampaignItem[], state: CampaignState, now: number): CampaignDecision {
  if (state.status === 'closed') return answer({ kind: 'already', status: 'closed' })
  if (sameItems(items, state.items)) return answer({ kind: 'items-changed' })
  const isKept = (item: CampaignItem) => items.some((one) => one.sku === item.sku && one.pool === item.pool)
  const dropped = [...state.dropped, ...state.items].filter((item) => !isKept(item))
  return {
    events: [{ ...head(state, now), type: 'items-changed', items, dropped }],
    outcome: { kind: 'items-changed' },
  }
}

function sameItems(one: readonly CampaignItem[], other: readonly CampaignItem[]): boolean {
  return (
    one.length === other.length &&
    one.every((item, index) => {
      const twin = other[index]
      return item.sku === twin?.sku && item.pool === twin.pool && item.backorderLimit === twin.backorderLimit
    })
  )
}

function head(state: CampaignState, now: number) {
  return { aggregate: 'campaign', id: state.id, version: state.version + 1, at: now } as const
}

function answer(outcome: CampaignOutcome): CampaignDecision {
  return { events: NO_EVENTS, outcome }
}
