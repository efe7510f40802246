import type { Answer, Call } from '../coalescer/coalescer.js'
import { HoldfastError } from '../errors.js'
import { openAttempt } from '../machines/pieced-order/index.js'
import { isLive, sameAccount } from '../machines/reservation/decision.js'
import { type PieceName, pieceNamed } from '../partition/piece-names.js'
import type { Reserve } from '../port/commands.js'
import type { GrantedLine } from '../port/events.js'
import type { Outcome, Refusal } from '../port/outcomes.js'
import type { ReservationStore } from '../port/reservation-store.js'
import { firstRefusal } from './first-refusal.js'
import type { Following } from './following.js'
import { type Submit, stepAt } from './homes.js'
import { OlderNames } from './older-names.js'
import type { Plan, PlannedPiece } from './plan.js'
import { readReservation } from './read-reservation.js'

type UnpaidOrder = Extract<Refusal, { kind: 'unpaid-order' }>

/** What became of an attempt's pieces. */
export type Reserved =
  | {
      readonly kind: 'reserved'
      readonly stock: 'taken' | 'deferred'
      /** The order's lines, with what they are owed. */
      readonly lines: readonly GrantedLine[]
    }
  /** `now`: the clock of the partition that refused. */
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly now: number }
  /** Somebody else ended the attempt. */
  | { readonly kind: 'spent' }

/** Of an answer for which no store was asked to change anything. */
const EPOCH_OF_NONE = 0
/** Times that a guard's holder is asked about before the refusal stands. */
const LOOKS = 3

/** Reserves in single partitions, where guards may be kept by pieces. */
export class Reserving {
  private readonly olderNames: OlderNames

  constructor(
    private readonly store: Pick<ReservationStore, 'read' | 'partitionsOf'>,
    private readonly submit: Submit,
    private readonly following: Following,
  ) {
    this.olderNames = new OlderNames(store)
  }

  /** A reserve of one partition, which counts what lies under older names in others. */
  async reserve(partition: string, command: Reserve, call: Call): Promise<Answer> {
    const elsewhere = await this.olderNames.elsewhere(partition, command)
    if (elsewhere === null) return this.reserveHere(partition, command, call)
    const { isKnown, held, risk, now } = elsewhere
    // The id's own answer comes first, then what the policy refused.
    if (isKnown || command.refuse !== null) return this.reserveHere(partition, command, call)
    if (risk?.effect === 'refuse') {
      const { strikes, until } = risk
      return { outcome: { kind: 'buyer-refused', strikes, until }, now, epoch: EPOCH_OF_NONE }
    }
    for (const { partition: where, refusal } of held) {
      const unpaid = await this.unpaid(where, refusal, call)
      if (unpaid !== null) return { outcome: unpaid, now, epoch: EPOCH_OF_NONE }
    }
    const stock = risk?.effect === 'defer-stock' ? 'defer' : command.stock
    return elsewhere.asAsked(await this.reserveHere(partition, { ...elsewhere.command, stock }, call))
  }

  /** A guard that a piece keeps is free once the piece's home has said so. */
  private async reserveHere(partition: string, command: Reserve, call: Call): Promise<Answer> {
    for (let look = 1; ; look++) {
      const answer = await this.submit(partition, command, call)
      const { outcome } = answer
      const holder = outcome.kind === 'unpaid-order' ? pieceNamed(outcome.id) : null
      if (outcome.kind !== 'unpaid-order' || holder === null) return answer
      const unpaid = await this.stillUnpaid(partition, outcome, holder, call)
      if (unpaid !== null) return { ...answer, outcome: unpaid }
      if (look === LOOKS) return { ...answer, outcome: { ...outcome, id: holder.id, expiresAt: answer.now } }
    }
  }

  /**
   * All pieces of a plan, one after another. Once one is refused nothing can be granted any more: the others are only
   * asked, at once, whether they would be refused for a reason that goes before.
   */
  async reserveAll({ pieces }: Plan, command: Reserve, call: Call): Promise<Reserved> {
    const { units } = command.claims
    const lines = units.map(({ account, quantity }) => ({ account, quantity, owed: 0, returned: 0 }))
    let deferred = command.stock === 'defer'
    for (const [n, planned] of pieces.entries()) {
      const { piece, reserve } = planned
      const { outcome, now } = await this.reserve(piece.partition, reserve, call)
      const got = await this.granted(planned, outcome)
      if (got === 'spent') return { kind: 'spent' }
      if (got === null) {
        const others = await Promise.all(pieces.slice(n + 1).map((other) => this.refusal(other, call)))
        const refusals = [refusalIn(outcome, planned), ...others.flat()]
        return { kind: 'refused', refusal: firstRefusal(refusals, command), now }
      }
      deferred ||= got.deferred
      for (const { account, quantity: owed } of got.owed) {
        const line = lines.findIndex((one) => sameAccount(one.account, account))
        lines[line] = { account, quantity: lines[line]?.quantity ?? owed, owed, returned: 0 }
      }
    }
    // Units of a deferred order were taken for a moment, to see that they are there.
    const told = deferred ? lines.map((line) => ({ ...line, owed: 0 })) : lines
    return { kind: 'reserved', stock: deferred ? 'deferred' : 'taken', lines: told }
  }

  /** Why this piece would be refused, if it would. Units are only looked at: the piece is given back like all others. */
  private async refusal(planned: PlannedPiece, call: Call): Promise<readonly Refusal[]> {
    const { piece, reserve } = planned
    const { outcome } = await this.reserve(piece.partition, { ...reserve, stock: 'defer' }, call)
    return (await this.granted(planned, outcome)) === null ? [refusalIn(outcome, planned)] : []
  }

  /** What a piece was granted, now or by a call before this; `null`: it was refused. */
  private async granted({ piece }: PlannedPiece, outcome: Outcome) {
    if (outcome.kind === 'granted') return { deferred: outcome.stock === 'deferred', owed: outcome.owed }
    if (outcome.kind === 'tombstoned') return 'spent'
    if (outcome.kind !== 'replayed') return null
    const { state } = await readReservation(this.store, piece.partition, piece.id)
    if (state === null || !isLive(state)) return 'spent'
    // Whoever looked at these units was refused elsewhere, and died before the attempt was ended.
    if (piece.lines !== null && state.status === 'deferred') return 'spent'
    const owed = state.lines.filter((line) => line.owed > 0)
    return {
      deferred: state.status === 'deferred',
      owed: owed.map(({ account, owed: quantity }) => ({ account, quantity })),
    }
  }

  /** The refusal by a guard of another partition; `null`: it is free after all. */
  private async unpaid(partition: string, refusal: UnpaidOrder, call: Call): Promise<UnpaidOrder | null> {
    const holder = pieceNamed(refusal.id)
    return holder === null ? refusal : this.stillUnpaid(partition, refusal, holder, call)
  }

  /** The refusal in the terms of the order that keeps the guard; `null`: it keeps it no more. */
  private async stillUnpaid(
    partition: string,
    refusal: UnpaidOrder,
    holder: PieceName,
    call: Call,
  ): Promise<UnpaidOrder | null> {
    const looked = await stepAt(this.submit, holder, { kind: 'look' }, call)
    const { record, order } = looked
    if (openAttempt(record)?.token === holder.token) {
      const { state, now } = await readReservation(this.store, partition, refusal.id)
      const expiresAt = state !== null && isLive(state) ? state.expiresAt : now
      if (now < expiresAt) return { ...refusal, id: holder.id, expiresAt }
    } else if (record.status === 'admitted' && isLive(order)) {
      const isOwn = record.pieces.some(({ id }) => id === refusal.id)
      if (isOwn) return { ...refusal, id: holder.id, expiresAt: order.expiresAt }
    }
    await this.following.ask(refusal.id, partition, call)
    return null
  }
}

/** A piece's refusal as the order's: its uses are named by their places in the order's claims. */
function refusalIn(outcome: Outcome, { uses }: PlannedPiece): Refusal {
  switch (outcome.kind) {
    case 'purchase-limit':
    case 'window-passed':
      return { ...outcome, use: uses[outcome.use] ?? outcome.use }
    case 'account-unknown':
    case 'sale-not-open':
    case 'sale-closed':
    case 'buyer-refused':
    case 'unpaid-order':
    case 'insufficient-stock':
      return outcome
    case 'outbox-full':
      throw new HoldfastError('overloaded', 'overloaded: the outbox of a partition is full')
    default:
      throw new HoldfastError(
        'store-failed',
        `the store answered the reserve of a piece with ${outcome.kind}`,
      )
  }
}
