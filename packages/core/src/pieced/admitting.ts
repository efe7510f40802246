import type { Answer, Call } from '../coalescer/coalescer.js'
import { HoldfastError } from '../errors.js'
import type { Reserve } from '../port/commands.js'
import type { Outcome, Refusal } from '../port/outcomes.js'
import type { HomeAnswer, PiecedGrant } from '../port/pieced.js'
import type { ReservationStore } from '../port/reservation-store.js'
import type { Following } from './following.js'
import { type Standing, type Submit, stepAt } from './homes.js'
import { type Plan, planOf } from './plan.js'
import type { Reserved, Reserving } from './reserving.js'

/** Attempts that others may end before a call gives up. */
export const ATTEMPTS = 5

/** Admits orders piece by piece: all pieces are reserved, then their home decides. */
export class Admitting {
  constructor(
    private readonly store: Pick<ReservationStore, 'partitionsOf'>,
    private readonly submit: Submit,
    private readonly reserving: Reserving,
    private readonly following: Following,
    private readonly newToken: () => string,
  ) {}

  async place(command: Reserve, call: Call): Promise<Answer> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const begun = await this.begin(command, call)
      if (begun === null) continue
      if ('outcome' in begun) return begun
      const answer = await this.attempt(begun, command, call)
      if (answer !== null) return answer
    }
    throw givenUp(command.id)
  }

  /** The plan to go on with; `null`: once more, after what stood in its way was cleared. */
  private async begin(command: Reserve, call: Call): Promise<Plan | Answer | null> {
    const plan = planOf(command, this.newToken(), this.store)
    const { notAfter, refuse } = command
    const { fingerprint } = command.claims
    const step = { kind: 'begin', attempt: plan.attempt, fingerprint, refuse, notAfter } as const
    const standing = await stepAt(this.submit, command, step, call)
    const { answer } = standing
    switch (answer.kind) {
      case 'begun':
        return plan
      case 'pending':
        // A call before this one, or beside it: who comes with the same claims goes on with it.
        if (answer.attempt.plan === plan.attempt.plan)
          return planOf(command, answer.attempt.token, this.store)
        await this.following.goOn(command, call)
        return null
      case 'unsettled':
        if (await this.following.follow(standing, call)) return null
        throw givenUp(command.id)
      default:
        await this.following.follow(standing, call)
        return answerOf(standing)
    }
  }

  /** `null`: somebody else ended it. */
  private async attempt(plan: Plan, command: Reserve, call: Call): Promise<Answer | null> {
    const { token } = plan.attempt
    let reserved: Reserved
    try {
      reserved = await this.reserving.reserveAll(plan, command, call)
    } catch (error) {
      await this.end(plan, command, null, call).catch(leftToSweeps)
      throw error
    }
    if (reserved.kind !== 'reserved') {
      const refusal = reserved.kind === 'refused' ? reserved.refusal : null
      const ended = await this.end(plan, command, refusal, call)
      // Another call with the same id was faster, and has admitted it.
      if (ended.answer.kind === 'noted') return null
      if (reserved.kind === 'spent') return null
      return { outcome: reserved.refusal, now: reserved.now, epoch: ended.epoch }
    }
    const grant = grantOf(command, reserved)
    const standing = await stepAt(this.submit, command, { kind: 'admit', token, grant }, call)
    const { answer } = standing
    if (answer.kind !== 'aborted') {
      if (answer.kind === 'granted') await this.following.follow(standing, call)
      // Cancelled meanwhile, or placed by another call, which may have had other claims.
      else await this.end(plan, command, null, call)
      return answerOf(standing)
    }
    await this.following.follow(standing, call)
    const { now, epoch } = standing
    return answer.refusal === null ? null : { outcome: answer.refusal, now, epoch }
  }

  private async end(plan: Plan, command: Reserve, refusal: Refusal | null, call: Call): Promise<Standing> {
    const { token } = plan.attempt
    const standing = await stepAt(this.submit, command, { kind: 'abort', token, refusal }, call)
    await this.following.follow(standing, call)
    return standing
  }
}

function grantOf(command: Reserve, { stock, lines }: Extract<Reserved, { kind: 'reserved' }>): PiecedGrant {
  const { claims, guards, risk, holdMs, maxHoldMs, data } = command
  const { fingerprint, backorder } = claims
  return {
    stock,
    fingerprint,
    lines,
    uses: claims.uses.map(({ counter, prior, max, lines: counted }) => ({
      counter,
      prior,
      max,
      lines: counted,
      quantity: counted.reduce((sum, line) => sum + (claims.units[line]?.quantity ?? 0), 0),
    })),
    guards: guards.map(({ name }) => name),
    risk,
    backorder,
    holdMs,
    maxHoldMs,
    data,
  }
}

/** The answer of a home as any partition's. */
export function answerOf({ answer, now, epoch }: Standing): Answer {
  if (isOutcome(answer)) return { outcome: answer, now, epoch }
  throw new HoldfastError('store-failed', `the store answered a step with ${answer.kind}`)
}

const OF_HOMES: ReadonlySet<string> = new Set<HomeAnswer['kind']>([
  'begun',
  'pending',
  'unsettled',
  'aborted',
  'units-wanted',
  'noted',
])

function isOutcome(answer: Outcome | HomeAnswer): answer is Outcome {
  return !OF_HOMES.has(answer.kind)
}

/** Others kept ending what this call began: nothing was granted. */
export function givenUp(id: string): HoldfastError {
  return new HoldfastError('overloaded', 'overloaded: others keep ending what this call begins', { id })
}

/** What cannot be undone now is found by a sweep. */
export function leftToSweeps(): void {}
