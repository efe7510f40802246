import type { Piece } from '../../port/pieced.js'
import { NO_EVENTS, unreachable } from '../decider.js'
import { openAttempt } from './decide.js'
import type { AdmittedOrder, PiecedOrderEvent, PiecedOrderState } from './types.js'

const ABSENT: PiecedOrderState = Object.freeze({ status: 'absent' })

export function initialState(): PiecedOrderState {
  return ABSENT
}

/** The next state. A transition that the decider cannot emit leaves the state as it is. */
export function evolve(state: PiecedOrderState, event: PiecedOrderEvent): PiecedOrderState {
  switch (event.type) {
    case 'begun':
      return { status: 'pending', attempt: event.attempt }
    case 'admitted': {
      const { pieces, strays } = event
      return { status: 'admitted', pieces, strays, taking: null, followed: 0, returns: NO_EVENTS }
    }
    case 'aborted':
      return afterAbort(state, event.refusal)
    case 'followed':
      return afterFollowing(state, event.version, new Set(event.strays))
    case 'taking':
    case 'taken':
    case 'returned':
      return state.status === 'admitted' ? changed(state, event) : state
    default:
      return unreachable(event)
  }
}

function changed(
  state: AdmittedOrder,
  event: Extract<PiecedOrderEvent, { type: 'taking' | 'taken' | 'returned' }>,
): AdmittedOrder {
  switch (event.type) {
    case 'taking':
      return { ...state, taking: event.attempt }
    case 'taken':
      return { ...state, pieces: event.pieces, strays: [...state.strays, ...event.strays], taking: null }
    case 'returned':
      return { ...state, returns: [...state.returns, event.returned] }
    default:
      return unreachable(event)
  }
}

function afterAbort(
  state: PiecedOrderState,
  refusal: Extract<PiecedOrderEvent, { type: 'aborted' }>['refusal'],
): PiecedOrderState {
  const attempt = openAttempt(state)
  if (attempt === null) return state
  const { token, pieces } = attempt
  if (state.status !== 'admitted') return { status: 'aborted', token, refusal, strays: pieces }
  return { ...state, taking: null, strays: [...state.strays, ...pieces] }
}

function afterFollowing(
  state: PiecedOrderState,
  version: number,
  givenBack: ReadonlySet<string>,
): PiecedOrderState {
  if (state.status !== 'admitted' && state.status !== 'aborted') return state
  const strays = state.strays.filter(({ id }: Piece) => !givenBack.has(id))
  if (state.status === 'admitted') return { ...state, strays, followed: Math.max(state.followed, version) }
  // Refusals are not remembered: nothing of it is left.
  return strays.length === 0 ? ABSENT : { ...state, strays }
}
