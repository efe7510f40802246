import { unreachable } from '../decider.js'
import type { OrderEvent, OrderState, OrderStatus } from './types.js'

export function initialState(): OrderState | null {
  return null
}

/** From which statuses each event leads on. */
const LEADS_FROM: {
  readonly [Type in Exclude<OrderEvent['type'], 'placed'>]: readonly OrderStatus[]
} = {
  queued: ['rejected'],
  rejected: ['queued'],
  paid: ['awaiting-payment', 'expired'],
  cancelled: ['queued', 'awaiting-payment'],
  expired: ['awaiting-payment'],
  'rolled-back': ['awaiting-payment', 'paid'],
  'refund-required': ['awaiting-payment', 'cancelled', 'expired', 'rolled-back'],
  refunded: ['paid', 'refund-required'],
  amended: ['awaiting-payment', 'paid', 'refunded'],
}

/**
 * The next state. An event that leads nowhere from here leaves the order as it is; one that is placed begins anew: its
 * id was free, whatever it stood for before.
 */
export function evolve(state: OrderState | null, event: OrderEvent): OrderState | null {
  const { id, version, at } = event
  if (state !== null && event.type !== 'placed' && !LEADS_FROM[event.type].includes(state.status))
    return state
  if (event.type === 'queued') {
    const { home, fingerprint, lines, data, request } = event
    return {
      status: 'queued',
      id,
      version,
      home,
      fingerprint,
      lines,
      data,
      createdAt: at,
      payBy: null,
      request,
    }
  }
  if (event.type === 'placed') {
    const { home, fingerprint, lines, data, payBy, deferred } = event
    const createdAt = state?.createdAt ?? at
    return {
      status: 'awaiting-payment',
      id,
      version,
      home,
      fingerprint,
      lines,
      data,
      createdAt,
      payBy,
      deferred,
    }
  }
  return state === null ? null : changed(state, event)
}

function changed(state: OrderState, event: Exclude<OrderEvent, { type: 'queued' | 'placed' }>): OrderState {
  const { id, home, fingerprint, lines, data, createdAt, payBy } = state
  const { version } = event
  // Spelled out, as nearly every order ends in one of these.
  switch (event.type) {
    case 'paid': {
      const { payment, late } = event
      return {
        status: 'paid',
        id,
        version,
        home,
        fingerprint,
        lines: event.lines,
        data,
        createdAt,
        payBy,
        payment,
        late,
      }
    }
    case 'cancelled': {
      const { by, reason } = event
      return {
        status: 'cancelled',
        id,
        version,
        home,
        fingerprint,
        lines,
        data,
        createdAt,
        payBy,
        by,
        reason,
      }
    }
    case 'expired':
      return { status: 'expired', id, version, home, fingerprint, lines, data, createdAt, payBy }
    default:
      return changedSeldom(state, event)
  }
}

function changedSeldom(
  state: OrderState,
  event: Exclude<OrderEvent, { type: 'queued' | 'placed' | 'paid' | 'cancelled' | 'expired' }>,
): OrderState {
  const { id, home, fingerprint, lines, data, createdAt, payBy } = state
  const common = { id, version: event.version, home, fingerprint, lines, data, createdAt, payBy }
  switch (event.type) {
    case 'rejected':
      return { ...common, status: 'rejected', refusal: event.refusal }
    case 'rolled-back':
      return { ...common, status: 'rolled-back', reason: event.reason, payment: paymentOf(state) }
    case 'refund-required':
      return { ...common, status: 'refund-required', payment: event.payment, why: event.why }
    case 'refunded':
      return { ...common, status: 'refunded', payment: paymentOf(state) ?? '', refund: event.refund }
    case 'amended': {
      const amended = { ...state, version: event.version, lines: event.lines }
      if (amended.status !== 'awaiting-payment' || event.payBy === null) return amended
      return { ...amended, payBy: event.payBy }
    }
    default:
      return unreachable(event)
  }
}

function paymentOf(state: OrderState): string | null {
  switch (state.status) {
    case 'paid':
    case 'refund-required':
    case 'refunded':
    case 'rolled-back':
      return state.payment
    default:
      return null
  }
}
