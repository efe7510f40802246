import type { AccountKey, CampaignState, CompensationState } from '@holdfast/core/adapter'
import { safeInteger } from '../../rows/safe-integer.js'
import { accountOf, numberOf, orderOf } from '../stored-rows.js'
import type { TableNames } from '../table-names.js'
import type { LoadedRows, PartitionRow, Wanted } from '../work.js'
import { bytes, integer, type Row, text } from './column.js'
import type { Asked, Question } from './question.js'
import { ACCOUNT, CARRIED, FLOW, flowOf, ORDER, SUBJECT } from './tables.js'

/** A question, and what becomes of its answer. */
export interface Load {
  readonly question: Question
  readonly take: (rows: readonly Row[]) => void
}

export function bytesOf(value: string): Buffer {
  return Buffer.from(value, 'utf8')
}

/** The partition's position and the database's clock. */
export function loadPosition(
  { partitions }: TableNames,
  nowSql: string,
  take: (row: PartitionRow, now: number) => void,
): Load {
  const now: Asked = { ...integer('now'), sql: nowSql }
  const columns = [integer('epoch'), integer('sequence'), integer('events'), now]
  return {
    question: { columns, table: partitions, key: [text('name')], keys: [['main']] },
    take: ([row]) => {
      if (row === undefined) return
      const [epoch, sequence, events] = ['epoch', 'sequence', 'events'].map((name, at) =>
        safeInteger(row[at], name),
      )
      const position = { epoch: epoch as number, sequence: sequence as number, events: events as number }
      take(position, safeInteger(row[3], 'now'))
    },
  }
}

/** What is to be asked so that `rows` gets all that is wanted. */
export function loadsOf(wanted: Wanted, now: number, names: TableNames, rows: LoadedRows): readonly Load[] {
  return [...keyedLoads(wanted, names, rows), ...foundLoads(wanted, now, names, rows)].filter(
    ({ question }) => !('keys' in question) || question.keys.length > 0,
  )
}

function keyedLoads(wanted: Wanted, names: TableNames, rows: LoadedRows): readonly Load[] {
  const { accounts = [], subjects = [], orders = [], movements = [] } = wanted
  const { carried = [], campaigns = [], compensations = [] } = wanted
  return [
    {
      question: {
        columns: ACCOUNT,
        table: names.accounts,
        key: [bytes('sku'), bytes('pool')],
        keys: Array.from(accounts, ({ sku, pool }) => [sku, pool]),
      },
      take: each((row) => rows.loadAccount(numberOf(row), accountOf(row))),
    },
    {
      question: {
        columns: SUBJECT,
        table: names.subjects,
        key: [bytes('subject')],
        keys: Array.from(subjects, (subject) => [subject]),
      },
      take: each(([subject, records]) => rows.loadSubject(subject as string, records as string)),
    },
    {
      question: {
        columns: CARRIED,
        table: names.carried,
        key: [text('name')],
        keys: Array.from(carried, (name) => [name]),
      },
      take: each(([name, epoch, sequence, at, digest]) =>
        rows.loadCarried(name as string, {
          epoch: safeInteger(epoch, 'epoch'),
          sequence: safeInteger(sequence, 'sequence'),
          at: safeInteger(at, 'at'),
          digest: digest as string,
        }),
      ),
    },
    flows(names.campaigns, campaigns, (row) => rows.loadCampaign(flowOf<CampaignState>(row).state)),
    flows(names.compensations, compensations, (row) =>
      rows.loadCompensation(flowOf<CompensationState>(row).state),
    ),
    {
      question: {
        columns: [bytes('sku'), bytes('pool'), bytes('movement'), text('data')],
        table: `(select a.sku, a.pool, m.movement, m.data from ${names.movements} m
          join ${names.accounts} a on a.number = m.account)`,
        key: [bytes('sku'), bytes('pool'), bytes('movement')],
        keys: Array.from(movements, ({ account, movement }) => [account.sku, account.pool, movement]),
      },
      take: each(([sku, pool, movement, data]) =>
        rows.loadMovement({ sku: sku as string, pool: pool as string }, movement as string, data as string),
      ),
    },
    {
      question: {
        columns: ORDER,
        table: names.orders,
        key: [bytes('id')],
        keys: Array.from(orders, (id) => [id]),
      },
      take: each((row) => rows.loadOrder(orderOf(row))),
    },
  ]
}

function flows(table: string, ids: Iterable<string>, take: (row: Row) => void): Load {
  const keys = Array.from(ids, (id) => [id])
  return { question: { columns: FLOW, table, key: [bytes('id')], keys }, take: each(take) }
}

function foundLoads(wanted: Wanted, now: number, names: TableNames, rows: LoadedRows): readonly Load[] {
  const { deadlines, deadlinesAt, owed = [], lapsed, queued, dueCompensations } = wanted
  const orders = (rest: string, ...parameters: number[]) => ({
    columns: ORDER,
    table: names.orders,
    rest,
    parameters,
  })
  const loads: Load[] = owed.map(({ account, limit }) => owedLoad(account, limit, names, rows))
  const deadlineLoad = (rest: string, ...parameters: number[]): Load => ({
    question: { columns: [bytes('id'), integer('due_at')], table: names.orders, rest, parameters },
    take: each(([id, dueAt]) => rows.loadDeadline(id as string, safeInteger(dueAt, 'due_at'))),
  })
  // In the order of the index: by ids as well, MariaDB would sort all deadlines there are.
  if (deadlines !== undefined) {
    const first = (condition: string) => `where due_at is not null and ${condition} order by due_at limit ?`
    loads.push(
      deadlineLoad(first('due_at <= ?'), now, deadlines.passed),
      deadlineLoad(first('due_at > ?'), now, deadlines.ahead),
    )
  }
  if (deadlinesAt !== undefined)
    loads.push(deadlineLoad('where due_at = ? order by id limit ?', deadlinesAt.at, deadlinesAt.limit))
  if (lapsed !== undefined) {
    const rest = 'where ended_at is not null and ended_at <= ? order by ended_at limit ?'
    loads.push({
      question: orders(rest, lapsed.endedBefore, lapsed.limit),
      take: each((row) => {
        const order = orderOf(row)
        rows.loadOrder(order)
        rows.loadLapsed(order.id)
      }),
    })
  }
  if (queued !== undefined) {
    const rest = `where queued is not null and (leased_until is null or leased_until <= ?)
      order by queued limit ?`
    loads.push({
      question: orders(rest, now, queued.limit),
      take: each((row) => {
        const order = orderOf(row)
        rows.loadOrder(order)
        rows.loadQueued(order.id)
      }),
    })
  }
  if (dueCompensations !== undefined) {
    loads.push({
      question: {
        columns: FLOW,
        table: names.compensations,
        rest: `where status = 'required' and next_attempt_at <= ? and (leased_until is null or leased_until <= ?)
          order by number limit ?`,
        parameters: [now, now, dueCompensations.limit],
      },
      take: each((row) => {
        const { state } = flowOf<CompensationState>(row)
        rows.loadCompensation(state)
        rows.loadDueCompensation(state.order)
      }),
    })
  }
  return loads
}

/** Those owed units, with their orders. */
function owedLoad({ sku, pool }: AccountKey, limit: number, names: TableNames, rows: LoadedRows): Load {
  const qualified = ORDER.map((column) => ({ ...column, sql: `o.${column.name}` }))
  return {
    question: {
      columns: [...qualified, { ...integer('position'), sql: 'w.position' }],
      table: `${names.owed} w left join ${names.orders} o on o.id = w.id`,
      rest: `where w.account = (select number from ${names.accounts} where sku = ? and pool = ?)
        order by w.position limit ?`,
      parameters: [bytesOf(sku), bytesOf(pool), limit],
    },
    take: each((row) => {
      const order = orderOf(row)
      rows.loadOwed({ sku, pool }, order.id, safeInteger(row[ORDER.length], 'position'))
      rows.loadOrder(order)
    }),
  }
}

function each(take: (row: Row) => void): (rows: readonly Row[]) => void {
  return (rows) => rows.forEach(take)
}
