import type { AccountKey } from '../../port/claims.js'
import { unreachable } from '../decider.js'
import type { StockAccountEvent, StockAccountState } from './types.js'

export function initialState(key: AccountKey): StockAccountState {
  return {
    key,
    available: 0,
    reserved: 0,
    sold: 0,
    backordered: 0,
    supplied: 0,
    archived: 0,
    opensAt: null,
    closesAt: null,
    backorderLimit: 0,
    configVersion: 0,
    version: 0,
  }
}

/** Changes `account` in place: its caller owns it. */
export function evolve(account: StockAccountState, event: StockAccountEvent): StockAccountState {
  switch (event.type) {
    case 'taken':
      account.available -= event.quantity
      account.reserved += event.quantity
      account.backordered += event.owed
      return account
    case 'given-back':
      account.available += event.quantity
      account.reserved -= event.quantity
      account.backordered -= event.owed
      return account
    case 'sold':
      account.reserved -= event.quantity
      account.sold += event.quantity
      return account
    case 'sold-from-stock':
      account.available -= event.quantity
      account.sold += event.quantity
      account.backordered += event.owed
      return account
    case 'returned':
      account.sold -= event.quantity
      account.backordered -= event.owed
      if (event.restock) account.available += event.quantity
      else account.supplied -= event.quantity
      return account
    case 'supplied':
      account.available += event.delta
      account.supplied += event.delta
      return account
    case 'filled':
      account.available -= event.quantity
      account.backordered -= event.quantity
      if (event.into === 'reserved') account.reserved += event.quantity
      else account.sold += event.quantity
      return account
    case 'configured':
      account.configVersion = event.version
      account.opensAt = event.opensAt
      account.closesAt = event.closesAt
      account.backorderLimit = event.backorderLimit
      return account
    case 'corrected':
      account.available += event.counters.available
      account.reserved += event.counters.reserved
      account.sold += event.counters.sold
      account.backordered += event.counters.backordered
      account.supplied += event.counters.supplied
      account.archived += event.archived
      return account
    default:
      return unreachable(event)
  }
}
