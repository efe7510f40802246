import { SqlStore, type SqlStoreOptions } from '@holdfast/sql-adapter'
import { connectTo, type ServerEngine } from '../sql/connect.js'

/** Where orders are stored; a process of its own finds it by this as well. */
export type Place =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'database'; readonly engine: ServerEngine; readonly url: string }

export interface OpenPlace {
  readonly store: SqlStore
  /** Ends its connections; the store is closed by whoever uses it. */
  readonly close: () => Promise<void>
}

/** Holdfast on it, the schema up to date. */
export async function openPlace(place: Place, options: SqlStoreOptions = {}): Promise<OpenPlace> {
  if (place.kind === 'file') {
    return { store: await SqlStore.open(place.path, options), close: async () => {} }
  }
  const knex = connectTo(place, { severalStatements: true })
  const store = new SqlStore(knex, options)
  await store.migrate()
  return { store, close: () => knex.destroy() }
}
