import type { Attempt } from '../../port/pieced.js'
import { type Decision, NO_EVENTS, unreachable } from '../decider.js'
import type { PiecedOrderCommand, PiecedOrderEvent, PiecedOrderOutcome, PiecedOrderState } from './types.js'

type PiecedOrderDecision = Decision<PiecedOrderEvent, PiecedOrderOutcome>

/** Decides what becomes of an order's attempts: of admitting and aborting one, whichever comes first is what happened. */
export function decide(command: PiecedOrderCommand, state: PiecedOrderState): PiecedOrderDecision {
  switch (command.kind) {
    case 'begin':
      return begin(command.attempt, state)
    case 'admit':
      return admit(command, state)
    case 'abort':
      return abort(command, state)
    case 'take':
      return take(command.attempt, state)
    case 'taken':
      return taken(command, state)
    case 'return':
      if (state.status !== 'admitted') return NOTED
      return { events: [{ type: 'returned', returned: command.returned }], outcome: { kind: 'noted' } }
    case 'followed': {
      if (state.status !== 'admitted' && state.status !== 'aborted') return NOTED
      const { version, strays } = command
      return { events: [{ type: 'followed', version, strays }], outcome: { kind: 'noted' } }
    }
    default:
      return unreachable(command)
  }
}

function begin(attempt: Attempt, state: PiecedOrderState): PiecedOrderDecision {
  switch (state.status) {
    case 'absent':
      return { events: [{ type: 'begun', attempt }], outcome: { kind: 'begun' } }
    case 'pending':
      return answer({ kind: 'pending', attempt: state.attempt })
    case 'aborted':
      // Its guard would keep out the next attempt of its own order.
      return answer({ kind: 'unsettled' })
    case 'admitted':
      return answer({ kind: 'decided' })
    default:
      return unreachable(state)
  }
}

function admit(
  { token, deferred }: Extract<PiecedOrderCommand, { kind: 'admit' }>,
  state: PiecedOrderState,
): PiecedOrderDecision {
  if (state.status === 'admitted') return answer({ kind: 'decided' })
  if (state.status !== 'pending' || state.attempt.token !== token) return aborted(token, state)
  const { pieces } = state.attempt
  // A deferred order keeps limits and guards; its units were only looked whether they are there.
  const kept = deferred ? pieces.filter(({ lines }) => lines === null) : pieces
  const strays = deferred ? pieces.filter(({ lines }) => lines !== null) : NO_EVENTS
  return { events: [{ type: 'admitted', pieces: kept, strays }], outcome: { kind: 'admitted' } }
}

function abort(
  { token, refusal }: Extract<PiecedOrderCommand, { kind: 'abort' }>,
  state: PiecedOrderState,
): PiecedOrderDecision {
  if (openAttempt(state)?.token === token)
    return { events: [{ type: 'aborted', refusal }], outcome: { kind: 'aborted', refusal } }
  return state.status === 'admitted' ? answer({ kind: 'decided' }) : aborted(token, state)
}

/** A payment's attempt ends before another may begin. */
function take(attempt: Attempt, state: PiecedOrderState): PiecedOrderDecision {
  if (state.status !== 'admitted') return answer({ kind: 'aborted', refusal: null })
  if (state.taking !== null) return answer({ kind: 'pending', attempt: state.taking })
  return { events: [{ type: 'taking', attempt }], outcome: { kind: 'begun' } }
}

function taken(
  { token, adds }: Extract<PiecedOrderCommand, { kind: 'taken' }>,
  state: PiecedOrderState,
): PiecedOrderDecision {
  if (state.status !== 'admitted' || state.taking?.token !== token) return aborted(token, state)
  const { pieces } = state.taking
  const event: PiecedOrderEvent = adds
    ? { type: 'taken', pieces: [...state.pieces, ...pieces], strays: NO_EVENTS }
    : { type: 'taken', pieces, strays: state.pieces }
  return { events: [event], outcome: { kind: 'taken' } }
}

/** The attempt that is not decided yet. */
export function openAttempt(state: PiecedOrderState): Attempt | null {
  if (state.status === 'pending') return state.attempt
  return state.status === 'admitted' ? state.taking : null
}

/** Who was too late learns why, where it is still known. */
function aborted(token: string, state: PiecedOrderState): PiecedOrderDecision {
  const known = state.status === 'aborted' && state.token === token
  return answer({ kind: 'aborted', refusal: known ? state.refusal : null })
}

function answer(outcome: PiecedOrderOutcome): PiecedOrderDecision {
  return { events: NO_EVENTS, outcome }
}

const NOTED: PiecedOrderDecision = { events: NO_EVENTS, outcome: { kind: 'noted' } }
