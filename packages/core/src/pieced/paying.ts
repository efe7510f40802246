import type { Answer, Call } from '../coalescer/coalescer.js'
import { HoldfastError } from '../errors.js'
import type { Deferred, ExpiredState } from '../machines/reservation/types.js'
import type { Confirm, Reserve } from '../port/commands.js'
import type { Refusal } from '../port/outcomes.js'
import type { PiecedStep } from '../port/pieced.js'
import type { ReservationStore } from '../port/reservation-store.js'
import { ATTEMPTS, answerOf, givenUp, leftToSweeps } from './admitting.js'
import type { Following } from './following.js'
import { type Standing, type Submit, stepAt } from './homes.js'
import { type Plan, planOf } from './plan.js'
import type { Reserved, Reserving } from './reserving.js'

/**
 * Payments of orders in pieces. One in time is decided by the home alone, and its pieces follow. One that must take
 * units first (the order was deferred, or had expired) gets pieces of its own; all of them or none are paid.
 */
export class Paying {
  constructor(
    private readonly store: Pick<ReservationStore, 'partitionsOf'>,
    private readonly submit: Submit,
    private readonly reserving: Reserving,
    private readonly following: Following,
    private readonly newToken: () => string,
  ) {}

  async confirm(command: Confirm, call: Call): Promise<Answer> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const standing = await stepAt(this.submit, command, { kind: 'settle', command }, call)
      // What a deadline or an attempt before this left behind is done first.
      await this.following.follow(standing, call)
      if (standing.answer.kind !== 'units-wanted') return answerOf(standing)
      const paid = await this.take(standing, command, call)
      if (paid !== null) return answerOf(paid)
    }
    throw givenUp(command.id)
  }

  /** `null`: once more, as somebody else was there. */
  private async take(standing: Standing, command: Confirm, call: Call): Promise<Standing | null> {
    const { order } = standing
    if (order.status !== 'deferred' && order.status !== 'expired') return null
    const claimed = claimsOf(order, command)
    const plan = planOf(claimed, this.newToken(), this.store)
    const taking = await stepAt(this.submit, command, { kind: 'take', attempt: plan.attempt }, call)
    const { answer } = taking
    if (answer.kind === 'begun') return this.decide(plan, claimed, order.version, command, call)
    if (answer.kind === 'pending') {
      // The same payment may have come before: it is gone on with. Another one's attempt ends, and is begun again.
      if (answer.attempt.plan === plan.attempt.plan)
        return this.decide(
          planOf(claimed, answer.attempt.token, this.store),
          claimed,
          order.version,
          command,
          call,
        )
      await this.following.goOn(command, call)
    }
    return null
  }

  private async decide(
    plan: Plan,
    claimed: Reserve,
    version: number,
    command: Confirm,
    call: Call,
  ): Promise<Standing | null> {
    const { token } = plan.attempt
    let reserved: Reserved
    try {
      reserved = await this.reserving.reserveAll(plan, claimed, call)
    } catch (error) {
      await this.following
        .abort(command, token, call)
        .then((standing) => this.following.follow(standing, call))
        .catch(leftToSweeps)
      throw error
    }
    if (reserved.kind === 'spent') {
      await this.following.goOn(command, call)
      return null
    }
    const step: PiecedStep =
      reserved.kind === 'reserved'
        ? { kind: 'paid', token, version, command, lines: reserved.lines }
        : { kind: 'unpaid', token, version, command, why: causeOf(reserved.refusal) }
    const standing = await stepAt(this.submit, command, step, call)
    await this.following.follow(standing, call)
    return standing.answer.kind === 'aborted' ? null : standing
  }
}

/** What the payment takes: units that the order never had, or all that its expiry gave back. */
function claimsOf(order: Deferred | ExpiredState, { id, home, payment }: Confirm): Reserve {
  const { fingerprint, lines, uses, backorder } = order
  const counted = order.status === 'deferred' ? [] : uses
  return {
    kind: 'reserve',
    id,
    home,
    claims: {
      fingerprint,
      units: lines.map(({ account, quantity }) => ({ account, quantity })),
      // Counted where they were counted first, whatever the window is by then.
      uses: counted.map(({ counter, prior, max, lines: by }) => ({
        counter,
        prior,
        max,
        lines: by,
        from: Number.MIN_SAFE_INTEGER,
        to: null,
      })),
      backorder,
    },
    refuse: null,
    guards: [],
    risk: null,
    stock: 'take',
    notAfter: 0,
    holdMs: 0,
    maxHoldMs: 0,
    data: payment,
    rows: null,
    evenIfClosed: true,
  }
}

function causeOf(refusal: Refusal) {
  if (refusal.kind === 'purchase-limit' || refusal.kind === 'insufficient-stock') return refusal
  throw new HoldfastError('store-failed', `the store answered the piece of a payment with ${refusal.kind}`)
}
