import type { Call } from '../coalescer/coalescer.js'
import type { HoldfastError } from '../errors.js'
import { idSchema } from '../input/fields.js'
import { type PageQuery, pageSchema } from '../input/listing.js'
import type { CallOptions } from '../input/order.js'
import { parse } from '../input/parse.js'
import { type RollBackOrder, rollBackSchema } from '../input/settling.js'
import type {
  CompensationCommand,
  CompensationState,
  CompensationStep,
} from '../machines/compensation/types.js'
import { errorAsTold } from './calls-under-way.js'
import { type Order, orderAsTold } from './orders-as-told.js'
import { ask, callOf, compensationsOf, type DeskParts, ordersOf, unexpected } from './parts.js'

/** Somebody to be told that an order was rolled back: the buyer, customer service, the operators. The channel is the shop's. */
export type Notify = (notice: { readonly order: Order; readonly reason: string }) => Promise<void> | void

/** How a compensation is gone on with. */
interface Run {
  readonly budget: RetryBudget
  readonly call: Call
  /** Tells people; `null`: the shop tells nobody. Absent: not here, but by a worker. */
  readonly notify?: Notify | null
}

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
  constructor(private readonly parts: DeskParts) {}

  /**
   * Puts on record that the order must be undone, then undoes what can be undone at once. People are told by a worker,
   * which also goes on with whatever failed here.
   */
  async rollBack(order: RollBackOrder, options?: CallOptions): Promise<RollBackResult> {
    const { orderId: id, home, reason, execution = id } = parse(rollBackSchema, order, 'order')
    const call = callOf(this.parts, options)
    const [known] = await ordersOf(this.parts).readOrders([id])
    // With its home it can be undone before it is known: then it never will be.
    const at = home ?? known?.home
    if (at === undefined) return { ok: false, id, reason: 'unknown-order' }
    const store = compensationsOf(this.parts)
    const required = { kind: 'require', order: id, home: at, reason, execution } as const
    const { outcome, state } = await store.applyToCompensation(required)
    if (state === null) throw unexpected('release', { kind: 'unknown-id' })
    const after = await this.run(state, { budget: DEFAULT_BUDGET, call })
    return { ok: true, id, compensation: asTold(after), replayed: outcome.kind === 'already' }
  }

  async compensation(orderId: string): Promise<Compensation | null> {
    const state = await compensationsOf(this.parts).readCompensation(parse(idSchema, orderId, 'orderId'))
    return state === null ? null : asTold(state)
  }

  /** Those that wait for an operator. */
  async parked(query: PageQuery = {}) {
    const { cursor = null, limit = 100 } = parse(pageSchema, query, 'query')
    const page = await compensationsOf(this.parts).listCompensations({ status: 'parked', cursor, limit })
    return { compensations: page.compensations.map(asTold), cursor: page.cursor }
  }

  /** Lets a parked one be tried again. */
  async resume(orderId: string): Promise<ResumeResult> {
    const id = parse(idSchema, orderId, 'orderId')
    const { outcome } = await compensationsOf(this.parts).applyToCompensation({ kind: 'resume', order: id })
    if (outcome.kind === 'resumed') return { ok: true, id }
    return { ok: false, id, reason: outcome.kind === 'unknown-id' ? 'unknown-order' : 'not-parked' }
  }

  /**
   * Goes on with those that are due, at most `limit`. One whose progress cannot be put on record keeps no other
   * waiting: it is taken again when its lease is over.
   */
  async goOn(limit: number, { notify, budget }: { notify: Notify | null; budget: RetryBudget }) {
    const due = await compensationsOf(this.parts).takeCompensations(limit, LEASE_MS)
    const parked: Compensation[] = []
    const failures: HoldfastError[] = []
    for (const state of due) {
      try {
        const after = await this.run(state, { budget, notify, call: callOf(this.parts) })
        if (after.status === 'parked') parked.push(asTold(after))
      } catch (error) {
        failures.push(errorAsTold(error, state.order))
      }
    }
    return { tried: due.length, parked, failures }
  }

  /** Does step after step, until it is done, failed, or people are to be told and nobody here tells them. */
  private async run(first: CompensationState, by: Run): Promise<CompensationState> {
    let state = first
    while (state.status === 'required') {
      const step = nextStep(state)
      if (step === 'notified' && by.notify === undefined) return state
      try {
        await this.undo(step, state, by)
      } catch (error) {
        return this.failed(state, error, by.budget)
      }
      const { order, execution } = state
      state = await this.apply({ kind: 'step', order, execution, step }, state)
    }
    return state
  }

  private async undo(step: CompensationStep, state: CompensationState, by: Run): Promise<void> {
    const { order: id, home, reason } = state
    if (step === 'notified') {
      const [order] = await ordersOf(this.parts).readOrders([id])
      if (order) await by.notify?.({ order: orderAsTold(order), reason })
      return
    }
    // In one store the order, its units and its limits are given back by one command; asked again it does nothing.
    const outcome = await ask(this.parts, { kind: 'release', id, home, cause: 'rollback', reason }, by.call)
    if (outcome.kind !== 'released' && outcome.kind !== 'already' && outcome.kind !== 'tombstoned') {
      throw unexpected('release', outcome)
    }
  }

  private failed(
    state: CompensationState,
    error: unknown,
    { attempts, retryAfterMs }: RetryBudget,
  ): Promise<CompensationState> {
    const wait = Math.min(LONGEST_WAIT_MS, retryAfterMs * 2 ** state.attempts)
    const { order, execution } = state
    const text = error instanceof Error ? error.message : String(error)
    return this.apply(
      { kind: 'fail', order, execution, error: text, budget: attempts, retryAfterMs: wait },
      state,
    )
  }

  private async apply(command: CompensationCommand, before: CompensationState): Promise<CompensationState> {
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
