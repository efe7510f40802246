import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Knex } from 'knex'
import { afterAll, describe } from 'vitest'
import { SqlStore, type SqlStoreOptions } from '../src/index.js'
import { connectTo } from './open-place.js'
import { newDatabase, type ServerKind } from './servers.js'

/** A database of a test file's own, of any engine, that several processes sell from. */
export interface Database {
  readonly kind: 'sqlite' | ServerKind
  /** What another process opens it by: a path or a URL. */
  readonly place: string
  /** Connections of a process; they end with the test file. */
  connect(pool?: Knex.PoolConfig): Knex
  /** A store of a process, on connections of its own. */
  open(options?: SqlStoreOptions): Promise<SqlStore>
}

/** Has the tests run on each of these engines that can be had. */
export async function onEach(
  kinds: readonly Database['kind'][],
  tests: (database: Database) => void,
): Promise<void> {
  for (const kind of kinds) {
    const made = kind === 'sqlite' ? newFile() : await newDatabase(kind)
    describe.skipIf(made === null)(kind, () => {
      if (made === null) return
      const ends: (() => Promise<void>)[] = []
      afterAll(async () => {
        await Promise.all(ends.map((end) => end()))
        await made.drop()
      })
      const connect = (pool?: Knex.PoolConfig) => {
        const knex = connectTo(made.url, pool)
        ends.push(() => knex.destroy())
        return knex
      }
      const open = async (options: SqlStoreOptions = {}) => {
        if (kind === 'sqlite') {
          const store = await SqlStore.open(made.url, options)
          ends.push(() => store.close())
          return store
        }
        const store = new SqlStore(connect(), options)
        await store.migrate()
        return store
      }
      tests({ kind, place: made.url, connect, open })
    })
  }
}

function newFile(): { readonly url: string; drop(): Promise<void> } {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-'))
  const drop = async () => rmSync(folder, { recursive: true, force: true })
  return { url: join(folder, 'shop.db'), drop }
}
