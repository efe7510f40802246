import { bytes, type Column, integer, integers, type Row, text } from '../server/column.js'
import { COUNTER_NAMES } from '../server/tables.js'
import type { Clear, Delete, Insert, Update, WritePlan, WriteStep } from '../server/write-plan.js'
import type { TableNames } from '../table-names.js'
import { Parameters } from './parameters.js'

export interface Statement {
  readonly text: string
  readonly values: readonly unknown[]
}

/** One step by itself. It fails where a row is not as expected. */
export function stepStatement(step: WriteStep): Statement {
  const parameters = new Parameters()
  const text = `with step as (${stepSql(step, parameters, '')}) select ${allFound([['step', step]])}`
  return { text, values: parameters.values }
}

/**
 * A whole plan as one statement of data-modifying CTEs. Each of them joins `pos`, the partition's row, so that this row
 * is changed and locked before any other: nobody waits for a lock who holds what another waits for. Answers with the
 * partition's new position, or with nothing if its epoch is another; fails where a row is not as expected.
 */
export function planStatement(plan: WritePlan, names: TableNames, nowSql: string): Statement {
  const parameters = new Parameters()
  const ctes = [`pos as (${positionSql(plan, names, parameters)})`]
  const counted: [string, WriteStep][] = []
  plan.steps.forEach((step, index) => {
    ctes.push(`s${index} as (${stepSql(step, parameters, 'cross join pos')})`)
    counted.push([`s${index}`, step])
  })
  const { accounts, token } = plan
  if (accounts.rows.length > 0) {
    const counters = [...COUNTER_NAMES, 'version'].map((name) => `t.${name}`)
    ctes.push(
      `acc as (${updateSql(accounts, parameters, 'cross join pos', `t.number, ${counters.join(', ')}`)})`,
    )
    counted.push(['acc', accounts])
  }
  eventsSql(plan, names, parameters).forEach((sql, index) => {
    ctes.push(`told${index} as (${sql})`)
  })
  if (token !== null) {
    const id = parameters.add(token)
    ctes.push(`tok as (insert into ${names.batches} (token, at) select ${id}::uuid, ${nowSql} from pos)`)
  }
  const text = `with ${ctes.join(',\n')} select pos.sequence, pos.events, ${allFound(counted)} from pos`
  return { text, values: parameters.values }
}

function positionSql(plan: WritePlan, { partitions }: TableNames, parameters: Parameters): string {
  const [sequences, events, epoch] = [plan.sequences, plan.events.length, plan.epoch].map(
    (value) => `${parameters.add(value)}::bigint`,
  )
  return `update ${partitions} set sequence = sequence + ${sequences}, events = events + ${events}
    where name = 'main' and epoch = ${epoch} returning epoch, sequence, events`
}

/** Divides by zero if a row was not found: the statement then fails as a whole. */
function allFound(steps: readonly (readonly [string, WriteStep])[]): string {
  const conditions = steps
    .filter(([, { kind }]) => kind === 'update' || kind === 'delete')
    .map(([name, { rows }]) => `(select count(*) from ${name}) = ${rows.length}`)
  return conditions.length === 0 ? '1' : `1 / (case when ${conditions.join(' and ')} then 1 else 0 end)`
}

function stepSql(step: WriteStep, parameters: Parameters, also: string): string {
  switch (step.kind) {
    case 'insert':
      return insertSql(step, parameters, also)
    case 'update':
      return updateSql(step, parameters, also, '1')
    case 'delete':
    case 'clear':
      return deleteSql(step, parameters, also)
  }
}

function insertSql(
  { table, columns, shared = {}, rows }: Insert,
  parameters: Parameters,
  also: string,
): string {
  const names = columns.map((_, index) => `c${index}`)
  const into = [...columns.map(({ name }) => name), ...Object.keys(shared)]
  const values = [...names.map((name) => `v.${name}`), ...Object.values(shared)]
  return `insert into ${table} (${into.join(', ')})
    select ${values.join(', ')} from ${parameters.table('v', names, columns, rows)} ${also} returning 1`
}

function updateSql(step: Update, parameters: Parameters, also: string, returning: string): string {
  const { table, key, expected, set, added, shared = {}, sharedSet = {}, rows } = step
  const aliased = alias([key, expected, set, added])
  const [keys = [], olds = [], news = [], adds = []] = aliased.names
  const conditions = [...equal(key, keys), ...equal(expected, olds), ...literals(shared)]
  const assignments = [
    ...set.map(({ name }, index) => `${name} = v.${news[index]}`),
    ...added.map(({ name }, index) => `${name} = t.${name} + v.${adds[index]}`),
    ...Object.entries(sharedSet).map(([name, sql]) => `${name} = ${sql}`),
  ]
  return `update ${table} t set ${assignments.join(', ')}
    from ${parameters.table('v', aliased.names.flat(), aliased.columns, rows)} ${also}
    where ${conditions.join(' and ')} returning ${returning}`
}

function deleteSql(step: Delete | Clear, parameters: Parameters, also: string): string {
  const { table, key, rows } = step
  const { expected, shared = {} } = step.kind === 'delete' ? step : { expected: [] as Column[] }
  const aliased = alias([key, expected])
  const [keys = [], olds = []] = aliased.names
  const conditions = [...equal(key, keys), ...equal(expected, olds), ...literals(shared)]
  return `delete from ${table} t using ${parameters.table('v', aliased.names.flat(), aliased.columns, rows)} ${also}
    where ${conditions.join(' and ')} returning 1`
}

/** A column may be both expected and set: each of its values gets a name of its own. */
function alias(groups: readonly (readonly Column[])[]): {
  readonly columns: readonly Column[]
  readonly names: readonly (readonly string[])[]
} {
  return {
    columns: groups.flat(),
    names: groups.map((columns, group) => columns.map((_, index) => `v${group}_${index}`)),
  }
}

function equal(columns: readonly Column[], names: readonly string[]): readonly string[] {
  return columns.map(({ name }, index) => `t.${name} = v.${names[index]}`)
}

function literals(shared: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(shared).map(([name, sql]) => `t.${name} = ${sql}`)
}

const TOLD = [
  integer('place'),
  ...[text('aggregatetype'), bytes('aggregateid'), text('type'), text('payload')],
  ...integers('version', 'order_version', 'at'),
]
const COUNTERS = ['available', 'reserved', 'sold', 'backordered', 'supplied']
  .map((name) => `'"${name}":' || acc.${name}`)
  .join(` || ',' || `)

/**
 * Rows of the outbox at the partition's next positions. What they tell of accounts is what `acc` made of them; they are
 * inserted by themselves, so that the columns of all others are those of the rows that they tell of.
 */
function eventsSql(
  { events, hasIds }: WritePlan,
  { outbox }: TableNames,
  parameters: Parameters,
): readonly string[] {
  const [told, ofAccounts]: [Row[], Row[]] = [[], []]
  const columns = hasIds ? [...TOLD, text('id')] : TOLD
  const id = hasIds ? 'v.id' : `'main/' || pos.epoch || '/' || pos.sequence || '/' || v.place`
  events.forEach((event, place) => {
    const { aggregatetype, aggregateid, type, payload, version, orderVersion, at, account } = event
    const row = [place, aggregatetype, aggregateid, type, payload, version, orderVersion, at]
    if (hasIds) told.push([...row, event.id])
    else if (account === undefined) told.push(row)
    else ofAccounts.push([...row, account])
  })
  const insert = (payload: string, version: string, from: string) =>
    `insert into ${outbox} (seq, id, aggregatetype, aggregateid, type, payload, version, order_version, at)
    select pos.events - ${events.length - 1} + v.place,
      ${id},
      v.aggregatetype, v.aggregateid, v.type, ${payload}, ${version}, v.order_version, v.at
    from ${from}`
  const table = (columns: readonly Column[], rows: readonly Row[]) =>
    parameters.table(
      'v',
      columns.map(({ name }) => name),
      columns,
      rows,
    )
  const inserts: string[] = []
  if (told.length > 0) {
    inserts.push(insert('v.payload', 'v.version', `${table(columns, told)} cross join pos`))
  }
  if (ofAccounts.length > 0) {
    const from = `${table([...TOLD, integer('account')], ofAccounts)} cross join pos
    join acc on acc.number = v.account`
    inserts.push(insert(`v.payload || ${COUNTERS} || '}'`, 'acc.version', from))
  }
  return inserts
}
