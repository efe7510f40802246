import { type Decision, NO_EVENTS, unreachable } from '../decider.js'
import {
  COMPENSATION_STEPS,
  type CompensationCommand,
  type CompensationEvent,
  type CompensationOutcome,
  type CompensationState,
} from './types.js'

export type CompensationDecision = Decision<CompensationEvent, CompensationOutcome>

/** Each step is fenced by (order, step, execution): repeated, early, or of another execution, it does nothing. */
export function decide(
  command: CompensationCommand,
  state: CompensationState | null,
  now: number,
): CompensationDecision {
  if (command.kind === 'require') return require(command, state, now)
  if (state === null) return answer({ kind: 'unknown-id' })
  switch (command.kind) {
    case 'step':
      return step(command, state, now)
    case 'fail':
      return fail(command, state, now)
    case 'resume':
      if (state.status !== 'parked') return answer({ kind: 'already', status: state.status })
      return { events: [{ ...head(state, now), type: 'resumed' }], outcome: { kind: 'resumed' } }
    default:
      return unreachable(command)
  }
}

function require(
  command: Extract<CompensationCommand, { kind: 'require' }>,
  state: CompensationState | null,
  now: number,
): CompensationDecision {
  if (state !== null) return answer({ kind: 'already', status: state.status })
  const { order, home, reason, execution } = command
  return {
    events: [
      { aggregate: 'compensation', order, version: 1, at: now, type: 'required', home, reason, execution },
    ],
    outcome: { kind: 'required' },
  }
}

function step(
  command: Extract<CompensationCommand, { kind: 'step' }>,
  state: CompensationState,
  now: number,
): CompensationDecision {
  const { step: done, execution } = command
  if (execution !== state.execution) return answer({ kind: 'other-execution', execution: state.execution })
  if (state.status === 'done' || state.done.includes(done))
    return answer({ kind: 'already', status: state.status })
  const expected = COMPENSATION_STEPS[state.done.length]
  if (expected !== undefined && expected !== done) return answer({ kind: 'out-of-order', expected })
  const first = head(state, now)
  const event: CompensationEvent = { ...first, type: 'step-done', step: done, execution }
  if (state.done.length + 1 < COMPENSATION_STEPS.length)
    return { events: [event], outcome: { kind: 'step-done' } }
  return {
    events: [event, { ...first, version: first.version + 1, type: 'done' }],
    outcome: { kind: 'done' },
  }
}

function fail(
  command: Extract<CompensationCommand, { kind: 'fail' }>,
  state: CompensationState,
  now: number,
): CompensationDecision {
  const { execution, error, budget, retryAfterMs } = command
  if (execution !== state.execution) return answer({ kind: 'other-execution', execution: state.execution })
  if (state.status !== 'required') return answer({ kind: 'already', status: state.status })
  const attempts = state.attempts + 1
  if (attempts >= budget) {
    return { events: [{ ...head(state, now), type: 'parked', attempts, error }], outcome: { kind: 'parked' } }
  }
  return {
    events: [{ ...head(state, now), type: 'attempt-failed', error, nextAttemptAt: now + retryAfterMs }],
    outcome: { kind: 'retrying' },
  }
}

function head(state: CompensationState, now: number) {
  return { aggregate: 'compensation', order: state.order, version: state.version + 1, at: now } as const
}

function answer(outcome: CompensationOutcome): CompensationDecision {
  return { events: NO_EVENTS, outcome }
}
