import type { AuditReport, OrderDesk, OrderStatus } from '@holdfast/core'

/** Units over all accounts. */
export interface UnitTotals {
  supplied: number
  available: number
  reserved: number
  sold: number
}

/** What a store holds in the end, counted in the store itself. */
export interface Books {
  readonly orders: ReadonlyMap<OrderStatus, number>
  readonly units: Readonly<UnitTotals>
  readonly accounts: number
  readonly audit: AuditReport
}

/** Entries read at a time. */
const PAGE = 1_000

export async function readBooks(desk: OrderDesk): Promise<Books> {
  const orders = await countOrders(desk)
  const { units, accounts } = await countUnits(desk)
  return { orders, units, accounts, audit: await desk.audit() }
}

async function countOrders(desk: OrderDesk): Promise<ReadonlyMap<OrderStatus, number>> {
  const counts = new Map<OrderStatus, number>()
  for (let cursor: string | undefined; ; ) {
    const page = await desk.orders({ limit: PAGE, ...(cursor === undefined ? {} : { cursor }) })
    for (const { status } of page.orders) counts.set(status, (counts.get(status) ?? 0) + 1)
    if (page.cursor === null) return counts
    cursor = page.cursor
  }
}

async function countUnits(desk: OrderDesk): Promise<{ units: UnitTotals; accounts: number }> {
  const units: UnitTotals = { supplied: 0, available: 0, reserved: 0, sold: 0 }
  let accounts = 0
  for (let cursor: string | undefined; ; ) {
    const page = await desk.accounts({ limit: PAGE, ...(cursor === undefined ? {} : { cursor }) })
    accounts += page.accounts.length
    for (const account of page.accounts) {
      units.supplied += account.supplied
      units.available += account.available
      units.reserved += account.reserved
      units.sold += account.sold
    }
    if (page.cursor === null) return { units, accounts }
    cursor = page.cursor
  }
}
