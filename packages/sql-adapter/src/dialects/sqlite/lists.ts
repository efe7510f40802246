import type { Lists } from '../dialect.js'
import type { SqliteSession } from './session.js'

/** Pages of one connection. */
export function listsOf(session: SqliteSession, now: () => number): Lists {
  const { accounts, orders, subjects, history, movements, owed, campaigns, compensations } = session
  return {
    now,
    accounts: (of, after, limit, fillable) => accounts.list(of, after, limit, fillable),
    reservations: (after, limit) => orders.listReservations(after, limit),
    orders: (after, limit) => orders.listOrders(after, limit),
    ordersAwaiting: (afterDue, after, limit) => orders.listOrdersAwaiting(afterDue, after, limit),
    ordersOfStatus: (status, after, limit) => orders.listOrdersOfStatus(status, after, limit),
    subjects: (kind, from, limit) => subjects.list(kind, from, limit),
    events: (after, limit) => history.listEvents(after, limit),
    ledger: (of, after, limit) => {
      if (of === undefined) return history.listEntries(after, limit)
      const wanted = accounts.ofSku(of.sku).filter(({ key }) => of.pool === undefined || of.pool === key.pool)
      // Of each account the next ones, and of those the first: pools of a SKU are few.
      return wanted
        .flatMap(({ number, key }) => history.listEntriesOf(number, key, after, limit))
        .sort((one, other) => one.number - other.number)
        .slice(0, limit)
    },
    movements: (account, after, limit) => movements.list(account, after, limit),
    owed: (account, after, limit) => owed.list(account, after, limit),
    campaigns: (after, limit) => campaigns.list(after, limit),
    compensations: (status, after, limit) => compensations.list(status, after, limit),
  }
}
