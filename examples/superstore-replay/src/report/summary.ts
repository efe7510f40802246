import type { Rejected, Replayed } from '../replay/replay.js'
import type { StoreName } from '../store/open-store.js'
import type { Books, UnitTotals } from './books.js'

/** The one JSON document that `--json` prints; its fields stand in this order. */
export interface Summary {
  readonly store: StoreName
  readonly orders: {
    readonly total: number
    readonly paid: number
    readonly cancelled: number
    readonly expired: number
    readonly rejected: Readonly<Rejected>
  }
  readonly units: Readonly<UnitTotals>
  readonly accounts: number
  readonly audit: { readonly ok: boolean; readonly accountsChecked: number }
  /** Stocking, orders and all their steps, on the wall's clock; opening the store and the audit left out. */
  readonly elapsedMs: number
}

/**
 * Refusals as they were answered, everything else as it stands in the store.
 * @throws Error when an order is neither refused nor ended
 */
export function summaryOf(
  store: Summary['store'],
  ordersPlaced: number,
  { rejected, stockingMs, ordersMs }: Replayed,
  books: Books,
): Summary {
  const { insufficientStock, purchaseLimit, unpaidOrder } = rejected
  const [paid, cancelled, expired] = (['paid', 'cancelled', 'expired'] as const).map(
    (status) => books.orders.get(status) ?? 0,
  ) as [number, number, number]
  const accountedFor = paid + cancelled + expired + insufficientStock + purchaseLimit + unpaidOrder
  if (accountedFor !== ordersPlaced) {
    throw new Error(`${ordersPlaced} orders were placed, ${accountedFor} are accounted for`)
  }
  const { supplied, available, reserved, sold } = books.units
  const { ok, accountsChecked } = books.audit
  return {
    store,
    orders: {
      total: ordersPlaced,
      paid,
      cancelled,
      expired,
      rejected: { insufficientStock, purchaseLimit, unpaidOrder },
    },
    units: { supplied, available, reserved, sold },
    accounts: books.accounts,
    audit: { ok, accountsChecked },
    elapsedMs: Math.round(stockingMs + ordersMs),
  }
}
