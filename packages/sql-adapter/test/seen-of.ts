import { inByteOrder, type LedgerEntry, type ListQuery, type Page } from '@holdfast/core/adapter'
import type { SqlStores } from '../src/index.js'
import { IDS, type Step } from './random-histories.js'

/** A store that takes the steps of a history. */
export type Stepped = Pick<
  SqlStores,
  'apply' | 'read' | 'applyToOrders' | 'readOrders' | 'listOrders' | 'takeQueued'
>

export async function take(store: Stepped, step: Exclude<Step, { kind: 'wait' }>): Promise<unknown> {
  switch (step.kind) {
    case 'apply':
      return store.apply('main', 1, step.commands)
    case 'orders':
      return store.applyToOrders(step.commands)
    case 'take-queued':
      return store.takeQueued(step.limit, step.leaseMs)
  }
}

/** All that can be seen of a store. */
export async function everything(store: Stepped) {
  const state = await stateAndSums(store)
  const events = (await listed(store, 'events')).flatMap((page) => page.events)
  const batches = [...new Set(events.map(({ id }) => batchOf(id)))]
  // A zero that has a sign in memory has none in a database.
  const ledger = (await listed(store, 'ledger')).flatMap((page) => page.ledger.map(unsigned))
  const orders = await store.listOrders({ cursor: null, limit: 100 })
  const byId = [...orders.orders].sort((one, other) => inByteOrder(one.id, other.id))
  return {
    state,
    // Tickets and refunds leave events in a database, and so take a place in its sequence of batches.
    events: events.map(({ id, event }) => ({
      batch: batches.indexOf(batchOf(id)),
      index: indexOf(id),
      event,
    })),
    ledger,
    orders: byId,
  }
}

function batchOf(id: string): string {
  return id.slice(0, id.lastIndexOf('/'))
}

function indexOf(id: string): string {
  return id.slice(id.lastIndexOf('/'))
}

/** What it is, and what its ledger comes to. */
export async function stateAndSums(store: Stepped): Promise<unknown> {
  const pages = async (of: ListQuery['of']) => listed(store, of)
  const named = <T extends { readonly name: string }>(list: readonly T[]) =>
    [...list].sort((one, other) => inByteOrder(one.name, other.name))
  const reservations = (await pages('reservations')).flatMap((page) => page.reservations)
  return {
    accounts: (await pages('accounts')).flatMap((page) => page.accounts),
    reservations: [...reservations].sort((one, other) => inByteOrder(one.id, other.id)),
    counters: named((await pages('counters')).flatMap((page) => page.counters)),
    guards: named((await pages('guards')).flatMap((page) => page.guards)),
    strikes: named((await pages('strikes')).flatMap((page) => page.strikes)),
    sums: sums((await pages('ledger')).flatMap((page) => page.ledger)),
    orders: await store.readOrders(IDS),
  }
}

/** All pages, of three entries each, so that cursors are used. */
async function listed(store: Stepped, of: ListQuery['of']): Promise<readonly Page[]> {
  const pages: Page[] = []
  let cursor: string | null = null
  do {
    const page: Page = await store.read('main', { kind: 'list', of, cursor, limit: 3 })
    pages.push(page)
    cursor = page.cursor
  } while (cursor !== null)
  return pages
}

function unsigned(entry: LedgerEntry): LedgerEntry {
  const { available, reserved, sold, backordered, supplied } = entry
  const figures = { available, reserved, sold, backordered, supplied }
  return {
    ...entry,
    ...Object.fromEntries(Object.entries(figures).map(([name, units]) => [name, units + 0])),
  }
}

function sums(entries: readonly LedgerEntry[]): unknown {
  const byAccount = new Map<string, readonly number[]>()
  for (const { account, available, reserved, sold, backordered, supplied } of entries) {
    const key = JSON.stringify(account)
    const before = byAccount.get(key) ?? [0, 0, 0, 0, 0]
    const added = [available, reserved, sold, backordered, supplied]
    byAccount.set(
      key,
      added.map((figure, index) => figure + (before[index] ?? 0)),
    )
  }
  return [...byAccount].sort(([one], [other]) => inByteOrder(one, other))
}
