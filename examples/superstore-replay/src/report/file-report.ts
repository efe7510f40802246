import { auditLines } from './audit-lines.js'
import type { Books, UnitTotals } from './books.js'
import { whole } from './figures.js'
import { unitsLine } from './replay-report.js'
import { type Terminal, tableOf } from './terminal.js'

/** What `--audit PATH --json` prints; its fields stand in this order. */
export interface FileSummary {
  readonly store: 'sqlite'
  readonly orders: {
    readonly total: number
    readonly awaitingPayment: number
    readonly paid: number
    readonly cancelled: number
    readonly expired: number
  }
  readonly units: Readonly<UnitTotals>
  readonly accounts: number
  readonly audit: { readonly ok: boolean; readonly accountsChecked: number }
}

export function fileSummaryOf({ orders, units, accounts, audit }: Books): FileSummary {
  const count = (status: Parameters<typeof orders.get>[0]) => orders.get(status) ?? 0
  const { supplied, available, reserved, sold } = units
  return {
    store: 'sqlite',
    orders: {
      total: [...orders.values()].reduce((sum, each) => sum + each, 0),
      awaitingPayment: count('awaiting-payment'),
      paid: count('paid'),
      cancelled: count('cancelled'),
      expired: count('expired'),
    },
    units: { supplied, available, reserved, sold },
    accounts,
    audit: { ok: audit.ok, accountsChecked: audit.accountsChecked },
  }
}

/** The same as a person reads it. */
export function fileReport(file: string, books: Books, terminal: Terminal): string {
  const { orders } = fileSummaryOf(books)
  const rows = [
    ['awaiting payment', orders.awaitingPayment],
    ['paid', orders.paid],
    ['cancelled by the buyer', orders.cancelled],
    ['expired unpaid', orders.expired],
    ['all', orders.total],
  ] as const
  const columns = [
    { title: 'Orders in the file', align: 'left', width: 28 },
    { title: 'orders', align: 'right', width: 9 },
  ] as const
  return [
    file,
    '',
    tableOf(
      columns,
      rows.map(([what, count]) => [what, whole(count)]),
      terminal,
    ),
    '',
    unitsLine(books.units, terminal),
    '',
    ...auditLines(books.audit, terminal),
    '',
  ].join('\n')
}
