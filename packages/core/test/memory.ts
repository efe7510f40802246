import { MemoryStore, type MemoryStoreOptions } from '../src/memory/store.js'
import type { Command } from '../src/port/commands.js'
import type { Outcome } from '../src/port/outcomes.js'
import type { Listing, ListQuery, Page, ReservationStore } from '../src/port/reservation-store.js'

/** A clock that stands still until it is moved, ms. */
export class HandClock {
  constructor(public time = 10_000) {}

  now(): number {
    return this.time
  }
}

export const DAY = 24 * 60 * 60_000

/** A store in memory whose clock the test moves. */
export function handStore(options: Omit<MemoryStoreOptions, 'clock'> = {}) {
  const clock = new HandClock()
  const store = new MemoryStore({ ...options, clock })
  return { clock, store, do: (...commands: Command[]) => outcomesOf(store, commands) }
}

/** Applies one batch. */
export async function outcomesOf(
  store: ReservationStore,
  commands: readonly Command[],
): Promise<readonly Outcome[]> {
  const applied = await store.apply('main', null, commands)
  if (applied.kind === 'fenced') throw new Error('fenced')
  return applied.outcomes
}

/** All entries of a kind, read page by page. */
export async function listed<Of extends Listing>(
  store: Pick<ReservationStore, 'read'>,
  of: Of,
  query: Partial<ListQuery> = {},
): Promise<Page[Of][number][]> {
  const entries: Page[Of][number][] = []
  for (let cursor: string | null = null; ; ) {
    const page: Page = await store.read('main', { kind: 'list', limit: 100, ...query, of, cursor })
    entries.push(...page[of])
    if (page.cursor === null) return entries
    cursor = page.cursor
  }
}

export const NO_KEYS = {
  kind: 'keys',
  accounts: [],
  reservations: [],
  counters: [],
  guards: [],
  strikes: [],
} as const
