import { type DeskStore, MemoryStore, type StoreClock } from '@holdfast/core'

export type StoreName = 'memory' | 'sqlite'

/** The whole history is kept, so that every order can be looked at in the end: it spans four years. */
export const RETENTION = { days: 3_650 } as const

export function openMemory(clock: StoreClock): DeskStore {
  return new MemoryStore({ clock, retention: RETENTION })
}
