import type { AccountKey, Claims, RiskGate, Units } from '../../src/port/claims.js'
import type { Reserve, RiskEffect } from '../../src/port/commands.js'
import type { Outcome, Refusal } from '../../src/port/outcomes.js'
import { type Books, type Fact, type FactLine, nameOf, usesOf } from './books.js'
import { type Law, mustBe } from './violation.js'

// Whether a claim must be granted, by the facts.

/** Which law a refusal keeps: a grant in its stead breaks it. */
const LAW_OF: { readonly [Kind in Refusal['kind']]?: Law } = {
  'id-reused': 'L5',
  tombstoned: 'L7',
  'unpaid-order': 'L4',
  'purchase-limit': 'L3',
}

export function lawOf(kind: Refusal['kind']): Law {
  return LAW_OF[kind] ?? 'L1'
}

/** What an id that is known must answer to a reserve. */
export function answerOfKnown(fact: Fact, { claims }: Reserve, isLive: boolean): Outcome {
  if (fact.status === 'tombstoned') return { kind: 'tombstoned' }
  const differs: ('buyer' | 'lines')[] = []
  if (fact.buyer !== claims.fingerprint.buyer) differs.push('buyer')
  if (fact.asked !== claims.fingerprint.lines) differs.push('lines')
  if (differs.length > 0) return { kind: 'id-reused', differs }
  return { kind: 'replayed', status: fact.status, expiresAt: isLive ? fact.expiresAt : null }
}

/** The first refusal that applies to a reserve of a free id; `null`: it must be granted. */
export function refusalOf(books: Books, command: Reserve, now: number): Refusal | null {
  const { claims, guards, id, risk, refuse, notAfter } = command
  if (now > notAfter) return { kind: 'late' }
  if (refuse !== null) return refuse
  for (const { name, prior } of guards) {
    for (const each of [name, ...prior]) {
      const open = books.guards.get(each)
      if (open !== undefined && now >= open.expiresAt) books.meet(open.id, now)
    }
  }
  const window = outsideOfSale(books, claims.units, now)
  if (window !== null) return window
  if (risk !== null) {
    const { effect, strikes, until } = standing(books, risk, now)
    if (effect === 'refuse') return { kind: 'buyer-refused', strikes, until }
  }
  for (const { name, prior } of guards) {
    for (const each of [name, ...prior]) {
      const open = books.guards.get(each)
      if (open === undefined || open.id === id) continue
      return { kind: 'unpaid-order', guard: each, id: open.id, expiresAt: open.expiresAt }
    }
  }
  const passed = claims.uses.findIndex(({ from, to }) => now < from || (to !== null && now >= to))
  if (passed >= 0) return { kind: 'window-passed', use: passed }
  return limitReached(books, usesOf(claims.uses, claims.units)) ?? shortOf(books, claims)
}

function outsideOfSale(books: Books, units: readonly Units[], now: number): Refusal | null {
  const unknown = units.filter(({ account }) => !books.accounts.has(nameOf(account)))
  if (unknown.length > 0) return { kind: 'account-unknown', accounts: unknown.map(({ account }) => account) }
  const settings = units.map(({ account }) => ({ account, ...books.accounts.get(nameOf(account))?.settings }))
  for (const { account, opensAt } of settings)
    if (typeof opensAt === 'number' && now < opensAt) return { kind: 'sale-not-open', account, opensAt }
  for (const { account, closesAt } of settings)
    if (typeof closesAt === 'number' && now >= closesAt) {
      return { kind: 'sale-closed', account, closedAt: closesAt }
    }
  return null
}

export function standing(books: Books, gate: RiskGate, now: number) {
  const records = [gate.strikes, ...gate.prior].map((name) => books.strikesOf(name))
  const counting = records.filter(({ count, until }) => count > 0 && now < until)
  const strikes = counting.reduce((sum, { count }) => sum + count, 0)
  const until = counting.length === 0 ? null : Math.max(...counting.map((record) => record.until))
  const tags = records.map(({ tag }) => tag).filter((tag) => tag !== null && (tag.until ?? now + 1) > now)
  const [tag] = tags
  if (tag) return { effect: tag.effect, strikes, until: tag.until }
  let effect: RiskEffect = 'none'
  if (gate.deferAt !== null && strikes >= gate.deferAt) effect = 'defer-stock'
  if (gate.refuseAt !== null && strikes >= gate.refuseAt) effect = 'refuse'
  return { effect, strikes, until }
}

/** The first limit that these uses would pass. */
export function limitReached(books: Books, uses: Fact['uses']) {
  for (const [use, wanted] of uses.entries()) {
    const used = books.usedUnder(wanted)
    const { counter, max, quantity: requested } = wanted
    if (used + requested > max) return { kind: 'purchase-limit', use, counter, max, used, requested } as const
  }
  return null
}

/** How many units of a claim would be owed past stock; `null`: it cannot be had. */
function owedOf(books: Books, key: AccountKey, quantity: number, backorder: boolean): number | null {
  const account = books.accounts.get(nameOf(key))
  if (account === undefined) return null
  const owed = Math.max(0, quantity - books.sellable(key))
  if (owed === 0) return 0
  const { backordered } = books.figures(key)
  return backorder && backordered + owed <= account.settings.backorderLimit ? owed : null
}

/** Lines that stock cannot serve. */
export function shortOf(books: Books, { units, backorder }: Pick<Claims, 'units' | 'backorder'>) {
  const short = units
    .filter(({ account, quantity }) => owedOf(books, account, quantity, backorder) === null)
    .map(({ account, quantity }) => ({ account, requested: quantity, available: books.sellable(account) }))
  return short.length === 0 ? null : ({ kind: 'insufficient-stock', short } as const)
}

/** The lines of a claim that is granted. Told and owed by stock must be the same. */
export function linesTaken(
  books: Books,
  { units, backorder }: Pick<Claims, 'units' | 'backorder'>,
  told: readonly Units[],
): FactLine[] {
  const lines = units.map(({ account, quantity }) => {
    return { account, quantity, owed: owedOf(books, account, quantity, backorder) ?? 0, returned: 0 }
  })
  mustBe('L1', 'what is owed', told, owedUnits(lines))
  return lines
}

export function owedUnits(lines: readonly FactLine[]): readonly Units[] {
  return lines.filter(({ owed }) => owed > 0).map(({ account, owed }) => ({ account, quantity: owed }))
}
