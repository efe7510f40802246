import type { StockAccountState } from '../machines/stock-account/types.js'
import {
  EMPTY_PAGE,
  type LedgerEntry,
  type ListQuery,
  type Page,
  type Query,
} from '../port/reservation-store.js'
import { inByteOrder } from './order-of-ids.js'
import { pageOf } from './page.js'
import type { MemoryPartition } from './partition.js'

/** What a partition holds, by key or page by page; accounts are copies, all else never changes. */
export function readPage(partition: MemoryPartition, query: Query, now: number): Page {
  if (query.kind === 'list') return { ...EMPTY_PAGE, now, ...listed(partition, query) }
  return {
    ...EMPTY_PAGE,
    now,
    accounts: present(query.accounts, (key) => partition.account(key)).map((state) => ({ ...state })),
    reservations: present(query.reservations, (id) => {
      const state = partition.reservation(id)
      return state && { id, state }
    }),
    counters: present(query.counters, (name) => {
      const state = partition.counter(name)
      return state && { name, used: state.used, archived: state.archived }
    }),
    guards: present(query.guards, (name) => {
      const state = partition.guard(name)
      return state && { name, state }
    }),
    strikes: present(query.strikes, (name) => {
      const state = partition.strikes(name)
      return state && { name, state }
    }),
  }
}

function listed(partition: MemoryPartition, query: ListQuery): Partial<Page> {
  switch (query.of) {
    case 'accounts': {
      const { entries, cursor } = pageOf(accounts(partition, query), query)
      return { accounts: entries.map((state) => ({ ...state })), cursor }
    }
    case 'reservations': {
      const { entries, cursor } = pageOf(partition.reservations.entries(), query)
      return { reservations: entries, cursor }
    }
    case 'counters': {
      const { entries, cursor } = pageOf(partition.counters(), query)
      return { counters: entries.map(([name, { used, archived }]) => ({ name, used, archived })), cursor }
    }
    case 'guards': {
      const { entries, cursor } = pageOf(partition.guards(), query)
      return { guards: entries, cursor }
    }
    case 'strikes': {
      const { entries, cursor } = pageOf(partition.strikeRecords, query)
      return { strikes: entries.map(([name, state]) => ({ name, state })), cursor }
    }
    case 'events': {
      const { entries, cursor } = pageOf(partition.history.events(), query)
      return { events: entries, cursor }
    }
    case 'ledger': {
      const { entries, cursor } = pageOf(ofAccount(partition.history.ledger(), query.account), query)
      return { ledger: entries, cursor }
    }
  }
}

function accounts(partition: MemoryPartition, { account: of, fillable = false }: ListQuery) {
  const found: StockAccountState[] = []
  for (const pools of partition.books.values()) {
    for (const { state } of pools.values()) {
      const { sku, pool } = state.key
      if (of !== undefined && (sku !== of.sku || (of.pool !== undefined && pool !== of.pool))) continue
      if (!fillable || (state.backordered > 0 && state.available > 0)) found.push(state)
    }
  }
  return found.sort(
    (one, other) => inByteOrder(one.key.sku, other.key.sku) || inByteOrder(one.key.pool, other.key.pool),
  )
}

function* ofAccount(ledger: Iterable<LedgerEntry>, of: ListQuery['account']): Iterable<LedgerEntry> {
  for (const entry of ledger) {
    const { sku, pool } = entry.account
    if (of === undefined || (sku === of.sku && (of.pool === undefined || pool === of.pool))) yield entry
  }
}

function present<Key, Value>(keys: readonly Key[], get: (key: Key) => Value | undefined): Value[] {
  const found: Value[] = []
  for (const key of keys) {
    const value = get(key)
    if (value !== undefined) found.push(value)
  }
  return found
}
