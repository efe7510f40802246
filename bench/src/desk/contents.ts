import type { DeskStore } from '@holdfast/core'

/** A store as a turn finds it. */
export interface Contents {
  readonly store: DeskStore
  /** Reservations in it. */
  readonly stored: number
  /** The first buyer without an order. */
  readonly firstBuyer: number
  /** Called when the turn has closed the store, with what it added. */
  readonly left?: (added: { readonly reservations: number; readonly nextBuyer: number }) => Promise<void>
}

/** A store without a single order. */
export function empty(store: DeskStore): Contents {
  return { store, stored: 0, firstBuyer: 0 }
}
