import type { AccountKey, LimitUse, Units } from '../../src/port/claims.js'
import type { Configure, RiskEffect } from '../../src/port/commands.js'
import type { Status } from '../../src/port/outcomes.js'

// A bookkeeping of its own for the laws: facts by id, and what they add up to. It knows nothing of the machines; what
// happened it learns from outcomes, and from the rule that whatever meets a hold past its deadline expires it first.

export interface FactLine {
  readonly account: AccountKey
  quantity: number
  owed: number
  returned: number
}

export interface FactUse extends Pick<LimitUse, 'counter' | 'prior' | 'max' | 'lines'> {
  quantity: number
}

/** What is known of one id. */
export interface Fact {
  status: Status
  readonly buyer: string
  readonly asked: string
  lines: FactLine[]
  uses: FactUse[]
  readonly guards: readonly string[]
  readonly strike: { readonly name: string; readonly ms: number } | null
  readonly backorder: boolean
  expiresAt: number
  readonly latest: number
  payment: string | null
  /** Why its payment must be given back: the kind. */
  why: string
  endedAt: number
}

export interface AccountFact {
  readonly key: AccountKey
  supplied: number
  /** Sold by ids that are forgotten. */
  lapsed: number
  settings: Pick<Configure, 'version' | 'opensAt' | 'closesAt' | 'backorderLimit'>
}

export interface StrikeFact {
  count: number
  until: number
  tag: { readonly effect: RiskEffect; readonly until: number | null } | null
}

export interface Figures {
  readonly available: number
  readonly reserved: number
  readonly sold: number
  readonly backordered: number
  readonly supplied: number
}

export function nameOf({ sku, pool }: AccountKey): string {
  return JSON.stringify([sku, pool])
}

export class Books {
  readonly facts = new Map<string, Fact>()
  readonly accounts = new Map<string, AccountFact>()
  readonly guards = new Map<string, { readonly id: string; readonly expiresAt: number }>()
  readonly strikes = new Map<string, StrikeFact>()
  /** What each movement's id stands for, by account and id. */
  readonly movements = new Map<string, string>()
  /** Who waits for units of an account, longest first. */
  readonly waiting = new Map<string, string[]>()
  private readonly lapsedUses = new Map<string, number>()

  figures(key: AccountKey): Figures {
    const name = nameOf(key)
    const account = this.accounts.get(name)
    let reserved = 0
    let sold = account?.lapsed ?? 0
    let backordered = 0
    for (const { status, lines } of this.facts.values()) {
      if (status !== 'held' && status !== 'confirmed') continue
      for (const line of lines) {
        if (nameOf(line.account) !== name) continue
        backordered += line.owed
        if (status === 'held') reserved += line.quantity - line.owed
        else sold += line.quantity - line.owed - line.returned
      }
    }
    const supplied = account?.supplied ?? 0
    return { available: supplied - reserved - sold, reserved, sold, backordered, supplied }
  }

  /** Units that a newcomer can have. */
  sellable(key: AccountKey): number {
    const { available, backordered } = this.figures(key)
    return Math.max(0, available - backordered)
  }

  used(counter: string): number {
    let used = this.lapsedUses.get(counter) ?? 0
    for (const { status, uses } of this.facts.values()) {
      if (status !== 'held' && status !== 'deferred' && status !== 'confirmed') continue
      for (const use of uses) if (use.counter === counter) used += use.quantity
    }
    return used
  }

  /** Every counter that was ever claimed. */
  counters(): ReadonlySet<string> {
    const names = new Set(this.lapsedUses.keys())
    for (const { uses } of this.facts.values()) for (const { counter } of uses) names.add(counter)
    return names
  }

  /** Uses of a counter under all its names. */
  usedUnder({ counter, prior }: Pick<LimitUse, 'counter' | 'prior'>): number {
    return [counter, ...prior].reduce((sum, name) => sum + this.used(name), 0)
  }

  isLive(fact: Fact): boolean {
    return fact.status === 'held' || fact.status === 'deferred'
  }

  /** The deadline decides: a live hold that is met at or after it has expired. */
  meet(id: string, now: number): Fact | undefined {
    const fact = this.facts.get(id)
    if (fact !== undefined && this.isLive(fact) && now >= fact.expiresAt) {
      this.strike(fact, now)
      this.end(id, fact, 'expired', now)
    }
    return fact
  }

  /** A live hold ends, or an ended one moves on. */
  end(id: string, fact: Fact, status: Status, now: number): void {
    fact.status = status
    fact.endedAt = now
    for (const name of fact.guards) if (this.guards.get(name)?.id === id) this.guards.delete(name)
    this.wait(id, fact)
  }

  strike({ strike }: Fact, now: number): void {
    if (strike === null) return
    const { count, until, tag } = this.strikesOf(strike.name)
    this.strikes.set(strike.name, { count: (now < until ? count : 0) + 1, until: now + strike.ms, tag })
  }

  strikesOf(name: string): StrikeFact {
    return this.strikes.get(name) ?? { count: 0, until: 0, tag: null }
  }

  /** Keeps the lines of those who wait: whoever is owed units joins at the end, whoever is not leaves. */
  wait(id: string, fact: Fact): void {
    const mayWait = fact.status === 'held' || fact.status === 'confirmed'
    for (const line of fact.lines) {
      const name = nameOf(line.account)
      const queue = this.waiting.get(name) ?? []
      const isIn = queue.includes(id)
      if (mayWait && line.owed > 0 && !isIn) queue.push(id)
      if (isIn && !(mayWait && line.owed > 0)) queue.splice(queue.indexOf(id), 1)
      this.waiting.set(name, queue)
    }
  }

  /** Whether an id may be forgotten by now. */
  mayLapse(fact: Fact, now: number, retentionMs: number): boolean {
    const isOwed = fact.status === 'confirmed' && fact.lines.some(({ owed }) => owed > 0)
    return !this.isLive(fact) && !isOwed && fact.endedAt + retentionMs <= now
  }

  /** The store forgot an id: what it keeps for good stays counted. */
  lapse(id: string, fact: Fact): void {
    this.facts.delete(id)
    if (fact.status !== 'confirmed') return
    for (const { account, quantity, owed, returned } of fact.lines) {
      const known = this.accounts.get(nameOf(account))
      if (known !== undefined) known.lapsed += quantity - owed - returned
    }
    for (const { counter, quantity } of fact.uses) {
      this.lapsedUses.set(counter, (this.lapsedUses.get(counter) ?? 0) + quantity)
    }
  }
}

/** Uses as they follow their lines. */
export function usesOf(uses: readonly LimitUse[], lines: readonly Units[]): FactUse[] {
  return uses.map(({ counter, prior, max, lines: indexes }) => {
    const quantity = indexes.reduce((sum, index) => sum + (lines[index]?.quantity ?? 0), 0)
    return { counter, prior, max, lines: indexes, quantity }
  })
}
