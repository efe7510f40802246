import { summed } from '../buckets/merged-reading.js'
import type { KnownReservation } from '../machines/reservation/types.js'
import type { StockAccountState } from '../machines/stock-account/types.js'
import { accountTold } from '../partition/bucket-names.js'
import { isElsewhere, isWhole } from '../partition/piece-names.js'
import type { AccountKey } from '../port/claims.js'
import type { FigureChanges } from '../port/corrections.js'
import type { Listing, Page, Query } from '../port/reservation-store.js'
import { numberOfCorrection } from './correction-ids.js'

/** Entries read at a time. */
const PAGE = 5_000

export const FIGURES = ['available', 'reserved', 'sold', 'backordered', 'supplied'] as const
export type Figures = FigureChanges

export const NOTHING: Figures = { available: 0, reserved: 0, sold: 0, backordered: 0, supplied: 0 }

/** An account by the three records of it that do not agree. */
export interface AccountFinding {
  readonly key: AccountKey
  /** Its own counters; `null`: there is no such account. */
  readonly counters: Figures | null
  /** Units sold by orders whose ids have lapsed. */
  readonly archived: number
  /** The sum of its ledger entries. */
  readonly ledger: Figures
  /** What its orders hold: `available` and `supplied` are 0. */
  readonly orders: Figures
}

/** A counter that is not the uses that stand in it. */
export interface CounterFinding {
  readonly name: string
  /** `null`: there is no such counter. */
  readonly used: number | null
  /** The uses of its orders, and those that lapsed orders kept. */
  readonly expected: number
}

/** A guard that is not kept by the one live order that has it. */
export interface GuardFinding {
  readonly name: string
  /** The order that keeps it; `null`: it is free. */
  readonly found: string | null
  /** The live orders that should. */
  readonly orders: readonly string[]
}

/** All that does not agree in one state of one partition. */
export interface Findings {
  readonly accounts: readonly AccountFinding[]
  readonly counters: readonly CounterFinding[]
  readonly guards: readonly GuardFinding[]
  /** How many corrections are remembered, by what their ids begin with: the next one's number. */
  readonly corrections: ReadonlyMap<string, number>
}

export interface Checked {
  readonly accounts: number
  readonly reservations: number
  readonly counters: number
  readonly guards: number
  readonly ledger: number
}

type Read = (query: Query) => Promise<Page>

/** Everything that one partition has on record, read from one consistent state. */
export class Books {
  private readonly accounts = new Map<string, StockAccountState>()
  private readonly keys = new Map<string, AccountKey>()
  private readonly ledger = new Map<string, Figures>()
  private readonly held = new Map<string, Figures>()
  private readonly uses = new Map<string, number>()
  private readonly counters = new Map<string, { readonly used: number; readonly archived: number }>()
  private readonly guards = new Map<string, string>()
  private readonly guarding = new Map<string, string[]>()
  private readonly corrections = new Map<string, number>()
  private reservations = 0
  private entries = 0
  /** Store's clock of the read. */
  now = 0

  static async load(read: Read): Promise<Books> {
    const books = new Books()
    for await (const page of pages(read, 'accounts')) {
      books.now = page.now
      for (const account of page.accounts) books.put(account)
    }
    for await (const page of pages(read, 'reservations')) {
      for (const { id, state } of page.reservations) if (state.status !== 'absent') books.hold(id, state)
    }
    for await (const page of pages(read, 'counters')) {
      for (const { name, used, archived } of page.counters) books.counters.set(name, { used, archived })
    }
    for await (const page of pages(read, 'guards')) {
      for (const { name, state } of page.guards) if (state.status === 'open') books.guards.set(name, state.id)
    }
    for await (const page of pages(read, 'ledger')) {
      for (const entry of page.ledger) add(books.ledger, books.named(entry.account), entry)
      books.entries += page.ledger.length
    }
    return books
  }

  get checked(): Checked {
    return {
      accounts: this.accounts.size,
      reservations: this.reservations,
      counters: this.counters.size,
      guards: this.guards.size,
      ledger: this.entries,
    }
  }

  findings(): Findings {
    return {
      accounts: [...this.keys].flatMap(([name, key]) => this.accountFinding(name, key)),
      counters: [...new Set([...this.counters.keys(), ...this.uses.keys()])].flatMap((name) =>
        this.counterFinding(name),
      ),
      guards: [...new Set([...this.guards.keys(), ...this.guarding.keys()])].flatMap((name) =>
        this.guardFinding(name),
      ),
      corrections: this.corrections,
    }
  }

  /** Of buckets that a ledger keeps, the sum: its orders do not tell which of them has their units. */
  private put(account: StockAccountState): void {
    const name = this.named(account.key)
    const known = this.accounts.get(name)
    this.accounts.set(name, known === undefined ? { ...account } : summed(known, account))
  }

  private hold(id: string, state: KnownReservation): void {
    this.reservations += 1
    this.noteCorrection(id, state)
    // An order in pieces claims nothing at home: its pieces have it.
    if (isWhole(id, state.home)) return
    if (state.status !== 'held' && state.status !== 'deferred' && state.status !== 'confirmed') return
    for (const use of state.uses) this.uses.set(use.counter, (this.uses.get(use.counter) ?? 0) + use.quantity)
    if (state.status !== 'confirmed') for (const name of state.guards) this.guard(name, id)
    if (state.status === 'deferred') return
    for (const { account, quantity, owed, returned } of state.lines) {
      if (isElsewhere(account)) continue
      const units = quantity - owed - returned
      const [reserved, sold] = state.status === 'held' ? [units, 0] : [0, units]
      add(this.held, this.named(account), { available: 0, reserved, sold, backordered: owed, supplied: 0 })
    }
  }

  private guard(name: string, id: string): void {
    const ids = this.guarding.get(name)
    if (ids === undefined) this.guarding.set(name, [id])
    else ids.push(id)
  }

  private noteCorrection(id: string, state: KnownReservation): void {
    const made = state.status === 'tombstoned' ? numberOfCorrection(id) : null
    if (made === null) return
    this.corrections.set(made.of, Math.max(made.number + 1, this.corrections.get(made.of) ?? 0))
  }

  private accountFinding(name: string, key: AccountKey): AccountFinding | readonly [] {
    const account = this.accounts.get(name)
    const finding = {
      key,
      counters: account === undefined ? null : figuresOf(account),
      archived: account?.archived ?? 0,
      ledger: this.ledger.get(name) ?? NOTHING,
      orders: this.held.get(name) ?? NOTHING,
    }
    return agrees(finding) ? [] : finding
  }

  private counterFinding(name: string): CounterFinding | readonly [] {
    const counter = this.counters.get(name)
    const expected = (this.uses.get(name) ?? 0) + (counter?.archived ?? 0)
    if (expected === (counter?.used ?? 0)) return []
    return { name, used: counter?.used ?? null, expected }
  }

  /** Each live order keeps its guards; a guard that is open belongs to one live order. */
  private guardFinding(name: string): GuardFinding | readonly [] {
    const found = this.guards.get(name) ?? null
    const orders = this.guarding.get(name) ?? []
    const agree = orders.length === 0 ? found === null : orders.length === 1 && orders[0] === found
    return agree ? [] : { name, found, orders }
  }

  private named(kept: AccountKey): string {
    const key = accountTold(kept)
    const name = nameOf(key)
    if (!this.keys.has(name)) this.keys.set(name, key)
    return name
  }
}

function agrees({ counters, archived, ledger, orders }: AccountFinding): boolean {
  if (counters === null) return false
  const { available, reserved, sold, backordered, supplied } = counters
  return (
    FIGURES.every((figure) => counters[figure] >= 0 && counters[figure] === ledger[figure]) &&
    available + reserved + sold === supplied &&
    reserved === orders.reserved &&
    sold === orders.sold + archived &&
    backordered === orders.backordered
  )
}

function figuresOf({ available, reserved, sold, backordered, supplied }: Figures): Figures {
  return { available, reserved, sold, backordered, supplied }
}

function add(sums: Map<string, Figures>, name: string, figures: Figures): void {
  sums.set(name, sumOf(sums.get(name) ?? NOTHING, figures))
}

export function sumOf(one: Figures, other: Figures): Figures {
  return eachFigure((figure) => one[figure] + other[figure])
}

/** What is to be added to the second to make it the first. */
export function differenceOf(one: Figures, other: Figures): Figures {
  return eachFigure((figure) => one[figure] - other[figure])
}

function eachFigure(of: (figure: keyof Figures) => number): Figures {
  return {
    available: of('available'),
    reserved: of('reserved'),
    sold: of('sold'),
    backordered: of('backordered'),
    supplied: of('supplied'),
  }
}

export function nameOf({ sku, pool }: AccountKey): string {
  return JSON.stringify([sku, pool])
}

export async function* pages(read: Read, of: Listing): AsyncIterable<Page> {
  for (let cursor: string | null = null; ; ) {
    const page: Page = await read({ kind: 'list', of, cursor, limit: PAGE })
    yield page
    if (page.cursor === null) return
    cursor = page.cursor
  }
}
