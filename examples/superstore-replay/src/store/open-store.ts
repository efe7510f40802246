import { type DeskLedger, type DeskStore, MemoryStore } from '@holdfast/core'
import type { VirtualClock } from '../replay/virtual-clock.js'
import { loadEngine } from './engine.js'
import { openRedis } from './redis-store.js'
import { newFile, type ReplayFile, refuseExisting, temporaryFile } from './replay-file.js'
import { RETENTION } from './retention.js'
import { openServer, type ServerName } from './server-store.js'
import { openSqlite } from './sqlite-store.js'

/** Those that keep everything: a shop may sell from one alone, or have it follow another. */
export type LedgerName = 'memory' | 'sqlite' | ServerName
export type StoreName = LedgerName | 'redis'

export interface OpenedStore {
  readonly name: StoreName
  readonly store: DeskStore
  /** Follows the store; absent: the store keeps everything itself. */
  readonly ledger?: DeskLedger
  /** `null`: in memory, or on a server. */
  readonly file: ReplayFile | null
  /** Closes the store and removes a file that is not to be kept. */
  close(): Promise<void>
}

/** A store that may be a ledger. */
type OpenedLedger = OpenedStore & { readonly store: DeskStore & DeskLedger }

export interface StoreRequest {
  readonly store: StoreName
  /** Of a server: with it `store` names the kind. */
  readonly url?: string
  /** What follows Redis. */
  readonly ledger?: { readonly store: LedgerName; readonly url?: string }
  /** `null`: in a folder that is removed afterwards. */
  readonly file: string | null
  readonly clock: VirtualClock
  /** Told in one line when SQLite cannot be had, and the replay goes on in memory. */
  readonly warn: (line: string) => void
}

/** @throws UsageError when the file cannot be a new one */
export async function openStore(request: StoreRequest): Promise<OpenedStore> {
  const { store, url = '', clock, ledger = { store: 'sqlite' } } = request
  if (store !== 'redis') return openLedger({ ...request, store })
  const { url: _, ...common } = request
  const follower = await openLedger({ ...common, ...ledger })
  try {
    const redis = await openRedis(url, clock)
    const close = () => redis.close().finally(() => follower.close())
    return { name: store, store: redis.store, ledger: follower.store, file: follower.file, close }
  } catch (error) {
    await follower.close()
    throw error
  }
}

async function openLedger({
  store,
  url,
  file: name,
  clock,
  warn,
}: StoreRequest & { readonly store: LedgerName }): Promise<OpenedLedger> {
  if (store === 'postgres' || store === 'mysql') {
    return { name: store, file: null, ...(await openServer(store, url ?? '', clock)) }
  }
  if (store === 'memory') return inMemory(clock)
  if (name !== null) refuseExisting(name)
  const loaded = await loadEngine()
  if (!loaded.ok) {
    warn(`better-sqlite3 cannot be loaded, so this goes on in memory and writes no file: ${loaded.why}`)
    return inMemory(clock)
  }
  const adapter = await import('@holdfast/sql-adapter')
  const file = name === null ? temporaryFile() : newFile(name)
  try {
    const { store, close } = await openSqlite(adapter, file.path, clock)
    return { name: 'sqlite', store, file, close: () => close().finally(file.dispose) }
  } catch (error) {
    file.dispose()
    throw error
  }
}

function inMemory(clock: VirtualClock): OpenedLedger {
  const store = new MemoryStore({ clock, retention: RETENTION })
  return { name: 'memory', store, file: null, close: () => store.close() }
}
