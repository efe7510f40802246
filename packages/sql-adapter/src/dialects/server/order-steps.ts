import type { OrderRow } from '../../rows/order-row.js'
import type { TableNames } from '../table-names.js'
import type { Changes } from '../work.js'
import type { AsRead } from './as-read.js'
import { bytes, type Column, integer, integers, type Row, text } from './column.js'
import { leaseStep } from './flow-steps.js'
import type { Update, WriteStep } from './write-plan.js'

const GRANT = [
  ...[bytes('id'), text('status')],
  ...integers('created_at', 'reserved_at', 'due_at'),
  text('claims'),
]
const FRESH = { version: '1', order_status: `'awaiting-payment'`, order_version: '1' }

type Changing = readonly [Column, Exclude<keyof OrderRow, 'id'>]
const CHANGING: readonly Changing[] = [
  [text('status'), 'status'],
  [integer('version'), 'version'],
  [text('order_status'), 'orderStatus'],
  [integer('order_version'), 'orderVersion'],
  [integer('created_at'), 'createdAt'],
  [integer('reserved_at'), 'reservedAt'],
  [integer('due_at'), 'dueAt'],
  [integer('ended_at'), 'endedAt'],
  [integer('queued'), 'queued'],
  [text('ending'), 'ending'],
  [text('request'), 'request'],
]
const CLAIMS: Changing = [text('claims'), 'claims']

/** Orders with their reservations: those that are new, those that changed, those that lapse. */
export function orderSteps(
  { grants, orders, lapsed, leases }: Changes,
  read: AsRead,
  { orders: table }: TableNames,
): WriteStep[] {
  const inserted: OrderRow[] = []
  const updated: Stored[] = []
  const withClaims: Stored[] = []
  for (const { number, row, hasNewClaims } of orders) {
    if (number === null) inserted.push(row)
    else if (hasNewClaims) withClaims.push({ number, row })
    else updated.push({ number, row })
  }
  const columns = [...CHANGING, CLAIMS]
  return [
    {
      kind: 'insert',
      table,
      columns: GRANT,
      shared: FRESH,
      isRepeated: true,
      rows: grants.map((row) => [row.id, row.status, row.createdAt, row.reservedAt, row.dueAt, row.claims]),
    },
    {
      kind: 'insert',
      table,
      columns: [bytes('id'), ...columns.map(([column]) => column)],
      rows: inserted.map((row) => [row.id, ...valuesOf(row, columns)]),
    },
    update(table, updated, CHANGING, read),
    update(table, withClaims, columns, read),
    {
      kind: 'delete',
      table,
      ...AS_READ,
      rows: lapsed.map((number) => [number, ...versionsOf(number, read)]),
    },
    leaseStep(table, leases),
  ]
}

interface Stored {
  readonly number: number
  readonly row: OrderRow
}

const AS_READ = { key: [integer('number')], expected: integers('version', 'order_version') }

/** Only what any of them changes: of an order that ends much stays as it is. */
function update(
  table: string,
  stored: readonly Stored[],
  columns: readonly Changing[],
  read: AsRead,
): Update {
  const changed = columns.filter(([, name]) =>
    stored.some(({ number, row }) => read.order(number)?.[name] !== row[name]),
  )
  return {
    kind: 'update',
    table,
    ...AS_READ,
    set: changed.map(([column]) => column),
    added: [],
    sharedSet: { leased_until: 'null' },
    rows: stored.map(({ number, row }) => [number, ...versionsOf(number, read), ...valuesOf(row, changed)]),
  }
}

function versionsOf(number: number, read: AsRead): Row {
  const order = read.order(number)
  return [order?.version ?? 0, order?.orderVersion ?? 0]
}

function valuesOf(row: OrderRow, columns: readonly Changing[]): Row {
  return columns.map(([, name]) => row[name])
}
