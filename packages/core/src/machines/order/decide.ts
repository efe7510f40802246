import { type Decision, NO_EVENTS, unreachable } from '../decider.js'
import type { OrderCommand, OrderEvent, OrderOutcome, OrderState } from './types.js'

export type OrderDecision = Decision<OrderEvent, OrderOutcome>

/**
 * Decides what touches no unit: queueing, rejecting, refunding. `null`: no order stands under the id. `isReserved`:
 * whether a reservation does, if only the tombstone of one that was released before it came.
 */
export function decide(
  command: OrderCommand,
  state: OrderState | null,
  now: number,
  isReserved: boolean,
): OrderDecision {
  switch (command.kind) {
    case 'submit':
      return submit(command, state, now, isReserved)
    case 'reject':
      if (state === null) return answer({ kind: 'unknown-id' })
      if (state.status !== 'queued') return answer({ kind: 'already', status: state.status })
      return {
        events: [{ ...head(state, now), type: 'rejected', refusal: command.refusal }],
        outcome: { kind: 'rejected' },
      }
    case 'refund':
      return refund(command.refund, state, now)
    default:
      return unreachable(command)
  }
}

function head(state: OrderState, now: number) {
  return { aggregate: 'order', id: state.id, version: state.version + 1, at: now } as const
}

function answer(outcome: OrderOutcome): OrderDecision {
  return { events: NO_EVENTS, outcome }
}

function submit(
  command: Extract<OrderCommand, { kind: 'submit' }>,
  state: OrderState | null,
  now: number,
  isReserved: boolean,
): OrderDecision {
  if (state !== null && state.status !== 'rejected') {
    const differs: ('buyer' | 'lines')[] = []
    if (command.fingerprint.buyer !== state.fingerprint.buyer) differs.push('buyer')
    if (command.fingerprint.lines !== state.fingerprint.lines) differs.push('lines')
    if (differs.length > 0) return answer({ kind: 'id-reused', differs })
    return answer({ kind: 'replayed', status: state.status })
  }
  // Its id was released before it came, or after it was rejected: no order may come to be under it.
  if (isReserved) return answer({ kind: 'tombstoned' })
  // Refusals are not remembered: a rejected ticket may be queued again, as anything.
  const { id, home, fingerprint, lines, data, request } = command
  const version = state === null ? 1 : state.version + 1
  return {
    events: [
      { aggregate: 'order', id, version, at: now, type: 'queued', home, fingerprint, lines, data, request },
    ],
    outcome: { kind: 'queued' },
  }
}

function refund(refundId: string, state: OrderState | null, now: number): OrderDecision {
  if (state === null) return answer({ kind: 'unknown-id' })
  switch (state.status) {
    case 'paid':
    case 'refund-required':
      return {
        events: [{ ...head(state, now), type: 'refunded', refund: refundId }],
        outcome: { kind: 'refunded' },
      }
    case 'rolled-back': {
      const { payment } = state
      if (payment === null) return answer({ kind: 'not-paid', status: state.status })
      const first = head(state, now)
      return {
        events: [
          { ...first, type: 'refund-required', payment, why: { kind: 'released' } },
          { ...first, version: first.version + 1, type: 'refunded', refund: refundId },
        ],
        outcome: { kind: 'refunded' },
      }
    }
    case 'refunded':
      if (state.refund === refundId) return answer({ kind: 'already', status: 'refunded' })
      return answer({ kind: 'refund-differs', refund: state.refund })
    case 'queued':
    case 'awaiting-payment':
    case 'rejected':
    case 'cancelled':
    case 'expired':
      return answer({ kind: 'not-paid', status: state.status })
    default:
      return unreachable(state)
  }
}
