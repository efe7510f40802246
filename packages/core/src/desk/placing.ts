import type { Answer, Teller } from '../coalescer/coalescer.js'
import { HoldfastError } from '../errors.js'
import { type OrderRequest, type PlaceOptions, placeOptionsSchema } from '../input/order.js'
import { invalid, parse } from '../input/parse.js'
import { type CheckedOrder, checkedOrder } from '../input/plain-order.js'
import { placeOf } from '../partition/piece-names.js'
import type { OrderToReserve, ReserveAt } from '../policy/compiled-policy.js'
import type { TableRow } from '../port/claims.js'
import type { Reserve } from '../port/commands.js'
import type { Outcome, Refusal, Status } from '../port/outcomes.js'
import { errorAsTold } from './calls-under-way.js'
import { type Order, orderAsTold, type PlacedOrder, placedOrder, unitsAsTold } from './orders-as-told.js'
import { callOf, DeskCall, type DeskParts, orderOf, unexpected } from './parts.js'
import type { NotPlaced, Placed, PlaceResult, PreviewResult } from './place-results.js'
import { previewOutcome } from './preview.js'
import { isOfTime, isRefusal, mayBeDue, refusalAsTold } from './refusals.js'

/** A command that was sent, with its answer. */
interface Attempt {
  readonly command: Reserve
  readonly outcome: Outcome
  /** The store's clock at which it was decided. */
  readonly now: number
}

/** How a call of `place` is to be made. */
interface How {
  readonly call: DeskCall
  readonly rows: readonly TableRow[] | null
  readonly firstAttempt: boolean
}

/** A delayed duplicate that arrives later than this after its call is refused, ms. */
const LATEST_MS = 60_000
/** Times that an order is named anew because its calendar window or its last instant had passed. */
const RENAMINGS = 3

/** Checks an order and brings it to the store, again where the first answer was about a window, or about due holds. */
export class Placing {
  constructor(private readonly parts: DeskParts) {}

  /** Without a promise of its own: the answer's is the caller's. */
  place(order: OrderRequest, options?: PlaceOptions): Promise<PlaceResult> {
    const { calls } = this.parts
    if (calls.isClosed) return Promise.reject(calls.refusal())
    calls.begin()
    let id: string | undefined
    try {
      const checked = checkedOrder(order)
      const { call, rows, firstAttempt } = this.howTo(options)
      const request = this.request(checked, rows)
      id = request.id
      const first = this.timedCommand(request, call)
      if (first === null) return this.placeUnheard(request, call)
      // A retry of the call that took the last unit must reach the store.
      const soldOut = firstAttempt || checked.id === undefined ? this.soldOut(first) : null
      return soldOut ?? this.sendFirst(request, call, first)
    } catch (error) {
      return Promise.reject(this.failed(error, id))
    }
  }

  /** The first answer to an order, which is nearly always the last. Ends the call, now or once all is settled. */
  answered(request: OrderToReserve, call: DeskCall, first: Attempt): PlaceResult | Promise<PlaceResult> {
    this.parts.time.heard(first.now)
    if (!this.isSettled(first)) return this.settledAndTold(request, call, first)
    try {
      return this.told(first)
    } catch (error) {
      throw errorAsTold(error, request.id)
    } finally {
      this.parts.calls.end()
    }
  }

  /** Ends the call with what failed, as its caller is told. */
  failed(error: unknown, id: string | undefined): HoldfastError {
    this.parts.calls.end()
    return errorAsTold(error, id)
  }

  async preview(order: OrderRequest): Promise<PreviewResult> {
    const request = this.request(checkedOrder(order), null)
    const { store } = this.parts
    let command = await this.firstCommand(request, callOf(this.parts))
    let answer = await previewOutcome(store, command)
    for (let again = 0; again < RENAMINGS && isOfTime(answer.outcome); again++) {
      command = this.command(request, instants(answer.now, this.parts.deadlineMs))
      answer = await previewOutcome(store, command)
    }
    const { outcome } = answer
    const { id } = command
    if (outcome.kind === 'granted') {
      const owed = unitsAsTold(outcome.owed)
      return { ok: true, id, owed, deferred: outcome.stock === 'deferred', replayed: false }
    }
    if (outcome.kind !== 'replayed') return this.refused(command, outcome)
    const replayed = await this.replayed(command, outcome.status)
    if (!replayed.ok) return replayed
    return { ok: true, id, owed: [], deferred: replayed.order.deferred, replayed: true }
  }

  /** An order in the policy's terms: its buyer in subjects. */
  request(checked: CheckedOrder, rows: readonly TableRow[] | null): OrderToReserve {
    const { buyer, lines, campaign } = checked
    return {
      id: checked.id ?? this.parts.newId(),
      subjects: this.parts.policy.subjects(buyer),
      lines,
      region: buyer.region,
      campaign,
      data: checked.data ?? null,
      rows,
      stock: checked.stock ?? 'take',
    }
  }

  /** Places an order that was queued. `null`: it stands, or its id has an order that ended; else why it does not. */
  async refusalOf(request: OrderToReserve, call: DeskCall): Promise<Refusal | null> {
    const command = await this.firstCommand(request, call)
    const { outcome } = await this.settled(request, call, await this.sent(command, call))
    if (outcome.kind === 'granted' || outcome.kind === 'replayed') return null
    if (!isRefusal(outcome)) throw unexpected('reserve', outcome)
    return outcome
  }

  /** Nothing was heard of the store's clock yet. */
  private async placeUnheard(request: OrderToReserve, call: DeskCall): Promise<PlaceResult> {
    let placed: Promise<PlaceResult>
    try {
      placed = this.sendFirst(request, call, await this.firstCommand(request, call))
    } catch (error) {
      throw this.failed(error, request.id)
    }
    return await placed
  }

  private sendFirst(request: OrderToReserve, call: DeskCall, first: Reserve): Promise<PlaceResult> {
    return this.parts.sender.sendFor(first, call, new Placement(this, request, call, first))
  }

  /** What is known to be sold out is refused without asking. */
  private soldOut(first: Reserve): Promise<NotPlaced> | null {
    const lines = this.parts.soldOut?.shortLines(first) ?? null
    if (lines === null) return null
    this.parts.calls.end()
    return Promise.resolve({ ok: false, id: first.id, reason: 'insufficient-stock', lines, exact: false })
  }

  private async settledAndTold(
    request: OrderToReserve,
    call: DeskCall,
    first: Attempt,
  ): Promise<PlaceResult> {
    try {
      return await this.told(await this.settled(request, call, first))
    } catch (error) {
      throw errorAsTold(error, request.id)
    } finally {
      this.parts.calls.end()
    }
  }

  /** Granted, or refused with nothing to be asked again: when a shop is sold out, thousands are at once. */
  private isSettled({ outcome, now }: Attempt): boolean {
    if (outcome.kind === 'granted') return true
    if (!isRefusal(outcome) || isOfTime(outcome)) return false
    return !mayBeDue(outcome) || this.parts.due.areNone(now)
  }

  /** Asks again where the answer was about a window, or about due holds. */
  private async settled(request: OrderToReserve, call: DeskCall, first: Attempt): Promise<Attempt> {
    let attempt = first
    let renamings = 0
    let lookedForDue = false
    for (;;) {
      const { command, outcome, now } = attempt
      if (isOfTime(outcome) && renamings < RENAMINGS) {
        renamings += 1
        attempt = await this.sent(this.command(request, instants(now, call.patienceMs)), call)
        continue
      }
      if (mayBeDue(outcome) && !lookedForDue) {
        lookedForDue = true
        if (await this.parts.due.expireSome(now, call)) {
          attempt = await this.sent(command, call)
          continue
        }
      }
      if (outcome.kind !== 'outbox-full') return attempt
      throw new HoldfastError('overloaded', 'overloaded: the outbox of the store is full', { id: command.id })
    }
  }

  private async sent(command: Reserve, call: DeskCall): Promise<Attempt> {
    const { outcome, now } = await this.parts.sender.send(command, call)
    this.parts.time.heard(now)
    return { command, outcome, now }
  }

  private told({ command, outcome }: Attempt): PlaceResult | Promise<PlaceResult> {
    if (outcome.kind === 'granted') return this.granted(command, outcome)
    if (outcome.kind === 'replayed') return this.replayed(command, outcome.status)
    if (outcome.kind === 'insufficient-stock') this.parts.soldOut?.refused(command, outcome)
    return this.refused(command, outcome)
  }

  /** The order's claims by the store's clock, asked for where nothing of it is known yet. */
  async firstCommand(request: OrderToReserve, call: DeskCall): Promise<Reserve> {
    const known = this.timedCommand(request, call)
    if (known !== null) return known
    const { patienceMs } = call
    // What the policy finds malformed is told before any store is asked, even for the time.
    this.command(request, instants(0, patienceMs))
    return this.command(request, instants(await this.parts.time.ask(), patienceMs))
  }

  /** The order's claims by the store's clock as it is estimated; `null` before the store was heard. */
  private timedCommand(request: OrderToReserve, { patienceMs }: DeskCall): Reserve | null {
    const known = this.parts.time.now()
    return known === null ? null : this.command(request, instants(known, patienceMs))
  }

  private granted(command: Reserve, outcome: Extract<Outcome, { kind: 'granted' }>): Placed {
    const order = placedOrder(command, outcome)
    return { ok: true, id: command.id, order, replayed: false, admission: this.admissionOf(command.home) }
  }

  private refused(command: Reserve, outcome: Outcome): NotPlaced {
    if (!isRefusal(outcome)) throw unexpected('reserve', outcome)
    return { ok: false, id: command.id, ...refusalAsTold(outcome, command, this.parts.policy) }
  }

  /** A replay answers the status as it is now. */
  private async replayed(command: Reserve, reservation: Status): Promise<PlaceResult> {
    const { id } = command
    const { orders, replayed } = this.parts
    if (orders === null && (reservation === 'expired' || reservation === 'refund-required'))
      return { ok: false, id, reason: 'order-ended', status: reservation }
    const awaiting = orders === null ? await replayed.awaiting(command) : null
    if (awaiting !== null)
      return { ok: true, id, order: awaiting, replayed: true, admission: this.admissionOf(awaiting.home) }
    const state = await orderOf(this.parts, id, reservation)
    if (state === null) throw unexpected('reserve', { kind: 'unknown-id' })
    const { status, payBy } = state
    if ((status !== 'awaiting-payment' && status !== 'paid') || payBy === null) {
      return { ok: false, id, reason: 'order-ended', status }
    }
    const { home, lines, deferred }: Order = orderAsTold(state)
    const order: PlacedOrder = { id, status, home, lines, payBy: new Date(payBy), deferred }
    return { ok: true, id, order, replayed: true, admission: this.admissionOf(home) }
  }

  private command(request: OrderToReserve, at: ReserveAt): Reserve {
    const command = this.parts.policy.reserve(request, at)
    const { pieced } = this.parts
    return pieced === null ? command : pieced.routed(command)
  }

  private admissionOf(home: string): Placed['admission'] {
    return this.parts.pieced !== null && placeOf(home)?.pieced === true ? 'pieced' : 'atomic'
  }

  private howTo(options: PlaceOptions | undefined): How {
    const { parts } = this
    if (options === undefined) return { call: callOf(parts), rows: null, firstAttempt: false }
    const checked = parse(placeOptionsSchema, options, 'options')
    const { deadline = parts.deadlineMs, signal, rows = [], firstAttempt = false } = checked
    if (rows.length > 0 && !parts.store.capabilities.rows)
      throw invalid('rows', 'this store writes no rows of the shop')
    const call = new DeskCall(parts.scheduler, deadline, signal)
    return { call, rows: rows.length > 0 ? rows : null, firstAttempt }
  }
}

/** A call of `place` that waits for its first answer. */
class Placement implements Teller<PlaceResult> {
  constructor(
    private readonly placing: Placing,
    private readonly request: OrderToReserve,
    private readonly call: DeskCall,
    private readonly command: Reserve,
  ) {}

  tell({ outcome, now }: Answer): PlaceResult | Promise<PlaceResult> {
    return this.placing.answered(this.request, this.call, { command: this.command, outcome, now })
  }

  failed(error: Error): Error {
    return this.placing.failed(error, this.command.id)
  }
}

function instants(now: number, patienceMs: number): ReserveAt {
  return { now, notAfter: now + Math.max(patienceMs, LATEST_MS) }
}
