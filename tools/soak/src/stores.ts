import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DeskStore, type Duration, MemoryStore } from '@holdfast/core'
import type { Listing } from '@holdfast/core/adapter'
import { SqlStore } from '@holdfast/sql-adapter'
import createKnex from 'knex'
import type { SoakClock } from './soak-clock.js'

/** A store that is looked into from outside. */
export interface SoakedStore {
  readonly store: DeskStore
  /** How many there are of everything that is to come and go. */
  counts(): Promise<ReadonlyMap<string, number>>
  /** Carries the events away, as a relay would. */
  deliver(): Promise<void>
  /** After the desk closed the store. */
  drop(): Promise<void>
}

export type Engine = keyof typeof OPENED
export const ENGINES: readonly Engine[] = ['memory', 'sqlite']

export function openStore(engine: Engine, clock: SoakClock, retention: Duration): Promise<SoakedStore> {
  return OPENED[engine](clock, retention)
}

const OPENED = { memory: openMemory, sqlite: openSqlite }

const LISTINGS = ['accounts', 'reservations', 'counters', 'guards', 'strikes', 'events', 'ledger'] as const

async function openMemory(clock: SoakClock, retention: Duration): Promise<SoakedStore> {
  const store = new MemoryStore({ clock, retention })
  return {
    store,
    async counts() {
      const counts = new Map<string, number>()
      for (const of of LISTINGS) counts.set(of, await length(store, of))
      return counts
    },
    async deliver() {},
    async drop() {},
  }
}

async function length(store: MemoryStore, of: Listing): Promise<number> {
  let [entries, cursor]: [number, string | null] = [0, null]
  do {
    const page = await store.read('main', { kind: 'list', of, cursor, limit: 10_000 })
    entries += page[of].length
    cursor = page.cursor
  } while (cursor !== null)
  return entries
}

/** The ledger of stock is the shop's record of what moved, and is kept for good. */
const KEPT_FOR_GOOD = 'holdfast_stock_ledger'

async function openSqlite(clock: SoakClock, retention: Duration): Promise<SoakedStore> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-soak-'))
  const path = join(folder, 'shop.db')
  const store = await SqlStore.open(path, { clock, retention })
  const aside = createKnex({
    client: 'better-sqlite3',
    connection: { filename: path },
    useNullAsDefault: true,
    pool: { min: 1, max: 1 },
  })
  return {
    store,
    async counts() {
      const tables: readonly { name: string }[] = await aside('sqlite_master')
        .select('name')
        .where({ type: 'table' })
      const counts = new Map<string, number>()
      for (const { name } of tables) {
        if (name === KEPT_FOR_GOOD) continue
        const [row] = await aside(name).count({ rows: '*' })
        counts.set(name, Number(row?.rows))
      }
      return counts
    },
    async deliver() {
      await aside('holdfast_outbox').delete()
    },
    async drop() {
      await aside.destroy()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
