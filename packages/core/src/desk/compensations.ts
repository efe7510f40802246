import { idSchema } from '../input/fields.js'
import type { CallOptions } from '../input/order.js'
import { parse } from '../input/parse.js'
import { type RollBackOrder, rollBackSchema } from '../input/settling.js'
import type { CompensationState, CompensationStep } from '../machines/compensation/types.js'
import { type Order, orderAsTold } from './orders-as-told.js'
import { callOf, compensationsOf, type DeskParts, ordersOf, unexpected } from './parts.js'

/** Somebody to be told that an order was rolled back: the buyer, customer service, the operators. The channel is the shop's. */
export type Notify = (notice: { readonly order: Order; readonly reason: string }) => Promise<void> | void

export interface RetryBudget {
  /** Attempts that may fail at one step before the compensation waits for an operator. */
  readonly attempts: number
  /** Wait after the first that failed, ms; doubled with each further one. */
  readonly retryAfterMs: number
}

/** How far a compensation is. */
export interface Compensation {
  readonly orderId: string
  readonly status: CompensationState['status']
  readonly reason: string
  readonly done: readonly CompensationStep[]
  readonly attempts: number
  readonly lastError: string | null
}

export type RollBackResult =
  | {
      readonly ok: true
      readonly id: string
      readonly compensation: Compensation
      readonly replayed: boolean
    }
  | { readonly ok: false; readonly id: string; readonly reason: 'unknown-order' }

export type ResumeResult =
  | { readonly ok: true; readonly id: string }
  | { readonly ok: false; readonly id: string; readonly reason: 'unknown-order' | 'not-parked' }

export const DEFAULT_BUDGET: RetryBudget = { attempts: 5, retryAfterMs: 1_000 }
/** Longest wait between two attempts, ms. */
const LONGEST_WAIT_MS = 60_000
const LEASE_MS = 30_000

/** The reverse flow after a later step of an order failed. Every step may be repeated, by any process. */
export class Compensations {
  private notify: Notify | null = null
  private budget = DEFAULT_BUDGET

  constructor(private readonly parts: DeskParts) {}

  /** Who is told, and how often a step is tried. */
  use(notify: Notify | null, budget: RetryBudget): void {
    this.notify = notify
    this.budget = budget
  }

  /** Puts on record that the order must be undone, then undoes what can be undone at once; a worker does the rest. */
  async rollBack(order: RollBackOrder, options?: CallOptions): Promise<RollBackResult> {
    const { orderId: id, home, reason, execution = id } = parse(rollBackSchema, order, 'order')
    callOf(this.parts, options)
    const [known] = await ordersOf(this.parts).readOrders([id])
    if (!known) return { ok: false, id, reason: 'unknown-order' }
    const store = compensationsOf(this.parts)
    const required = { kind: 'require', order: id, home: home ?? known.home, reason, execution } as const
    const { outcome, state } = await store.applyToCompensation(required)
    if (state === null) throw unexpected('release', { kind: 'unknown-id' })
    const after = state.status === 'required' ? await this.run(state) : state
    return { ok: true, id, compensation: asTold(after), replayed: outcome.kind === 'already' }
  }

  async compensation(id: string): Promise<Compensation | null> {
    const state = await compensationsOf(this.parts).readCompensation(parse(idSchema, id, 'id'))
    return state === null ? null : asTold(state)
  }

  /** Those that wait for an operator. */
  async parked(): Promise<readonly Compensation[]> {
    const page = await compensationsOf(this.parts).listCompensations({
      status: 'parked',
      cursor: null,
      limit: 1_000,
    })
    return page.compensations.map(asTold)
  }

  /** Lets a parked one be tried again. */
  async resume(id: string): Promise<ResumeResult> {
    const order = parse(idSchema, id, 'id')
    const { outcome } = await compensationsOf(this.parts).applyToCompensation({ kind: 'resume', order })
    if (outcome.kind === 'resumed') return { ok: true, id }
    return { ok: false, id, reason: outcome.kind === 'unknown-id' ? 'unknown-order' : 'not-parked' }
  }

  /** Goes on with those that are due, at most `limit`. Tells which were parked. */
  async goOn(limit: number): Promise<{ readonly tried: number; readonly parked: readonly Compensation[] }> {
    const due = await compensationsOf(this.parts).takeCompensations(limit, LEASE_MS)
    const parked: Compensation[] = []
    for (const state of due) {
      const after = await this.run(state)
      if (after.status === 'parked') parked.push(asTold(after))
    }
    return { tried: due.length, parked }
  }

  private async run(first: CompensationState): Promise<CompensationState> {
    let state = first
    while (state.status === 'required') {
      const step = nextStep(state)
      try {
        await this.undo(step, state)
      } catch (error) {
        return this.failed(state, error)
      }
      state = await this.apply({ kind: 'step', order: state.order, execution: state.execution, step }, state)
    }
    return state
  }

  private async undo(step: CompensationStep, { order: id, home, reason }: CompensationState): Promise<void> {
    if (step === 'notified') {
      const [order] = await ordersOf(this.parts).readOrders([id])
      if (order) await this.notify?.({ order: orderAsTold(order), reason })
      return
    }
    // In one store the order, its units and its limits are given back by one command; asked again it does nothing.
    const command = { kind: 'release', id, home, cause: 'rollback', reason } as const
    const { outcome } = await this.parts.sender.send(command, this.parts)
    if (outcome.kind !== 'released' && outcome.kind !== 'already' && outcome.kind !== 'tombstoned') {
      throw unexpected('release', outcome)
    }
  }

  private async failed(state: CompensationState, error: unknown): Promise<CompensationState> {
    const { attempts: budget, retryAfterMs } = this.budget
    const wait = Math.min(LONGEST_WAIT_MS, retryAfterMs * 2 ** state.attempts)
    const { order, execution } = state
    const text = error instanceof Error ? error.message : String(error)
    return this.apply({ kind: 'fail', order, execution, error: text, budget, retryAfterMs: wait }, state)
  }

  private async apply(
    command: Parameters<ReturnType<typeof compensationsOf>['applyToCompensation']>[0],
    before: CompensationState,
  ): Promise<CompensationState> {
    const { state } = await compensationsOf(this.parts).applyToCompensation(command)
    return state ?? before
  }
}

function nextStep({ done }: CompensationState): CompensationStep {
  if (!done.includes('order-rolled-back')) return 'order-rolled-back'
  return done.includes('units-restored') ? 'notified' : 'units-restored'
}

function asTold(state: CompensationState): Compensation {
  const { order, status, reason, done, attempts } = state
  return {
    orderId: order,
    status,
    reason,
    done,
    attempts,
    lastError: state.status === 'done' ? null : state.lastError,
  }
}
