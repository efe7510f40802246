import type { Place } from '../stored/place.js'

/** What a process that sells is asked; it answers each question once, in their order, with a count of orders granted. */
export type Question =
  /** Opens a desk on the place. `process` tells its buyers from those of the others. */
  | { readonly kind: 'open'; readonly place: Place; readonly process: number; readonly callers: number }
  /** Begins to sell the mix, or goes on; answers at once with what was granted since the last answer. */
  | { readonly kind: 'sell' }
  /** Ends selling; answers with what was granted since the last answer when the last call is answered. */
  | { readonly kind: 'stop' }
  /** Places orders of one unit of this SKU, by as many buyers at once. */
  | { readonly kind: 'rush'; readonly sku: string; readonly buyers: number }
  | { readonly kind: 'close' }

export type Answer = { readonly granted: number } | { readonly failure: string }
