import type { Fingerprint, Guard } from '../../port/claims.js'
import type { Confirm, Extend, Release, ReservationCommand, Reserve } from '../../port/commands.js'
import type { GrantedLine, GrantedUse, ReservationEvent } from '../../port/events.js'
import type { Outcome, RefundCause } from '../../port/outcomes.js'
import { NO_EVENTS, unreachable } from '../decider.js'
import {
  already,
  answer,
  head,
  isLive,
  owedUnits,
  type ReservationDecision,
  sameAccount,
} from './decision.js'
import { returnUnits } from './return-units.js'
import { shrink } from './shrink.js'
import type { InternalCommand, KnownReservation, ReservationContext, ReservationState } from './types.js'

/**
 * Decides one command on the reservation of its id. A hold that is due was expired before this is asked
 * (see `partition/`), so that a live status here means a live hold.
 */
export function decide(
  command: ReservationCommand,
  state: ReservationState,
  context: ReservationContext,
): ReservationDecision {
  switch (command.kind) {
    case 'reserve':
      return reserve(command, state, context)
    case 'extend':
      return extend(command, state, context.now)
    case 'shrink':
      return shrink(command, state, context.now)
    case 'confirm':
      return confirm(command, state, context)
    case 'release':
      return release(command, state, context.now)
    case 'return':
      return returnUnits(command, state, context)
    default:
      return unreachable(command)
  }
}

/** Decides what the deadline or a restock does to a live reservation. */
export function decideInternal(
  command: InternalCommand,
  id: string,
  state: KnownReservation,
  now: number,
): readonly ReservationEvent[] {
  if (command.kind === 'expire') {
    if (!isLive(state)) return NO_EVENTS
    const { aggregate, version, at } = head(id, state, now)
    return [{ aggregate, id, version, at, type: 'expired', struck: state.strike !== null }]
  }
  if (state.status !== 'held' && state.status !== 'confirmed') return NO_EVENTS
  const line = state.lines.find((one) => sameAccount(one.account, command.account))
  if (line === undefined || line.owed < command.quantity) return NO_EVENTS
  const owedLeft = line.owed - command.quantity
  return [
    { ...head(id, state, now), type: 'filled', account: line.account, quantity: command.quantity, owedLeft },
  ]
}

function reserve(
  command: Reserve,
  state: ReservationState,
  context: ReservationContext,
): ReservationDecision {
  // The id's own answer comes first: a retry of the call that took the last unit must return its success.
  if (state.status !== 'absent') return replay(command.claims.fingerprint, state)
  const { now } = context
  if (now > command.notAfter) return answer({ kind: 'late' })
  if (command.refuse !== null) return answer(command.refuse)
  const admitted = context.admit(command)
  if (admitted.kind !== 'admitted') return answer(admitted)
  const { claims, risk } = command
  const expiresAt = now + command.holdMs
  const granted: ReservationEvent = {
    aggregate: 'reservation',
    id: command.id,
    version: 1,
    at: now,
    type: 'granted',
    home: command.home,
    stock: admitted.stock,
    fingerprint: claims.fingerprint,
    lines: admitted.lines,
    uses: admitted.uses,
    guards: namesOf(command.guards),
    strike: risk === null ? null : { strikes: risk.strikes, strikeMs: risk.strikeMs },
    backorder: claims.backorder,
    expiresAt,
    maxExpiresAt: now + Math.max(command.holdMs, command.maxHoldMs),
    data: command.data,
  }
  return {
    events: [granted],
    outcome: { kind: 'granted', stock: admitted.stock, owed: owedUnits(admitted.lines), expiresAt },
  }
}

function namesOf(guards: readonly Guard[]): readonly string[] {
  if (guards.length === 0) return NO_EVENTS
  return guards.length === 1 ? [(guards[0] as Guard).name] : guards.map((guard) => guard.name)
}

/** What an id that was granted before, or ended before it came, answers to a reserve. */
export function replay(asked: Fingerprint, state: KnownReservation): ReservationDecision {
  if (state.status === 'tombstoned') return answer({ kind: 'tombstoned' })
  const differs: ('buyer' | 'lines')[] = []
  if (asked.buyer !== state.fingerprint.buyer) differs.push('buyer')
  if (asked.lines !== state.fingerprint.lines) differs.push('lines')
  if (differs.length > 0) return answer({ kind: 'id-reused', differs })
  return answer({ kind: 'replayed', status: state.status, expiresAt: isLive(state) ? state.expiresAt : null })
}

function extend(command: Extend, state: ReservationState, now: number): ReservationDecision {
  if (state.status === 'absent') return answer({ kind: 'unknown-id' })
  if (!isLive(state)) return already(state.status)
  const expiresAt = Math.max(state.expiresAt, Math.min(now + command.holdMs, state.maxExpiresAt))
  const outcome: Outcome = { kind: 'extended', expiresAt }
  if (expiresAt === state.expiresAt) return answer(outcome)
  return { events: [{ ...head(command.id, state, now), type: 'extended', expiresAt }], outcome }
}

function confirm(
  command: Confirm,
  state: ReservationState,
  context: ReservationContext,
): ReservationDecision {
  const { id, payment } = command
  switch (state.status) {
    case 'held':
      return confirmed(id, payment, state, false, state, context.now)
    case 'deferred': {
      const taken = context.take(state.lines, state.backorder)
      if (taken.kind !== 'taken') return refund(id, payment, state, taken, context.now)
      return confirmed(id, payment, state, false, { lines: taken.lines, uses: state.uses }, context.now)
    }
    case 'expired': {
      const taken = context.retake({ lines: state.lines, uses: state.uses, backorder: state.backorder })
      if (taken.kind !== 'taken') return refund(id, payment, state, taken, context.now)
      return confirmed(id, payment, state, true, taken, context.now)
    }
    case 'confirmed':
      if (payment === state.payment) return already('confirmed')
      // For that payment alone: the paid order stands.
      return answer({ kind: 'refund-required', why: { kind: 'duplicate-payment', paid: state.payment } })
    case 'released':
      return refund(id, payment, state, { kind: 'released' }, context.now)
    case 'refund-required':
      return answer({ kind: 'refund-required', why: state.why })
    case 'tombstoned':
      return answer({ kind: 'refund-required', why: { kind: 'released' } })
    case 'absent':
      return confirmUnknown(command, context)
    default:
      return unreachable(state)
  }
}

function confirmed(
  id: string,
  payment: string,
  state: KnownReservation,
  late: boolean,
  taken: { readonly lines: readonly GrantedLine[]; readonly uses: readonly GrantedUse[] },
  now: number,
): ReservationDecision {
  const { lines, uses } = taken
  const { aggregate, version, at } = head(id, state, now)
  return {
    events: [{ aggregate, id, version, at, type: 'confirmed', payment, late, lines, uses }],
    outcome: { kind: 'confirmed', late, owed: owedUnits(lines) },
  }
}

function refund(
  id: string,
  payment: string,
  state: KnownReservation,
  why: RefundCause,
  now: number,
): ReservationDecision {
  return {
    events: [{ ...head(id, state, now), type: 'refund-required', payment, why }],
    outcome: { kind: 'refund-required', why },
  }
}

/** A payment for an id that the store does not know (any more): it brings its claims again, or is told so. */
function confirmUnknown(command: Confirm, context: ReservationContext): ReservationDecision {
  const { id, home, payment, retake } = command
  const { now } = context
  // After `until` the marker of a paid order may have lapsed: taking again could sell it twice.
  if (retake === null || now >= retake.until) return answer({ kind: 'unknown-id' })
  const uses = retake.uses.map(
    (use): GrantedUse => ({
      counter: use.counter,
      prior: use.prior,
      quantity: use.lines.reduce((sum, line) => sum + (retake.units[line]?.quantity ?? 0), 0),
      max: use.max,
      lines: use.lines,
    }),
  )
  const taken = context.retake({ lines: retake.units, uses, backorder: retake.backorder })
  const first = { aggregate: 'reservation', id, version: 1, at: now } as const
  if (taken.kind !== 'taken') {
    // The id is occupied, so that a redelivered payment never takes.
    return {
      events: [{ ...first, type: 'tombstoned', home, cause: 'rollback', reason: taken.kind }],
      outcome: { kind: 'refund-required', why: taken },
    }
  }
  return {
    events: [
      {
        ...first,
        type: 'granted',
        home,
        stock: 'taken',
        fingerprint: retake.fingerprint,
        lines: taken.lines,
        uses: taken.uses,
        guards: NO_EVENTS,
        strike: null,
        backorder: retake.backorder,
        expiresAt: now,
        maxExpiresAt: now,
        data: null,
      },
      { ...first, version: 2, type: 'confirmed', payment, late: true, lines: taken.lines, uses: taken.uses },
    ],
    outcome: { kind: 'confirmed', late: true, owed: owedUnits(taken.lines) },
  }
}

function release(command: Release, state: ReservationState, now: number): ReservationDecision {
  const { id, home, cause, reason } = command
  if (state.status === 'absent') {
    // Undo before do: the late reserve will be refused.
    return {
      events: [{ ...head(id, state, now), type: 'tombstoned', home, cause, reason }],
      outcome: { kind: 'tombstoned' },
    }
  }
  const undoesConfirmed = state.status === 'confirmed' && cause === 'rollback'
  if (!isLive(state) && !undoesConfirmed) return already(state.status)
  const struck = cause === 'buyer' && isLive(state) && state.strike !== null
  const { aggregate, version, at } = head(id, state, now)
  return {
    events: [{ aggregate, id, version, at, type: 'released', cause, reason, struck }],
    outcome: { kind: 'released' },
  }
}
