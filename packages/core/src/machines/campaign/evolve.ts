import { unreachable } from '../decider.js'
import type { CampaignEvent, CampaignState } from './types.js'

export function initialState(): CampaignState | null {
  return null
}

export function evolve(state: CampaignState | null, event: CampaignEvent): CampaignState | null {
  const { id, version } = event
  if (event.type === 'scheduled') {
    const { opensAt, closesAt, items } = event
    return { status: 'scheduled', id, version, opensAt, closesAt, items, dropped: [] }
  }
  if (state === null) return null
  switch (event.type) {
    case 'items-changed':
      return { ...state, version, items: event.items, dropped: event.dropped }
    case 'opened':
      return { ...state, version, status: 'open', opensAt: event.opensAt }
    case 'closed':
      return { ...state, version, status: 'closed', closesAt: event.closesAt }
    case 'withdrawn':
      return { ...state, version, status: 'withdrawn' }
    default:
      return unreachable(event)
  }
}
