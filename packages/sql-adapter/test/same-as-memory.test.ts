import { MemoryStore } from '@holdfast/core'
import { inByteOrder, type LedgerEntry, type ListQuery, type Page } from '@holdfast/core/adapter'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SqlStore, type SqlStores } from '../src/index.js'
import { history, IDS, type Step } from './random-histories.js'

const RUNS = Number(process.env.HOLDFAST_RUNS ?? 60)

describe('SqlStore gives what the in-memory store gives', () => {
  test('outcomes, events, ledger, orders and state, over random histories', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (steps) => {
        const { sql, memory } = await bothOf(steps, { days: 30 }, everything)
        expect(sql).toEqual(memory)
      }),
      { numRuns: RUNS },
    )
  })

  test('state and sums of the ledger, where ids lapse on the way', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (steps) => {
        const steady = steps.map(unchangedAfterTheirEnd)
        const { sql, memory } = await bothOf(steady, { milliseconds: 120 }, stateAndSums)
        expect(sql).toEqual(memory)
      }),
      { numRuns: RUNS },
    )
  })
})

/**
 * Memory lets an id that changes after its end lapse somewhat later, and keeps rejected tickets; a database goes by
 * the end alone.
 */
function unchangedAfterTheirEnd(step: Step): Step {
  if (step.kind === 'orders') {
    return { ...step, commands: step.commands.filter(({ kind }) => kind !== 'reject') }
  }
  if (step.kind !== 'apply') return step
  return { ...step, commands: step.commands.filter(({ kind }) => kind !== 'fill' && kind !== 'return') }
}

/** What both stores answer to the same steps, and what can be seen of them in the end. */
async function bothOf(
  steps: readonly Step[],
  retention: { readonly days: number } | { readonly milliseconds: number },
  look: (store: SqlStores) => Promise<unknown>,
) {
  let now = 0
  const clock = { kind: 'virtual', now: () => now } as const
  const memory = new MemoryStore({ clock, retention })
  const sql = await SqlStore.open(':memory:', { clock, retention })
  const answers: { readonly sql: unknown[]; readonly memory: unknown[] } = { sql: [], memory: [] }
  try {
    for (const step of steps) {
      if (step.kind === 'wait') now += step.ms
      else {
        answers.sql.push(await take(sql, step))
        answers.memory.push(await take(memory, step))
      }
    }
    return {
      sql: { answers: answers.sql, seen: await look(sql) },
      memory: { answers: answers.memory, seen: await look(memory) },
    }
  } finally {
    await sql.close()
  }
}

async function take(store: SqlStores, step: Exclude<Step, { kind: 'wait' }>): Promise<unknown> {
  switch (step.kind) {
    case 'apply':
      return store.apply('main', 1, step.commands)
    case 'orders':
      return store.applyToOrders(step.commands)
    case 'take-queued':
      return store.takeQueued(step.limit, step.leaseMs)
  }
}

async function everything(store: SqlStores): Promise<unknown> {
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

async function stateAndSums(store: SqlStores): Promise<unknown> {
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
async function listed(store: SqlStores, of: ListQuery['of']): Promise<readonly Page[]> {
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
