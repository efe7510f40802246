import type { AuditReport } from '@holdfast/core'
import type { ReplayRequest } from '../command-line/request.js'
import type { Plan } from '../plan/plan.js'
import type { ContestedProduct } from '../replay/contest.js'
import type { Replayed } from '../replay/replay.js'
import { auditLines } from './audit-lines.js'
import type { UnitTotals } from './books.js'
import { day, seconds, share, whole } from './figures.js'
import type { Summary } from './summary.js'
import { painted, type Terminal, tableOf } from './terminal.js'

export interface ReplayReport {
  readonly plan: Plan
  readonly request: ReplayRequest
  readonly replayed: Replayed
  readonly summary: Summary
  readonly audit: AuditReport
  /** The SQLite file, if it is kept. */
  readonly kept: string | null
}

/** Products that are told by name. */
const MOST_CONTESTED = 8

/** The summary as a person reads it. */
export function replayReport(report: ReplayReport, terminal: Terminal): string {
  const { replayed, summary, audit, kept } = report
  return [
    ...heading(report, terminal),
    '',
    fates(summary, terminal),
    '',
    refusals(summary, terminal),
    '',
    ...mostContested(replayed.contested, terminal),
    '',
    unitsLine(summary.units, terminal),
    '',
    ...auditLines(audit, terminal),
    '',
    ...speed(summary, replayed, terminal),
    ...(kept === null ? [] : ['', `The file is kept: ${kept}`]),
    '',
  ].join('\n')
}

const ENGINES = {
  memory: 'in memory',
  sqlite: 'SQLite',
  postgres: 'PostgreSQL',
  mysql: 'MySQL or MariaDB',
  redis: 'Redis',
} as const

function heading({ plan, request, summary }: ReplayReport, terminal: Terminal): readonly string[] {
  const { orders } = plan
  const [first, last] = [orders[0]?.placedAt ?? 0, orders.at(-1)?.placedAt ?? 0]
  const { store, ledger } = request
  const engine =
    store === 'redis' ? `Redis before ${ENGINES[ledger?.store ?? 'sqlite']}` : ENGINES[summary.store]
  const restock = request.restock ? 'restocked yearly' : 'no restock'
  return [
    painted(`Superstore, ${day(first)} to ${day(last)}`, 'bold', terminal),
    `${engine} · stock ratio ${request.stockRatio} · limit ${whole(request.limit)} per buyer and product · ${restock}`,
  ]
}

function fates({ orders }: Summary, terminal: Terminal): string {
  const { total, paid, cancelled, expired } = orders
  const refused = total - paid - cancelled - expired
  const rows = [
    ['paid', paid],
    ['cancelled by the buyer', cancelled],
    ['expired unpaid', expired],
    ['refused', refused],
    ['all', total],
  ] as const
  return countTable('Orders by fate', rows, total, terminal)
}

function refusals({ orders: { rejected } }: Summary, terminal: Terminal): string {
  const rows = [
    ['another order unpaid', rejected.unpaidOrder],
    ['purchase limit reached', rejected.purchaseLimit],
    ['not enough in stock', rejected.insufficientStock],
  ] as const
  const total = rows.reduce((sum, [, count]) => sum + count, 0)
  return countTable('Refusals by reason', rows, total, terminal)
}

function countTable(
  title: string,
  rows: readonly (readonly [string, number])[],
  total: number,
  terminal: Terminal,
): string {
  return tableOf(
    [
      { title, align: 'left', width: 28 },
      { title: 'orders', align: 'right', width: 9 },
      { title: 'share', align: 'right', width: 11 },
    ],
    rows.map(([what, count]) => [what, whole(count), share(count, total)]),
    terminal,
  )
}

function mostContested(products: readonly ContestedProduct[], terminal: Terminal): readonly string[] {
  const title = 'Most contested products'
  if (products.length === 0) {
    return [painted(title, 'bold', terminal), 'none: no order was refused for want of stock']
  }
  const [sku, refused, short] = [17, 16, 13]
  const table = tableOf(
    [
      { title, align: 'left', width: terminal.width - sku - refused - short },
      { title: 'SKU', align: 'left', width: sku },
      { title: 'orders refused', align: 'right', width: refused },
      { title: 'units short', align: 'right', width: short },
    ],
    products
      .slice(0, MOST_CONTESTED)
      .map((one) => [one.name, one.sku, whole(one.refusedOrders), whole(one.unitsShort)]),
    terminal,
  )
  const rest = products.length - MOST_CONTESTED
  return rest > 0 ? [table, `and ${whole(rest)} more`] : [table]
}

export function unitsLine({ supplied, available, reserved, sold }: UnitTotals, terminal: Terminal): string {
  const parts = `${whole(available)} available + ${whole(reserved)} reserved + ${whole(sold)} sold`
  return `${painted('Units', 'bold', terminal)}  ${whole(supplied)} supplied = ${parts}`
}

function speed(summary: Summary, { stockingMs, ordersMs }: Replayed, terminal: Terminal): readonly string[] {
  const { orders, accounts } = summary
  const perSecond = whole((1_000 * orders.total) / ordersMs)
  return [
    `${painted('Speed', 'bold', terminal)}  ${perSecond} orders per second, one after the other, each with its later step`,
    `  ${whole(orders.total)} orders in ${seconds(ordersMs)}, after ${whole(accounts)} accounts were filled in ${seconds(stockingMs)}`,
    ...(summary.store === 'sqlite' ? ['  on a file with a write-ahead log, synced at its checkpoints'] : []),
  ]
}
