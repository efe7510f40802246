import type { Column, Row } from '../server/column.js'
import type {
  Clear,
  Delete,
  Insert,
  PlannedEvent,
  Update,
  WritePlan,
  WriteStep,
} from '../server/write-plan.js'
import type { TableNames } from '../table-names.js'

/** A statement, and how many rows it must find. */
export interface Statement {
  readonly sql: string
  readonly found: number | null
}

/** Writes values into statements: drivers would send each by itself, or go through the text once more. */
export class Statements {
  /**
   * A whole plan, in order; the partition first, so that its row is locked before any other: nobody waits for a lock who
   * holds what another waits for.
   */
  plan(plan: WritePlan, names: TableNames, nowSql: string): readonly Statement[] {
    const { accounts, events, token, epoch, sequences, steps } = plan
    const count = events.length
    return [
      {
        sql: `update ${names.partitions} set sequence = sequence + ${sequences}, events = events + ${count}
          where name = 'main' and epoch = ${epoch}`,
        found: 1,
      },
      ...(token === null
        ? []
        : [any(`insert into ${names.batches} (token, at) values ('${token}', ${nowSql})`)]),
      ...steps.map((step) => this.step(step)),
      ...(accounts.rows.length === 0 ? [] : [this.step(accounts)]),
      ...(count === 0 ? [] : this.events(events, names)),
    ]
  }

  step(step: WriteStep): Statement {
    switch (step.kind) {
      case 'insert':
        return any(this.insert(step))
      case 'update':
        return { sql: this.update(step), found: step.rows.length }
      case 'delete':
        return { sql: this.remove(step, step.expected, step.shared), found: step.rows.length }
      case 'clear':
        return any(this.remove(step, [], {}))
    }
  }

  values(columns: readonly Column[], row: Row): readonly string[] {
    return columns.map(({ type }, index) => {
      const value = row[index] ?? null
      if (value === null) return 'null'
      if (type === 'integer') return String(value)
      return type === 'bytes' ? hex(String(value)) : quoted(String(value))
    })
  }

  private insert({ table, columns, shared = {}, rows }: Insert): string {
    const into = [...columns.map(({ name }) => name), ...Object.keys(shared)]
    const also = Object.values(shared).map((sql) => `,${sql}`)
    const tuples = rows.map((row) => `(${this.values(columns, row).join(',')}${also.join('')})`)
    return `insert into ${table} (${into.join(', ')}) values ${tuples.join(',')}`
  }

  private update(step: Update): string {
    const { table, key, expected, set, added, shared = {}, sharedSet = {}, rows } = step
    const columns = [...key, ...expected, ...set, ...added]
    const name = (index: number) => `v.v${index}`
    const settable = key.length + expected.length
    const assignments = [
      ...set.map((column, index) => `t.${column.name} = ${name(settable + index)}`),
      ...added.map(
        (column, index) => `t.${column.name} = t.${column.name} + ${name(settable + set.length + index)}`,
      ),
      ...Object.entries(sharedSet).map(([column, sql]) => `t.${column} = ${sql}`),
    ]
    const conditions = [...key, ...expected].map((column, index) => `t.${column.name} = ${name(index)}`)
    return `update ${table} t join (${this.derived(columns, rows)}) v on ${conditions.join(' and ')}
      set ${assignments.join(', ')} where ${sharedCondition(shared)}`
  }

  private remove(
    { table, key, rows }: Delete | Clear,
    expected: readonly Column[],
    shared: Readonly<Record<string, string>> = {},
  ): string {
    const columns = [...key, ...expected]
    const conditions = columns.map((column, index) => `t.${column.name} = v.v${index}`)
    return `delete t from ${table} t join (${this.derived(columns, rows)}) v on ${conditions.join(' and ')}
      where ${sharedCondition(shared)}`
  }

  /** Rows as a table: its columns are `v0`, `v1`, … */
  private derived(columns: readonly Column[], rows: readonly Row[]): string {
    return rows
      .map((row, index) => {
        const values = this.values(columns, row)
        return `select ${index === 0 ? values.map((value, at) => `${value} as v${at}`).join(',') : values.join(',')}`
      })
      .join(' union all ')
  }

  /** Rows of the outbox at the partition's next positions. What they tell of accounts is read as it was written. */
  private events(
    events: readonly PlannedEvent[],
    { outbox, partitions, accounts }: TableNames,
  ): readonly Statement[] {
    const into = `insert into ${outbox} (seq, id, aggregatetype, aggregateid, type, payload, version, order_version, at)`
    const told: string[] = []
    const ofAccounts: string[] = []
    events.forEach((event, index) => {
      const place = `@holdfast_seq + ${index + 1}, concat(@holdfast_place, ${index})`
      const head = `${place}, '${event.aggregatetype}', ${hex(event.aggregateid)}, '${event.type}'`
      const payload = quoted(event.payload)
      if (event.account === null) {
        const { version, orderVersion, at } = event
        told.push(`(${head}, ${payload}, ${version}, ${orderVersion ?? 'null'}, ${at})`)
      } else {
        ofAccounts.push(
          `select ${head}, concat(${payload}, ${COUNTERS}, '}'), version, null, ${event.at}
           from ${accounts} where number = ${event.account}`,
        )
      }
    })
    const statements = [
      `select events - ${events.length}, concat('main/', epoch, '/', sequence, '/')
       into @holdfast_seq, @holdfast_place from ${partitions} where name = 'main'`,
    ]
    if (told.length > 0) statements.push(`${into} values ${told.join(',')}`)
    if (ofAccounts.length > 0) statements.push(`${into} ${ofAccounts.join(' union all ')}`)
    return statements.map(any)
  }
}

const COUNTERS = ['available', 'reserved', 'sold', 'backordered', 'supplied']
  .map((name, index) => `'${index === 0 ? '' : ','}"${name}":', ${name}`)
  .join(', ')

function any(sql: string): Statement {
  return { sql, found: null }
}

/** What ends a string, and what would take its end away; JSON has neither but within its strings. */
function quoted(text: string): string {
  return text.includes("'") || text.includes('\\') ? `'${text.replace(/['\\]/g, '\\$&')}'` : `'${text}'`
}

function hex(text: string): string {
  return `x'${Buffer.from(text, 'utf8').toString('hex')}'`
}

function sharedCondition(shared: Readonly<Record<string, string>>): string {
  const conditions = Object.entries(shared).map(([name, sql]) => `t.${name} = ${sql}`)
  return conditions.length === 0 ? '1 = 1' : conditions.join(' and ')
}
