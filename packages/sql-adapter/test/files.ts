import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import createKnex, { type Knex } from 'knex'
import { onTestFinished } from 'vitest'
import { SqlStore, type SqlStoreOptions } from '../src/index.js'

/** The path of a new SQLite file; its folder goes when the test ends. */
export function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'shop.db')
}

/** A store on a file, closed when the test ends. */
export async function openStore(path = newFile(), options: SqlStoreOptions = {}): Promise<SqlStore> {
  const store = await SqlStore.open(path, options)
  onTestFinished(() => store.close())
  return store
}

/** A shop's own knex on a file, destroyed when the test ends. */
export function openKnex(path = newFile(), pool: Knex.PoolConfig = { min: 1, max: 1 }): Knex {
  const knex = createKnex({
    client: 'better-sqlite3',
    connection: { filename: path },
    useNullAsDefault: true,
    pool,
  })
  onTestFinished(() => knex.destroy())
  return knex
}

/** A clock that the test moves. */
export class TestClock {
  readonly kind = 'virtual'

  constructor(private ms = 1_000_000) {}

  now(): number {
    return this.ms
  }

  wait(ms: number): void {
    this.ms += ms
  }
}
