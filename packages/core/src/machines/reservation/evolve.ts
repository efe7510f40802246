import type { Granted, GrantedLine, GrantedUse, ReservationEvent } from '../../port/events.js'
import { unreachable } from '../decider.js'
import { sameAccount } from './decision.js'
import type { HeldLine, KnownReservation, ReservationState } from './types.js'

export const ABSENT: ReservationState = Object.freeze({ status: 'absent' })

export function initialState(): ReservationState {
  return ABSENT
}

/** In which statuses the decider emits each event. */
const EMITTED_IN: {
  readonly [Type in ReservationEvent['type']]: readonly ReservationState['status'][]
} = {
  granted: ['absent'],
  tombstoned: ['absent'],
  extended: ['held', 'deferred'],
  shrunk: ['held', 'deferred'],
  filled: ['held', 'confirmed'],
  confirmed: ['held', 'deferred', 'expired'],
  released: ['held', 'deferred', 'confirmed'],
  expired: ['held', 'deferred'],
  'refund-required': ['deferred', 'expired', 'released'],
  returned: ['confirmed'],
}

/** The next state. A transition that the decider cannot emit leaves the state as it is. */
export function evolve(state: ReservationState, event: ReservationEvent): ReservationState {
  if (!EMITTED_IN[event.type].includes(state.status)) return state
  if (event.type === 'granted') return fromGrant(event)
  if (event.type === 'tombstoned') {
    const { version, home, cause, reason, at } = event
    return { status: 'tombstoned', version, home, cause, reason, endedAt: at }
  }
  if (state.status === 'absent' || state.status === 'tombstoned') return state
  return changed(state, event)
}

/** The state of one that was granted and nothing more. */
export function fromGrant(event: Granted): KnownReservation {
  return {
    status: event.stock === 'taken' ? 'held' : 'deferred',
    version: event.version,
    home: event.home,
    fingerprint: event.fingerprint,
    lines: event.lines,
    uses: event.uses,
    guards: event.guards,
    strike: event.strike,
    backorder: event.backorder,
    data: event.data,
    reservedAt: event.at,
    expiresAt: event.expiresAt,
    maxExpiresAt: event.maxExpiresAt,
  }
}

function changed(
  state: Exclude<KnownReservation, { status: 'tombstoned' }>,
  event: Exclude<ReservationEvent, { type: 'granted' | 'tombstoned' }>,
): KnownReservation {
  const { version } = event
  switch (event.type) {
    case 'extended':
      if (state.status !== 'held' && state.status !== 'deferred') return state
      return { ...state, version, expiresAt: event.expiresAt }
    case 'shrunk':
      if (state.status !== 'held' && state.status !== 'deferred') return state
      return { ...state, version, lines: event.lines, uses: usesOf(state.uses, event.lines) }
    case 'filled': {
      const lines = state.lines.map((line) =>
        sameAccount(line.account, event.account) ? { ...line, owed: event.owedLeft } : line,
      )
      return { ...state, version, lines }
    }
    case 'returned':
      return {
        ...state,
        version,
        lines: state.lines.map((line) => withReturned(line, event.lines)),
        uses: event.usesGivenBack ? usesAfterReturn(state, event.lines) : state.uses,
      }
    default:
      return ended(state, event)
  }
}

/** What ends a reservation, spelled out as every one comes to it: V8 makes what is spread field by field. */
function ended(
  state: Exclude<KnownReservation, { status: 'tombstoned' }>,
  event: Extract<ReservationEvent, { type: 'confirmed' | 'released' | 'expired' | 'refund-required' }>,
): KnownReservation {
  const { version } = event
  const { home, fingerprint, lines, uses, guards, strike, backorder, data, reservedAt } = state
  switch (event.type) {
    case 'confirmed':
      return {
        status: 'confirmed',
        version,
        home,
        fingerprint,
        lines: event.lines,
        uses: event.uses,
        guards,
        strike,
        backorder,
        data,
        reservedAt,
        payment: event.payment,
        late: event.late,
        endedAt: event.at,
      }
    case 'released':
      return {
        status: 'released',
        version,
        home,
        fingerprint,
        lines,
        uses,
        guards,
        strike,
        backorder,
        data,
        reservedAt,
        cause: event.cause,
        reason: event.reason,
        payment: state.status === 'confirmed' ? state.payment : null,
        endedAt: event.at,
      }
    case 'expired':
      return {
        status: 'expired',
        version,
        home,
        fingerprint,
        lines,
        uses,
        guards,
        strike,
        backorder,
        data,
        reservedAt,
        endedAt: event.at,
      }
    case 'refund-required': {
      const { payment, why, at } = event
      const claims = { home, fingerprint, lines, uses, guards, strike, backorder, data, reservedAt }
      return { ...claims, status: 'refund-required', version, payment, why, endedAt: at }
    }
    default:
      return unreachable(event)
  }
}

/** Uses after their lines were shrunk. */
export function usesOf(uses: readonly GrantedUse[], lines: readonly GrantedLine[]): readonly GrantedUse[] {
  return uses.map((use) => ({
    ...use,
    quantity: use.lines.reduce((sum, index) => sum + (lines[index]?.quantity ?? 0), 0),
  }))
}

/** Uses that a return gives back: as many as units of their lines came back, never more than are left. */
export function usesGivenBack(
  state: { readonly lines: readonly HeldLine[]; readonly uses: readonly GrantedUse[] },
  returned: readonly { readonly account: HeldLine['account']; readonly quantity: number }[],
): readonly { readonly use: GrantedUse; readonly quantity: number }[] {
  return state.uses.map((use) => {
    let units = 0
    for (const index of use.lines) {
      const line = state.lines[index]
      if (line !== undefined)
        units += returned.find((one) => sameAccount(one.account, line.account))?.quantity ?? 0
    }
    return { use, quantity: Math.min(units, use.quantity) }
  })
}

function usesAfterReturn(
  state: Parameters<typeof usesGivenBack>[0],
  returned: Parameters<typeof usesGivenBack>[1],
): readonly GrantedUse[] {
  return usesGivenBack(state, returned).map(({ use, quantity }) => ({
    ...use,
    quantity: use.quantity - quantity,
  }))
}

function withReturned(line: HeldLine, returned: Parameters<typeof usesGivenBack>[1]): HeldLine {
  const quantity = returned.find((one) => sameAccount(one.account, line.account))?.quantity ?? 0
  return quantity === 0 ? line : { ...line, returned: line.returned + quantity }
}
