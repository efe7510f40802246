import { NO_EVENTS, unreachable } from '../machines/decider.js'
import * as pieced from '../machines/pieced-order/index.js'
import type { PiecedOrderCommand, PiecedOrderState } from '../machines/pieced-order/types.js'
import { replay } from '../machines/reservation/decide.js'
import { head, owedUnits, sameAccount } from '../machines/reservation/decision.js'
import * as reservation from '../machines/reservation/index.js'
import type { KnownReservation, ReservationState } from '../machines/reservation/types.js'
import type { Granted, ReservationEvent } from '../port/events.js'
import type { Outcome, Unsettled } from '../port/outcomes.js'
import type { HomeAnswer, Pieced, PiecedOutcome, PiecedStep } from '../port/pieced.js'
import { isPieceId, isWhole } from './piece-names.js'
import type { PartitionState, PiecedHomes } from './state.js'
import { WholeContext } from './whole-context.js'

/** How long a due piece is one sweep's to ask the home about, before another may, ms. */
const ASK_AGAIN_MS = 15_000
/** Orders that nobody went on with for so long are gone on with by whoever sweeps, ms. */
const LEFT_ALONE_MS = 15_000

type Answer = Outcome | HomeAnswer
type StepOf<Kind extends PiecedStep['kind']> = Extract<PiecedStep, { kind: Kind }>

/** What a batch lends to its home: both expire what is due, and keep events in one order. */
export interface HomeBatch {
  current(id: string): KnownReservation | undefined
  keep(before: KnownReservation | undefined, events: readonly ReservationEvent[]): unknown
}

/**
 * Decides about orders that lie in several partitions, in the partition that is their home: the record of their pieces,
 * and the order as a whole, an ordinary reservation that touches no account, counter or guard. What the whole becomes
 * is what happened; its pieces follow.
 */
export class Home {
  private now = 0

  constructor(
    private readonly partition: PartitionState,
    private readonly homes: PiecedHomes,
    private readonly batch: HomeBatch,
  ) {}

  apply(command: Pieced, now: number): PiecedOutcome {
    this.now = now
    const { id, home } = command
    const answer = this.answer(command, this.batch.current(id))
    const order = this.note(id, home)
    return { kind: 'pieced', answer, record: this.homes.record(id), order }
  }

  /** Something happened to the whole outside of its steps: it was due. */
  expired(id: string, home: string, now: number): void {
    this.now = now
    this.note(id, home)
  }

  /** Hands out, to one sweep at a time, the due pieces and the orders that were left alone. */
  handOut(due: readonly string[], expired: readonly string[], limit: number, now: number): Unsettled {
    const pieces = due.filter(isPieceId)
    for (const id of pieces) {
      const state = this.partition.reservation(id)
      const bears = head(id, state ?? reservation.ABSENT, now)
      this.batch.keep(state, [{ ...bears, type: 'extended', expiresAt: now + ASK_AGAIN_MS }])
    }
    const orders = expired.flatMap((id) => {
      const home = this.partition.reservation(id)?.home ?? ''
      return isWhole(id, home) ? [{ id, home }] : []
    })
    return { pieces, orders: [...orders, ...this.homes.handOut(now - LEFT_ALONE_MS, limit, now)] }
  }

  /** A piece was given units: its home is to hear of it. */
  noteFilled(piece: string, home: string, now: number): void {
    this.homes.putFilled(piece, home, true, now)
  }

  private answer(command: Pieced, order: KnownReservation | undefined): Answer {
    const { step } = command
    switch (step.kind) {
      case 'begin':
        return this.begin(command, step, order)
      case 'admit':
        return this.admit(command, step, order)
      case 'settle':
        return this.settle(command, step, order)
      case 'take':
        if (!wantsUnits(order)) return { kind: 'aborted', refusal: null }
        return this.record(command, { kind: 'take', attempt: step.attempt })
      case 'paid':
      case 'unpaid':
        return this.pay(command, step, order)
      case 'filled':
        return this.filled(command, step, order)
      case 'told':
        // One that was given more meanwhile has more to tell.
        if (order === undefined || order.version === step.version)
          this.homes.putFilled(command.id, command.home, false, this.now)
        return NOTED
      case 'abort':
      case 'followed':
        return this.record(command, step)
      case 'look':
        return NOTED
      default:
        return unreachable(step)
    }
  }

  private begin(command: Pieced, step: StepOf<'begin'>, order: KnownReservation | undefined): Answer {
    if (order !== undefined) return replay(step.fingerprint, order).outcome
    if (this.now > step.notAfter) return { kind: 'late' }
    if (step.refuse !== null) return step.refuse
    return this.record(command, { kind: 'begin', attempt: step.attempt })
  }

  private admit(command: Pieced, step: StepOf<'admit'>, order: KnownReservation | undefined): Answer {
    const { token, grant } = step
    // Admitted by another call of the same attempt, or released before it came to that.
    if (order !== undefined) return replay(grant.fingerprint, order).outcome
    const answer = this.record(command, { kind: 'admit', token, deferred: grant.stock === 'deferred' })
    if (this.homes.record(command.id).status !== 'admitted') return answer
    const event = granted(command, step, this.now)
    this.batch.keep(undefined, [event])
    const { stock, expiresAt } = event
    return { kind: 'granted', stock, owed: owedUnits(event.lines), expiresAt }
  }

  private settle(
    { id, home }: Pieced,
    { command }: StepOf<'settle'>,
    order: KnownReservation | undefined,
  ): Answer {
    if (command.kind === 'confirm' && wantsUnits(order)) return { kind: 'units-wanted' }
    const record = this.homes.record(id)
    if (command.kind === 'release' && order === undefined && record.status === 'pending')
      this.record({ id, home }, { kind: 'abort', token: record.attempt.token, refusal: null })
    const { events, outcome } = reservation.decide(
      command,
      order ?? reservation.ABSENT,
      new WholeContext(id, record, this.now),
    )
    this.batch.keep(order, events)
    if (outcome.kind === 'returned' && command.kind === 'return') {
      const { movement, units, restock, giveBackUses } = command
      this.record({ id, home }, { kind: 'return', returned: { movement, units, restock, giveBackUses } })
    }
    return outcome
  }

  /** A payment that took units first, or could not. */
  private pay(
    { id, home }: Pieced,
    step: StepOf<'paid' | 'unpaid'>,
    order: KnownReservation | undefined,
  ): Answer {
    const { token, version, command } = step
    const record = this.homes.record(id)
    // One that expired or was shrunk meanwhile needs something else than what was taken for it.
    if (pieced.openAttempt(record)?.token !== token || order?.version !== version) {
      this.record({ id, home }, { kind: 'abort', token, refusal: null })
      return { kind: 'aborted', refusal: null }
    }
    const got = step.kind === 'paid' ? step.lines : step.why
    const { events, outcome } = reservation.decide(
      command,
      order,
      new WholeContext(id, record, this.now, got),
    )
    this.batch.keep(order, events)
    const ended: PiecedOrderCommand =
      outcome.kind === 'confirmed'
        ? { kind: 'taken', token, adds: order.status === 'deferred' }
        : { kind: 'abort', token, refusal: null }
    this.record({ id, home }, ended)
    return outcome
  }

  private filled({ id, home }: Pieced, step: StepOf<'filled'>, order: KnownReservation | undefined): Answer {
    if (order?.status !== 'held' && order?.status !== 'confirmed') return NOTED
    const record = this.homes.record(id)
    if (record.status !== 'admitted' || !record.pieces.some((piece) => piece.id === step.piece)) return NOTED
    const line = order.lines.find(({ account }) => sameAccount(account, step.account))
    if (line === undefined || line.owed <= step.owedLeft) return NOTED
    const { account, owedLeft } = step
    const quantity = line.owed - owedLeft
    const { version } = order
    this.batch.keep(order, [{ ...head(id, order, this.now), type: 'filled', account, quantity, owedLeft }])
    // The piece had it first: nothing is left to follow.
    if (record.followed === version)
      this.record({ id, home }, { kind: 'followed', version: version + 1, strays: NO_EVENTS })
    return NOTED
  }

  /** Decides on the record and keeps what comes of it. */
  private record({ id, home }: Pick<Pieced, 'id' | 'home'>, command: PiecedOrderCommand): HomeAnswer {
    let state = this.homes.record(id)
    const { events, outcome } = pieced.decide(command, state)
    for (const event of events) state = pieced.evolve(state, event)
    if (events.length > 0) this.homes.put(id, home, state, false, this.now)
    switch (outcome.kind) {
      case 'begun':
      case 'pending':
      case 'unsettled':
      case 'aborted':
        return outcome
      default:
        return NOTED
    }
  }

  /** Tells whether something is left to do about the pieces. */
  private note(id: string, home: string): ReservationState {
    const order = this.partition.reservation(id) ?? reservation.ABSENT
    const record = this.homes.record(id)
    if (record.status !== 'absent') this.homes.put(id, home, record, isFinished(record, order), this.now)
    return order
  }
}

const NOTED: HomeAnswer = { kind: 'noted' }

/** Whether a payment must take units before it can be decided. */
export function wantsUnits(order: KnownReservation | undefined): boolean {
  return order?.status === 'deferred' || order?.status === 'expired'
}

function isFinished(record: PiecedOrderState, order: ReservationState): boolean {
  if (record.status !== 'admitted') return false
  const { taking, strays, followed } = record
  return taking === null && strays.length === 0 && order.status !== 'absent' && followed >= order.version
}

function granted({ id, home }: Pieced, { grant }: StepOf<'admit'>, now: number): Granted {
  const { stock, fingerprint, lines, uses, guards, risk, backorder, holdMs, maxHoldMs, data } = grant
  return {
    aggregate: 'reservation',
    id,
    version: 1,
    at: now,
    type: 'granted',
    home,
    stock,
    fingerprint,
    lines,
    uses,
    guards,
    strike: risk === null ? null : { strikes: risk.strikes, strikeMs: risk.strikeMs },
    backorder,
    expiresAt: now + holdMs,
    maxExpiresAt: now + Math.max(holdMs, maxHoldMs),
    data,
  }
}
