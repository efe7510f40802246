import { setTimeout as pause } from 'node:timers/promises'
import type { Knex } from 'knex'
import { knexAt, type Place } from './place.js'
import { SeenVersions } from './seen-versions.js'

/** What consumers made of the messages of a place. */
export interface Handled {
  /** Written and committed. */
  readonly written: number
  /** Of those, handled by nobody. */
  readonly missing: number
  /** Handlings of what was handled before. */
  readonly repeated: number
  /** Handled behind a later one of their key. */
  readonly disordered: number
}

/** Compares what was handled with what was written: every version of each key, from 1 to its last. */
export async function handledAt({ databaseUrl }: Place): Promise<Handled> {
  const knex = knexAt(databaseUrl)
  const things: { key: string; version: number }[] = await knex('things')
  const rows: { key: string; version: number }[] = await knex('handled').orderBy('number')
  await knex.destroy()
  const seen = new SeenVersions()
  for (const { key, version } of rows) seen.add(key, version)
  const { repeated, disordered } = seen
  return { ...seen.of(things), repeated, disordered }
}

/** Waits until everything that was written is handled. @throws Error when that takes too long */
export async function allHandled(place: Place, withinMs = 240_000): Promise<void> {
  const knex = knexAt(place.databaseUrl)
  const giveUpAt = performance.now() + withinMs
  try {
    for (;;) {
      const [written, handled] = [await sum(knex, 'things', 'version'), await count(knex)]
      if (handled >= written) return
      if (performance.now() > giveUpAt) throw new Error(`${handled} of ${written} messages are handled`)
      await pause(200)
    }
  } finally {
    await knex.destroy()
  }
}

async function sum(knex: Knex, table: string, column: string): Promise<number> {
  const [row] = await knex(table).sum(`${column} as sum`)
  return Number(row?.sum ?? 0)
}

async function count(knex: Knex): Promise<number> {
  const [row] = await knex('handled').countDistinct({ count: ['key', 'version'] })
  return Number(row?.count ?? 0)
}
