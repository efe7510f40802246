import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DeskLedger, type DeskStore, type Duration, MemoryStore, Relay } from '@holdfast/core'
import type { Listing, Publisher } from '@holdfast/core/adapter'
import { SqlStore } from '@holdfast/sql-adapter'
import createKnex, { type Knex } from 'knex'
import { RedisStoreAlone } from './redis-store-alone.js'
import type { SoakClock } from './soak-clock.js'

/** A store that is looked into from outside. */
export interface SoakedStore {
  readonly store: DeskStore
  /** What follows it. */
  readonly ledger?: DeskLedger
  /** How many there are of everything that is to come and go, and bytes where a server tells them. */
  counts(): Promise<ReadonlyMap<string, number>>
  /** Which of these keep every order for good, one each: nothing is forgotten. */
  readonly keeps?: readonly string[]
  /** Carries the events away, as a relay would. */
  deliver(): Promise<void>
  /** After the desk closed the store. */
  drop(): Promise<void>
}

/** Servers are named by what they are, and found at a URL. */
export type Engine = 'memory' | 'sqlite' | OnRedis | Server
export type OnRedis = 'redis' | 'redis before sqlite'
export type Server = 'postgres' | 'mariadb'

/** Where it is to be soaked. */
export type Place =
  | { readonly engine: 'memory' | 'sqlite' | OnRedis }
  | { readonly engine: Server; readonly url: string }

export function openStore(place: Place, clock: SoakClock, retention: Duration): Promise<SoakedStore> {
  switch (place.engine) {
    case 'memory':
      return openMemory(clock, retention)
    case 'sqlite':
      return openSqlite(clock, retention)
    case 'redis':
      return openRedis(clock)
    case 'redis before sqlite':
      return openChain(clock, retention)
    default:
      return openServer(place, clock, retention)
  }
}

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

/** All but the ledger of stock, the shop's record of what moved, which is kept for good. */
const TABLES = [
  ...['epochs', 'stock_accounts', 'orders', 'subjects', 'owed_units', 'movements', 'outbox'],
  ...['campaigns', 'compensations', 'carried_positions'],
]
const PREFIX = 'holdfast_'

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
  return soaked(store, aside, async () => rmSync(folder, { recursive: true, force: true }))
}

/** Carried away by a relay. */
async function openRedis(clock: SoakClock): Promise<SoakedStore> {
  const redis = await RedisStoreAlone.open(clock)
  const relay = new Relay({ outbox: redis.store.outbox, publisher: NOWHERE })
  return {
    ...{ store: redis.store, keeps: [redis.kept] },
    counts: () => redis.counts(),
    deliver: async () => void (await relay.drain()),
    drop: () => redis.drop(),
  }
}

/** Carried by the shop's own worker. A ledger that follows forgets nothing that its store remembers. */
async function openChain(clock: SoakClock, retention: Duration): Promise<SoakedStore> {
  const [redis, ledger] = [await RedisStoreAlone.open(clock), await openSqlite(clock, retention)]
  return {
    ...{ store: redis.store, ledger: ledger.store as SqlStore, keeps: [redis.kept, 'orders'] },
    counts: async () => new Map([...(await redis.counts()), ...(await ledger.counts())]),
    deliver: () => ledger.deliver(),
    async drop() {
      await ledger.drop()
      await redis.drop()
    },
  }
}

/** In a database of its own. */
async function openServer(
  { engine, url }: Extract<Place, { engine: Server }>,
  clock: SoakClock,
  retention: Duration,
): Promise<SoakedStore> {
  const client = engine === 'postgres' ? 'pg' : 'mysql2'
  const name = `holdfast_soak_${randomUUID().replaceAll('-', '')}`
  const server = createKnex({ client, connection: url, pool: { min: 0, max: 1 } })
  await server.raw(`create database ${name}`)
  const own = new URL(url)
  own.pathname = `/${name}`
  const connect = () => createKnex({ client, connection: own.href, pool: { min: 0, max: 4 } })
  const [knex, aside] = [connect(), connect()]
  const store = new SqlStore(knex, { clock, retention })
  await store.migrate()
  return soaked(store, aside, async () => {
    await knex.destroy()
    await server.raw(`drop database ${name}`)
    await server.destroy()
  })
}

function soaked(store: SqlStore, aside: Knex, drop: () => Promise<void>): SoakedStore {
  return {
    store,
    async counts() {
      const counts = new Map<string, number>()
      for (const table of TABLES) {
        const [row] = await aside(PREFIX + table).count({ rows: '*' })
        counts.set(table, Number(row?.rows))
      }
      return counts
    },
    async deliver() {
      await aside(`${PREFIX}outbox`).delete()
    },
    async drop() {
      await aside.destroy()
      await drop()
    },
  }
}

/** Takes everything. */
const NOWHERE: Publisher = {
  capabilities: { durable: true, maxRecords: 1_000, maxBytes: 1_000_000, batches: 'whole' },
  async connect() {},
  trackOf: (topic) => topic,
  publishBatch: async (records) => records.map(() => ({ kind: 'acked' })),
  async close() {},
}
