import { type DeskStore, MemoryStore } from '@holdfast/core'
import type { VirtualClock } from '../replay/virtual-clock.js'
import { loadEngine } from './engine.js'
import { newFile, type ReplayFile, refuseExisting, temporaryFile } from './replay-file.js'

export type StoreName = 'memory' | 'sqlite'

/** The whole history is kept, so that every order can be looked at in the end: it spans four years. */
export const RETENTION = { days: 3_650 } as const

export interface OpenedStore {
  readonly name: StoreName
  readonly store: DeskStore
  /** `null`: in memory. */
  readonly file: ReplayFile | null
}

export interface StoreRequest {
  readonly store: StoreName
  /** `null`: in a folder that is removed afterwards. */
  readonly file: string | null
  readonly clock: VirtualClock
  /** Told in one line when SQLite cannot be had, and the replay goes on in memory. */
  readonly warn: (line: string) => void
}

/** @throws UsageError when the file cannot be a new one */
export async function openStore({ store, file: name, clock, warn }: StoreRequest): Promise<OpenedStore> {
  if (store === 'memory') return inMemory(clock)
  if (name !== null) refuseExisting(name)
  const loaded = await loadEngine()
  if (!loaded.ok) {
    warn(`better-sqlite3 cannot be loaded, so this goes on in memory and writes no file: ${loaded.why}`)
    return inMemory(clock)
  }
  const { SqlStore } = await import('@holdfast/sql-adapter')
  const file = name === null ? temporaryFile() : newFile(name)
  try {
    const store = await SqlStore.open(file.path, { clock, retention: RETENTION })
    return { name: 'sqlite', store, file }
  } catch (error) {
    file.dispose()
    throw error
  }
}

function inMemory(clock: VirtualClock): OpenedStore {
  return { name: 'memory', store: new MemoryStore({ clock, retention: RETENTION }), file: null }
}
