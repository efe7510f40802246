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
import type { BuyerCounter, CountedLimit } from '../policy/compiled-policy.js'
import type { RiskGate } from '../port/claims.js'
import type { Judge, RiskEffect } from '../port/commands.js'
import type { Page } from '../port/reservation-store.js'
import { NO_KEYS } from '../port/reservation-store.js'
import { ask, callOf, type DeskParts, unexpected } from './parts.js'
import { readEverywhere } from './read-everywhere.js'

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
    const subjects = policy.subjects(buyer)
    const countersAt = (now: number) => policy.buyerCounters(subjects, { skus, campaign }, now)
    // Windows are named by the time as it is estimated, and anew by the store's if that is in another window.
    for (let now = time.now() ?? 0, attempt = 1; ; attempt++) {
      const counters = countersAt(now)
      const names = counters.flatMap(({ counter, prior }) => [counter, ...prior])
      const page = await readEverywhere(store, { ...NO_KEYS, counters: names })
      time.heard(page.now)
      now = page.now
      const passed = counters.some(({ from, to }) => now < from || (to !== null && now >= to))
      if (!passed || attempt === ATTEMPTS) return limitsAsTold(counters, page)
    }
  }

  async standing(query: ForgiveBuyer): Promise<BuyerStanding> {
    const { buyer } = parse(forgiveSchema, query, 'query')
    const { policy, store } = this.parts
    const gate = this.gate(policy.subjects(buyer))
    const names = [gate.strikes, ...gate.prior]
    const page = await readEverywhere(store, { ...NO_KEYS, strikes: names })
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

/** Times that windows are named anew. */
const ATTEMPTS = 3

function limitsAsTold(counters: readonly BuyerCounter[], page: Page): readonly BuyerLimit[] {
  const uses = new Map(page.counters.map(({ name, used }) => [name, used]))
  return counters.map(({ counter, prior, from, to, ...limit }) => {
    const used = [counter, ...prior].reduce((sum, name) => sum + (uses.get(name) ?? 0), 0)
    return {
      ...limit,
      used,
      left: Math.max(0, limit.max - used),
      from: instant(from),
      to: to === null ? null : instant(to),
    }
  })
}

/** `null` for what lies before or behind all dates: there the window has no end. */
function instant(ms: number): Date | null {
  const date = new Date(ms)
  return Number.isNaN(date.getTime()) ? null : date
}
