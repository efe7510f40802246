import { unreachable } from '../decider.js'
import type { CampaignEvent, CampaignState } from './types.js'

export function initialState(): CampaignState | null {
  return null
}

/** In which statuses the decider emits each event that is not the first. */
const EMITTED_IN: {
  readonly [Type in Exclude<CampaignEvent['type'], 'scheduled'>]: readonly CampaignState['status'][]
} = {
  'items-changed': ['scheduled', 'open'],
  opened: ['scheduled'],
  closed: ['scheduled', 'open'],
  withdrawn: ['scheduled', 'open', 'closed'],
}

/** The next state. An event that the decider cannot emit leaves the state as it is. */
export function evolve(state: CampaignState | null, event: CampaignEvent): CampaignState | null {
  const { id, version } = event
  if (event.type === 'scheduled') {
    if (state !== null) return state
    const { opensAt, closesAt, items } = event
    const planned = { opensAt, closesAt, items }
    return { status: 'scheduled', id, version, planned, ...planned, dropped: [] }
  }
  if (state === null || !EMITTED_IN[event.type].includes(state.status)) return state
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
