import type { Call } from '../coalescer/coalescer.js'
import { isHoldfastError } from '../errors.js'
import type { StockAccountState } from '../machines/stock-account/types.js'
import type { AccountKey } from '../port/claims.js'
import { NO_KEYS } from '../port/reservation-store.js'
import { ask, type DeskParts } from './parts.js'
import { readEverywhere } from './read-everywhere.js'

/** Reservations that are filled in one batch. */
const FILLED_AT_ONCE = 100

/**
 * Gives units that have come to those who are owed some, the oldest first, in bounded batches. The units are on record
 * by then, so that nothing that goes wrong here is the caller's: the worker gives what is left.
 *
 * @returns units available afterwards; `null` where that could not be learned
 */
export async function fillOwed(parts: DeskParts, account: AccountKey, call: Call): Promise<number | null> {
  try {
    const before = await readAccount(parts, account)
    if (before === undefined || before.backordered === 0) return before?.available ?? null
    for (let more = true; more; ) {
      const outcome = await ask(parts, { kind: 'fill', account, limit: FILLED_AT_ONCE }, call)
      more = outcome.kind === 'filled' && outcome.more
    }
    return (await readAccount(parts, account))?.available ?? null
  } catch (error) {
    // The caller's own transaction is lost, and the units with it.
    if (isHoldfastError(error, 'transaction-aborted')) throw error
    return null
  }
}

export async function readAccount(
  parts: DeskParts,
  account: AccountKey,
): Promise<StockAccountState | undefined> {
  const { accounts, now } = await readEverywhere(parts.store, {
    ...NO_KEYS,
    accounts: [account],
  })
  parts.time.heard(now)
  return accounts[0]
}
