import type { Subjects } from '../identity/subjects.js'
import {
  type ForgiveBuyer,
  forgiveSchema,
  type LimitsQuery,
  limitsSchema,
  type TagBuyer,
  tagSchema,
} from '../input/buyer.js'
import type { CallOptions } from '../input/order.js'
import { invalid, parse } from '../input/parse.js'
import { assess } from '../machines/buyer-risk/decide.js'
import type { CountedLimit } from '../policy/compiled-policy.js'
import type { RiskGate } from '../port/claims.js'
import type { Judge, RiskEffect } from '../port/commands.js'
import { ask, callOf, type DeskParts, unexpected } from './parts.js'
import { NO_KEYS } from './stocking.js'

/** How much of one limit a buyer has used. */
export interface BuyerLimit extends CountedLimit {
  readonly used: number
  /** What may still be claimed: max(0, max − used). */
  readonly left: number
  /** First instant of the window that counts now; `null`: it has none. */
  readonly from: Date | null
  /** First instant after it; `null`: it never ends. */
  readonly to: Date | null
}

/** What a buyer's strikes, or the shop's tag, make of the next order. */
export interface BuyerStanding {
  readonly strikes: number
  readonly effect: RiskEffect
  /** When the effect ends by itself; `null`: not by time. */
  readonly until: Date | null
}

/** A buyer's limits, tag and forgiveness. */
export class Buyers {
  constructor(private readonly parts: DeskParts) {}

  async limits(query: LimitsQuery): Promise<readonly BuyerLimit[]> {
    const { buyer, skus, campaign } = parse(limitsSchema, query, 'query')
    const { policy, store, time } = this.parts
    const now = time.now() ?? (await time.ask())
    const counters = policy.buyerCounters(policy.subjects(buyer), { skus, campaign }, now)
    const [partition = ''] = await store.partitions()
    const names = counters.flatMap(({ counter, prior }) => [counter, ...prior])
    const page = await store.read(partition, { ...NO_KEYS, counters: names })
    const uses = new Map(page.counters.map(({ name, used }) => [name, used]))
    return counters.map(({ counter, prior, from, to, id, per, scope, max, sku }) => {
      const used = [counter, ...prior].reduce((sum, name) => sum + (uses.get(name) ?? 0), 0)
      const window = { from: instant(from), to: to === null ? null : instant(to) }
      return { id, per, scope, max, sku, used, left: Math.max(0, max - used), ...window }
    })
  }

  async standing(query: ForgiveBuyer): Promise<BuyerStanding> {
    const { buyer } = parse(forgiveSchema, query, 'query')
    const { policy, store } = this.parts
    const gate = this.gate(policy.subjects(buyer))
    const [partition = ''] = await store.partitions()
    const page = await store.read(partition, { ...NO_KEYS, strikes: [gate.strikes, ...gate.prior] })
    const records = page.strikes.map(({ state }) => state)
    const { strikes, effect, until } = assess(gate, records, page.now)
    return { strikes, effect, until: until === null ? null : new Date(until) }
  }

  async tag(tag: TagBuyer, options?: CallOptions): Promise<{ readonly ok: true }> {
    const { buyer, effect, until } = parse(tagSchema, tag, 'tag')
    const word = effect === null ? null : { effect, until: until ?? null }
    return this.judge(this.parts.policy.subjects(buyer), { tag: word, forgive: false }, options)
  }

  async forgive(query: ForgiveBuyer, options?: CallOptions): Promise<{ readonly ok: true }> {
    const { buyer } = parse(forgiveSchema, query, 'query')
    return this.judge(this.parts.policy.subjects(buyer), { tag: undefined, forgive: true }, options)
  }

  private async judge(
    subjects: Subjects,
    word: Pick<Judge, 'tag' | 'forgive'>,
    options: CallOptions | undefined,
  ): Promise<{ readonly ok: true }> {
    const { strikes, prior } = this.gate(subjects)
    const command: Judge = { kind: 'judge', home: subjects.user, strikes, prior, ...word }
    const outcome = await ask(this.parts, command, callOf(this.parts, options))
    if (outcome.kind !== 'judged') throw unexpected('judge', outcome)
    return { ok: true }
  }

  private gate(subjects: Subjects): RiskGate {
    const gate = this.parts.policy.strikesOf(subjects)
    if (gate === null) throw invalid('policy.risk', 'is missing: without it no buyer has a standing')
    return gate
  }
}

/** Windows without a beginning start at the first instant that a number can name. */
function instant(ms: number): Date | null {
  const date = new Date(ms)
  return Number.isNaN(date.getTime()) ? null : date
}
