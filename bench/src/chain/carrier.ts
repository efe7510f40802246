import type { Database } from '../sql/database-server.js'

/** What a process that carries is asked, each once answered before the next. */
export type Question =
  /** Carries from now on what happens in the store at this URL into this database. */
  | {
      readonly kind: 'open'
      readonly redisUrl: string
      readonly ledger: Database
      readonly lease: { readonly chunk: number } | undefined
    }
  | { readonly kind: 'tell' }
  | { readonly kind: 'close' }

/** Orders of one SKU that it carried since the last answer. */
export type Answer = { readonly carried: number } | { readonly failure: string }
