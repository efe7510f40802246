import { endedAtOf } from '../batch/touched-order.js'
import type { WorkingSet } from '../batch/working-set.js'

/** Ended ids that one sweep forgets at most: about as much work as the holds that it expires. */
export const LAPSED_PER_SWEEP = 200

/**
 * Forgets the ids that were loaded to lapse, those ended at `endedBefore` or earlier. What a confirmed one keeps for
 * good stays counted in the archives of its accounts and counters, so that the laws still balance.
 */
export function forgetLapsed(loaded: WorkingSet, endedBefore: number): void {
  for (const id of loaded.lapsing) {
    const state = loaded.orders.reservation(id)
    if (state !== undefined) {
      const endedAt = endedAtOf(state)
      // Changed by this very batch.
      if (endedAt === null || endedAt > endedBefore) continue
      if (state.status === 'confirmed') loaded.archive(state)
    } else if (loaded.orders.get(id)?.orderState()?.status !== 'rejected') continue
    loaded.orders.toChange(id).isForgotten = true
  }
}
