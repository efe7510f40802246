import { unreachable } from '../machines/decider.js'
import type { StockAccountEvent } from '../machines/stock-account/types.js'
import type { AccountKey } from '../port/claims.js'
import type { LedgerEntry } from '../port/reservation-store.js'
import { type Cause, movementOf } from './state.js'

const UNMOVED = { available: 0, reserved: 0, sold: 0, backordered: 0, supplied: 0 }

/** What a change of an account is in the append-only ledger; `null` where no unit moved. */
export function ledgerEntry(account: AccountKey, change: StockAccountEvent, why: Cause): LedgerEntry | null {
  const deltas = deltasOf(change)
  if (deltas === null) return null
  const cause = why.type === 'movement' ? why.cause : why.type
  const reservation = why.type === 'movement' ? null : why.id
  return { account, at: why.at, cause, reservation, movement: movementOf(why), ...UNMOVED, ...deltas }
}

/** Subtracted from 0, so that a zero has no sign. */
function deltasOf(change: StockAccountEvent): Partial<typeof UNMOVED> | null {
  switch (change.type) {
    case 'taken':
      return { available: 0 - change.quantity, reserved: change.quantity, backordered: change.owed }
    case 'given-back':
      return { available: change.quantity, reserved: 0 - change.quantity, backordered: 0 - change.owed }
    case 'sold':
      return { reserved: 0 - change.quantity, sold: change.quantity }
    case 'sold-from-stock':
      return { available: 0 - change.quantity, sold: change.quantity, backordered: change.owed }
    case 'returned': {
      const { quantity, owed } = change
      if (change.restock) return { sold: 0 - quantity, available: quantity, backordered: 0 - owed }
      return { sold: 0 - quantity, supplied: 0 - quantity, backordered: 0 - owed }
    }
    case 'supplied':
      return { available: change.delta, supplied: change.delta }
    case 'filled': {
      const { quantity } = change
      const taken = { available: 0 - quantity, backordered: 0 - quantity }
      return change.into === 'reserved' ? { ...taken, reserved: quantity } : { ...taken, sold: quantity }
    }
    case 'corrected':
      // Entered even where the ledger was right: that the counters were not is on record as well.
      return change.ledger
    case 'configured':
      return null
    default:
      return unreachable(change)
  }
}
