import type { KnownReservation } from '../machines/reservation/types.js'
import type { StockAccountState } from '../machines/stock-account/types.js'
import { isElsewhere, isWhole } from '../partition/piece-names.js'
import type { AccountKey } from '../port/claims.js'
import type { Listing, Page, Query, ReservationStore } from '../port/reservation-store.js'

/** One figure that is not what it must be. */
export interface Difference {
  /** What was looked at: an account (named by its SKU and pool, as JSON), a counter, a guard. */
  readonly of: 'account' | 'counter' | 'guard'
  readonly name: string
  /** Which figure. */
  readonly figure: string
  readonly found: number | string | null
  readonly expected: number | string | null
}

export interface AuditReport {
  readonly ok: boolean
  readonly accountsChecked: number
  readonly reservationsChecked: number
  readonly countersChecked: number
  readonly guardsChecked: number
  readonly ledgerEntriesChecked: number
  readonly differences: readonly Difference[]
}

/** Entries read at a time. */
const PAGE = 5_000

const FIGURES = ['available', 'reserved', 'sold', 'backordered', 'supplied'] as const
type Figures = Record<(typeof FIGURES)[number], number>

/**
 * Compares, in one consistent state of each partition, every account with its reservations and with the ledger,
 * every counter with the uses that stand in it, and every guard with the order that keeps it.
 */
export async function audit(store: ReservationStore): Promise<AuditReport> {
  const total = new Books()
  for (const partition of await store.partitions()) {
    await store.snapshot(partition, async (read) => {
      const books = new Books()
      await books.load(read)
      books.compare()
      total.add(books)
    })
  }
  return total.report()
}

class Books {
  private readonly accounts = new Map<string, StockAccountState>()
  private readonly ledger = new Map<string, Figures>()
  private readonly held = new Map<string, Figures>()
  private readonly uses = new Map<string, number>()
  private readonly counters = new Map<string, { used: number; archived: number }>()
  private readonly guards = new Map<string, string>()
  private readonly guarding = new Map<string, string>()
  private readonly differences: Difference[] = []
  private checked = { accounts: 0, reservations: 0, counters: 0, guards: 0, ledger: 0 }

  async load(read: (query: Query) => Promise<Page>): Promise<void> {
    for await (const page of pages(read, 'accounts')) {
      for (const account of page.accounts) this.accounts.set(nameOf(account.key), account)
    }
    for await (const page of pages(read, 'reservations')) {
      for (const { id, state } of page.reservations) if (state.status !== 'absent') this.hold(id, state)
    }
    for await (const page of pages(read, 'counters')) {
      for (const { name, used, archived } of page.counters) this.counters.set(name, { used, archived })
    }
    for await (const page of pages(read, 'guards')) {
      for (const { name, state } of page.guards) if (state.status === 'open') this.guards.set(name, state.id)
    }
    for await (const page of pages(read, 'ledger')) {
      for (const entry of page.ledger) {
        add(this.ledger, nameOf(entry.account), entry)
        this.checked.ledger += 1
      }
    }
  }

  compare(): void {
    for (const [name, account] of this.accounts) this.compareAccount(name, account)
    for (const name of new Set([...this.held.keys(), ...this.ledger.keys()]))
      if (!this.accounts.has(name)) this.differ('account', name, 'exists', null, name)
    for (const [name, { used, archived }] of this.counters) {
      this.checked.counters += 1
      const expected = (this.uses.get(name) ?? 0) + archived
      if (used !== expected) this.differ('counter', name, 'used', used, expected)
    }
    for (const [name, used] of this.uses) {
      if (used > 0 && !this.counters.has(name)) this.differ('counter', name, 'used', null, used)
    }
    this.compareGuards()
  }

  add(other: Books): void {
    this.differences.push(...other.differences)
    for (const key of Object.keys(this.checked) as (keyof typeof this.checked)[]) {
      this.checked[key] += other.checked[key]
    }
  }

  report(): AuditReport {
    const { accounts, reservations, counters, guards, ledger } = this.checked
    return {
      ok: this.differences.length === 0,
      accountsChecked: accounts,
      reservationsChecked: reservations,
      countersChecked: counters,
      guardsChecked: guards,
      ledgerEntriesChecked: ledger,
      differences: this.differences,
    }
  }

  private hold(id: string, state: KnownReservation): void {
    this.checked.reservations += 1
    // An order in pieces claims nothing at home: its pieces have it.
    if (isWhole(id, state.home)) return
    if (state.status !== 'held' && state.status !== 'deferred' && state.status !== 'confirmed') return
    for (const use of state.uses) this.uses.set(use.counter, (this.uses.get(use.counter) ?? 0) + use.quantity)
    if (state.status !== 'confirmed') for (const name of state.guards) this.guarding.set(name, id)
    if (state.status === 'deferred') return
    for (const { account, quantity, owed, returned } of state.lines) {
      if (isElsewhere(account)) continue
      const units = quantity - owed - returned
      const [reserved, sold] = state.status === 'held' ? [units, 0] : [0, units]
      add(this.held, nameOf(account), { available: 0, reserved, sold, backordered: owed, supplied: 0 })
    }
  }

  private compareAccount(name: string, account: StockAccountState): void {
    this.checked.accounts += 1
    for (const figure of FIGURES) {
      if (account[figure] < 0) this.differ('account', name, `${figure} below zero`, account[figure], 0)
      const entered = this.ledger.get(name)?.[figure] ?? 0
      if (account[figure] !== entered)
        this.differ('account', name, `${figure} in the ledger`, account[figure], entered)
    }
    const { available, reserved, sold, supplied, backordered, archived } = account
    if (available + reserved + sold !== supplied) {
      this.differ('account', name, 'available + reserved + sold', available + reserved + sold, supplied)
    }
    const held = this.held.get(name) ?? NOTHING
    if (reserved !== held.reserved) this.differ('account', name, 'reserved', reserved, held.reserved)
    if (sold !== held.sold + archived) this.differ('account', name, 'sold', sold, held.sold + archived)
    if (backordered !== held.backordered)
      this.differ('account', name, 'backordered', backordered, held.backordered)
  }

  /** Each live order keeps its guards; a guard that is open belongs to a live order. */
  private compareGuards(): void {
    for (const [name, id] of this.guards) {
      this.checked.guards += 1
      const holder = this.guarding.get(name) ?? null
      if (holder !== id) this.differ('guard', name, 'order', id, holder)
    }
    for (const [name, id] of this.guarding) {
      if (!this.guards.has(name)) this.differ('guard', name, 'order', null, id)
    }
  }

  private differ(
    of: Difference['of'],
    name: string,
    figure: string,
    found: Difference['found'],
    expected: Difference['expected'],
  ): void {
    this.differences.push({ of, name, figure, found, expected })
  }
}

const NOTHING: Figures = { available: 0, reserved: 0, sold: 0, backordered: 0, supplied: 0 }

function add(sums: Map<string, Figures>, name: string, figures: Figures): void {
  const sum = sums.get(name) ?? { ...NOTHING }
  for (const figure of FIGURES) sum[figure] += figures[figure]
  sums.set(name, sum)
}

function nameOf({ sku, pool }: AccountKey): string {
  return JSON.stringify([sku, pool])
}

async function* pages(read: (query: Query) => Promise<Page>, of: Listing): AsyncIterable<Page> {
  for (let cursor: string | null = null; ; ) {
    const page: Page = await read({ kind: 'list', of, cursor, limit: PAGE })
    yield page
    if (page.cursor === null) return
    cursor = page.cursor
  }
}
