import type { SoldLine } from '../history/sold-line.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** The first order of a day comes at nine o'clock UTC, the others five minutes after each other. */
const OPENING = 9 * HOUR
const BETWEEN_ORDERS = 5 * MINUTE

export const PAID_AFTER = 2 * MINUTE
export const CANCELLED_AFTER = 5 * DAY
/** The hold time, too: think of bank transfers. */
export const EXPIRES_AFTER = 30 * DAY

/** What becomes of an order that is granted. */
export type Fate = 'paid' | 'cancelled' | 'expired'

export interface PlannedOrder {
  /** From 1, in the order of placing. */
  readonly position: number
  readonly id: string
  readonly buyer: string
  readonly region: string
  /** One line per SKU: repeated ones are summed. */
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[]
  /** Ms since the epoch. */
  readonly placedAt: number
  readonly fate: Fate
}

export interface PlannedAccount {
  readonly sku: string
  readonly pool: string
  /** Units that the whole history orders of it. */
  readonly ordered: number
}

export interface Plan {
  /** Midnight before the first order, ms since the epoch: the shelves are filled. */
  readonly opensAt: number
  readonly orders: readonly PlannedOrder[]
  readonly accounts: readonly PlannedAccount[]
  /** Pools are regions. */
  readonly regions: readonly string[]
  /** By SKU. */
  readonly productNames: ReadonlyMap<string, string>
}

/** What the history means for this replay: who orders what, when, and how it ends if it is granted. */
export function planOf(history: readonly SoldLine[]): Plan {
  const orders = plannedOrders(history)
  return {
    opensAt: midnightBefore(orders[0]?.placedAt ?? 0),
    orders,
    accounts: plannedAccounts(history),
    regions: [...new Set(history.map((line) => line.region))].sort(),
    productNames: namesOf(history),
  }
}

/** Units that an account starts with, counted in doubles. */
export function openingUnits(account: PlannedAccount, stockRatio: number): number {
  return Math.ceil(stockRatio * account.ordered)
}

export function fateOf(position: number): Fate {
  if (position % 10 === 0) return 'expired'
  return position % 7 === 0 ? 'cancelled' : 'paid'
}

function plannedOrders(history: readonly SoldLine[]): readonly PlannedOrder[] {
  const byId = new Map<string, SoldLine[]>()
  for (const line of history) {
    const lines = byId.get(line.orderId)
    if (lines === undefined) byId.set(line.orderId, [line])
    else lines.push(line)
  }
  const sorted = [...byId.values()].sort(
    ([one], [other]) => plainly(one?.orderDate, other?.orderDate) || plainly(one?.orderId, other?.orderId),
  )
  const ordersOfDay = new Map<string, number>()
  return sorted.map((lines, index) => {
    const [{ orderId: id, orderDate, customerId: buyer, region }] = sameOrder(lines)
    const before = ordersOfDay.get(orderDate) ?? 0
    ordersOfDay.set(orderDate, before + 1)
    const placedAt = Date.parse(orderDate) + OPENING + before * BETWEEN_ORDERS
    const position = index + 1
    return { position, id, buyer, region, lines: summed(lines), placedAt, fate: fateOf(position) }
  })
}

/** An order has one day, one buyer and one region. */
function sameOrder(lines: readonly SoldLine[]): readonly [SoldLine] {
  const [first, ...others] = lines
  if (first === undefined) throw new Error('an order without lines')
  for (const line of others) {
    for (const field of ['orderDate', 'customerId', 'region'] as const) {
      if (line[field] !== first[field]) throw new Error(`order ${first.orderId} has more than one ${field}`)
    }
  }
  return [first]
}

function summed(lines: readonly SoldLine[]): PlannedOrder['lines'] {
  const quantities = new Map<string, number>()
  for (const { productId, quantity } of lines) {
    quantities.set(productId, (quantities.get(productId) ?? 0) + quantity)
  }
  return [...quantities].map(([sku, quantity]) => ({ sku, quantity }))
}

function plannedAccounts(history: readonly SoldLine[]): readonly PlannedAccount[] {
  const bySku = new Map<string, Map<string, number>>()
  for (const { productId, region, quantity } of history) {
    const pools = bySku.get(productId) ?? new Map<string, number>()
    bySku.set(productId, pools.set(region, (pools.get(region) ?? 0) + quantity))
  }
  return [...bySku].flatMap(([sku, pools]) => [...pools].map(([pool, ordered]) => ({ sku, pool, ordered })))
}

/** A few product ids bear two names in the history: the first one is shown. */
function namesOf(history: readonly SoldLine[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  for (const { productId, productName } of history) {
    if (!names.has(productId)) names.set(productId, productName)
  }
  return names
}

function midnightBefore(at: number): number {
  return Math.floor(at / DAY) * DAY
}

/** Plain string order: no locale. */
function plainly(one = '', other = ''): number {
  if (one === other) return 0
  return one < other ? -1 : 1
}
