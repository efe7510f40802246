import type { LoadedSet } from '../batch/loaded-set.js'
import { endedAtOf } from '../batch/touched-order.js'

/** Ended ids that one sweep forgets at most: about as much work as the holds that it expires. */
export const LAPSED_PER_SWEEP = 200

/**
 * Forgets the ids that were loaded to lapse, those ended at `endedBefore` or earlier. What a confirmed one keeps for
 * good stays counted in the archives of its accounts and counters, so that the laws still balance.
 */
export function forgetLapsed(loaded: LoadedSet, endedBefore: number): void {
  for (const id of loaded.lapsing) {
    const state = loaded.orders.reservation(id)
    if (state !== undefined) {
      const endedAt = endedAtOf(state)
      // Changed by this very batch.
      if (endedAt === null || endedAt > endedBefore) continue
      if (state.status === 'confirmed') archive(loaded, state)
    } else if (loaded.orders.get(id)?.orderState()?.status !== 'rejected') continue
    loaded.orders.toChange(id).isForgotten = true
  }
}

function archive(
  loaded: LoadedSet,
  { lines, uses }: Extract<ReturnType<LoadedSet['orders']['reservation']>, { status: 'confirmed' }>,
): void {
  for (const line of lines) {
    const account = loaded.accounts.get(line.account)
    if (account === undefined) continue
    account.archived += line.quantity - line.owed - line.returned
    loaded.accounts.changedInPlace(account)
  }
  for (const { counter, quantity } of uses) {
    const state = loaded.subjects.counters.get(counter)
    if (state !== undefined) loaded.subjects.counters.toChange(counter, () => state).archived += quantity
  }
}
