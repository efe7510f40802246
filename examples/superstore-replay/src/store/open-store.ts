import { type DeskStore, MemoryStore } from '@holdfast/core'
import type { VirtualClock } from '../replay/virtual-clock.js'
import { loadEngine } from './engine.js'
import { newFile, type ReplayFile, refuseExisting, temporaryFile } from './replay-file.js'
import { RETENTION } from './retention.js'
import { openServer, type ServerName } from './server-store.js'
import { openSqlite } from './sqlite-store.js'

export type StoreName = 'memory' | 'sqlite' | ServerName

export interface OpenedStore {
  readonly name: StoreName
  readonly store: DeskStore
  /** `null`: in memory, or on a server. */
  readonly file: ReplayFile | null
  /** Closes the store and removes a file that is not to be kept. */
  close(): Promise<void>
}

export interface StoreRequest {
  readonly store: StoreName
  /** Of a database server: with it `store` names the kind. */
  readonly url?: string
  /** `null`: in a folder that is removed afterwards. */
  readonly file: string | null
  readonly clock: VirtualClock
  /** Told in one line when SQLite cannot be had, and the replay goes on in memory. */
  readonly warn: (line: string) => void
}

/** @throws UsageError when the file cannot be a new one */
export async function openStore({ store, url, file: name, clock, warn }: StoreRequest): Promise<OpenedStore> {
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

function inMemory(clock: VirtualClock): OpenedStore {
  const store = new MemoryStore({ clock, retention: RETENTION })
  return { name: 'memory', store, file: null, close: () => store.close() }
}
