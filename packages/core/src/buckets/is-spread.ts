import type { ReservationStore } from '../port/reservation-store.js'

/** Whether units of this SKU lie in buckets, one in each partition of the store. */
export function isSpread({ spread }: Pick<ReservationStore, 'spread'>, sku: string): boolean {
  return spread?.includes(sku) === true
}

/** Why such an account has no backorder limit. */
export const OWES_NOTHING = 'must be 0: units past stock cannot be owed of a SKU that is spread'
