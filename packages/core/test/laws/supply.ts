import type { AccountKey } from '../../src/port/claims.js'
import type { Configure, Fill, Judge, Supply, Sweep, Transfer } from '../../src/port/commands.js'
import type { Outcome } from '../../src/port/outcomes.js'
import { type Books, nameOf } from './books.js'
import { inBytes } from './bytes.js'
import { mustBe, Violation } from './violation.js'

// Commands that are about no one order: supply, settings, the shop's word, sweeps and fills.

export function recordOfAccount(
  books: Books,
  command: Supply | Transfer | Configure | Judge | Sweep | Fill,
  outcome: Outcome,
  now: number,
) {
  switch (command.kind) {
    case 'supply':
      return supply(books, command, outcome)
    case 'transfer':
      return transfer(books, command, outcome)
    case 'configure':
      return configure(books, command, outcome)
    case 'judge':
      return judge(books, command, outcome)
    case 'sweep':
      return sweep(books, command, outcome, now)
    case 'fill':
      return fill(books, command, outcome, now)
  }
}

/** A movement that was made before, or whose id stands for another one. */
function repeated(
  books: Books,
  accounts: readonly AccountKey[],
  movement: string,
  data: string,
): Outcome | null {
  const known = accounts.map((account) => books.movements.get(`${nameOf(account)} ${movement}`))
  if (known.every((one) => one === undefined)) return null
  if (known.every((one) => one === data)) return { kind: 'replayed-movement' }
  return { kind: 'id-reused', differs: ['lines'] }
}

function missing(books: Books, accounts: readonly AccountKey[]): Outcome | null {
  const unknown = accounts.filter((account) => !books.accounts.has(nameOf(account)))
  return unknown.length === 0 ? null : { kind: 'account-unknown', accounts: unknown }
}

function shortage(books: Books, account: AccountKey, requested: number): Outcome | null {
  const { available } = books.figures(account)
  if (requested <= available) return null
  return { kind: 'insufficient-stock', short: [{ account, requested, available }] }
}

function supply(books: Books, { account, movement, delta, cause }: Supply, outcome: Outcome) {
  const data = JSON.stringify(['supply', delta, cause])
  const refusal =
    repeated(books, [account], movement, data) ??
    (delta < 0 ? (missing(books, [account]) ?? shortage(books, account, -delta)) : null)
  if (refusal !== null) return mustBe('L1', `supply ${movement}`, outcome, refusal)
  const settings = { version: 0, opensAt: null, closesAt: null, backorderLimit: 0 }
  const known = books.accounts.get(nameOf(account)) ?? { key: account, supplied: 0, lapsed: 0, settings }
  books.accounts.set(nameOf(account), known)
  known.supplied += delta
  books.movements.set(`${nameOf(account)} ${movement}`, data)
  const { available } = books.figures(account)
  mustBe('L1', `supply ${movement}`, outcome, { kind: 'supplied', available })
}

function transfer(books: Books, { from, to, movement, quantity }: Transfer, outcome: Outcome) {
  const data = JSON.stringify(['transfer', from, to, quantity])
  const refusal =
    repeated(books, [from, to], movement, data) ??
    missing(books, [from, to]) ??
    shortage(books, from, quantity)
  mustBe('L1', `transfer ${movement}`, outcome, refusal ?? { kind: 'transferred' })
  if (refusal !== null) return
  for (const [account, delta] of [
    [from, -quantity],
    [to, quantity],
  ] as const) {
    const known = books.accounts.get(nameOf(account))
    if (known !== undefined) known.supplied += delta
    books.movements.set(`${nameOf(account)} ${movement}`, data)
  }
}

function configure(books: Books, command: Configure, outcome: Outcome) {
  const { account, version, opensAt, closesAt, backorderLimit } = command
  const known = books.accounts.get(nameOf(account))
  if (known === undefined) return mustBe('L1', 'configure', outcome, missing(books, [account]))
  const settings = { version, opensAt, closesAt, backorderLimit }
  const isSame = JSON.stringify(settings) === JSON.stringify(known.settings)
  if (version <= known.settings.version && !isSame) {
    return mustBe('L1', 'configure', outcome, { kind: 'stale-version', version: known.settings.version })
  }
  mustBe('L1', 'configure', outcome, { kind: 'configured' })
  known.settings = settings
}

function judge(books: Books, { strikes, prior, tag, forgive }: Judge, outcome: Outcome) {
  mustBe('L1', 'judge', outcome, { kind: 'judged' })
  for (const name of [strikes, ...prior]) {
    const record = { ...books.strikesOf(name) }
    if (tag !== undefined) record.tag = name === strikes ? tag : null
    if (forgive) Object.assign(record, { count: 0, until: 0 })
    books.strikes.set(name, record)
  }
}

function sweep(books: Books, { limit }: Sweep, outcome: Outcome, now: number) {
  if (outcome.kind !== 'swept') throw new Violation('L6', `a sweep was answered ${outcome.kind}`)
  const live = [...books.facts].filter(([, fact]) => books.isLive(fact))
  live.sort(([id, fact], [other, than]) => fact.expiresAt - than.expiresAt || inBytes(id, other))
  const due = live.filter(([, { expiresAt }]) => expiresAt <= now).map(([id]) => id)
  mustBe('L6', 'what a sweep expired', outcome.expired, due.slice(0, limit))
  for (const id of outcome.expired) books.meet(id, now)
  mustBe('L6', 'whether more is due', outcome.more, due.length > limit)
  const next = live[outcome.expired.length]?.[1].expiresAt ?? null
  mustBe('L6', 'when the next is due', outcome.nextDueAt, next)
}

function fill(books: Books, { account, limit }: Fill, outcome: Outcome, now: number) {
  const unknown = missing(books, [account])
  if (unknown !== null) return mustBe('L1', 'a fill', outcome, unknown)
  const name = nameOf(account)
  const lines: { id: string; quantity: number }[] = []
  for (const id of (books.waiting.get(name) ?? []).slice(0, limit)) {
    const { available } = books.figures(account)
    if (available === 0) break
    const fact = books.meet(id, now)
    const line = fact?.lines.find((one) => nameOf(one.account) === name)
    if (fact === undefined || line === undefined || fact.status === 'expired') continue
    const quantity = Math.min(line.owed, available)
    line.owed -= quantity
    books.wait(id, fact)
    lines.push({ id, quantity })
  }
  const { available, backordered } = books.figures(account)
  mustBe('L1', 'a fill', outcome, { kind: 'filled', lines, more: available > 0 && backordered > 0 })
}
