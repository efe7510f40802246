import type { Column } from '../server/column.js'
import type { Clear, Delete, Insert, Update, WritePlan, WriteStep } from '../server/write-plan.js'
import type { TableNames } from '../table-names.js'
import { CopiedRows, NOTE_FIRST } from './copied-rows.js'
import { carriedStatements, toldStatements } from './events.js'
import { givenRows } from './given-rows.js'
import { literals } from './literals.js'

/** A statement, and how many rows it must find. */
export interface Statement {
  readonly sql: string
  readonly found: number | null
}

export function any(sql: string): Statement {
  return { sql, found: null }
}

/** So many rows are copied within the server sooner than read from the statement again. */
const WORTH_COPYING = 8

/** Writes the statements of plans and steps. */
export class Statements {
  constructor(readonly isMariadb: boolean) {}

  /**
   * A whole plan, in order; the partition first, so that its row is locked before any other: nobody waits for a lock who
   * holds what another waits for.
   */
  plan(plan: WritePlan, names: TableNames): readonly Statement[] {
    const { accounts, events, hasIds, epoch, sequences, steps } = plan
    const statements = [
      {
        sql: `update ${names.partitions} set sequence = sequence + ${sequences}, events = events + ${events.length}
          where name = 'main' and epoch = ${epoch}`,
        found: 1,
      },
    ] as Statement[]
    let fresh: CopiedRows | null = null
    for (const step of steps) {
      statements.push(this.step(step, fresh))
      if (step.kind !== 'insert' || !step.isRepeated || step.rows.length < WORTH_COPYING) continue
      statements.push(any(NOTE_FIRST))
      fresh = new CopiedRows(step)
    }
    if (accounts.rows.length > 0) statements.push(this.step(accounts))
    if (events.length === 0) return statements
    const told = hasIds
      ? carriedStatements(events, names)
      : toldStatements(events, names, fresh, this.isMariadb)
    return [...statements, ...told.map(any)]
  }

  step(step: WriteStep, fresh: CopiedRows | null = null): Statement {
    switch (step.kind) {
      case 'insert':
        return any(insert(step, fresh))
      case 'update':
        return { sql: this.update(step), found: step.rows.length }
      case 'delete':
        return { sql: this.remove(step, step.expected, step.shared), found: step.rows.length }
      case 'clear':
        return any(this.remove(step, [], {}))
    }
  }

  private update(step: Update): string {
    const { table, key, expected, set, added, shared = {}, sharedSet = {}, rows } = step
    const given = givenRows([...key, ...expected, ...set, ...added], rows, this.isMariadb)
    const settable = key.length + expected.length
    const values = (from: number, columns: readonly Column[]) =>
      columns.map(({ name }, index) => [name, given.values[from + index]] as const)
    const assignments = [
      ...values(settable, set).map(([name, value]) => `t.${name} = ${value}`),
      ...values(settable + set.length, added).map(([name, value]) => `t.${name} = t.${name} + ${value}`),
      ...Object.entries(sharedSet).map(([name, sql]) => `t.${name} = ${sql}`),
    ]
    const changing = given.changing(table, key)
    const conditions = [
      ...changing.conditions,
      ...values(0, [...key, ...expected]).map(([name, value]) => `t.${name} = ${value}`),
      ...Object.entries(shared).map(([name, sql]) => `t.${name} = ${sql}`),
    ]
    return `update ${changing.tables} set ${assignments.join(', ')} where ${conditions.join(' and ')}`
  }

  private remove(
    { table, key, rows }: Delete | Clear,
    expected: readonly Column[],
    shared: Readonly<Record<string, string>> = {},
  ): string {
    const columns = [...key, ...expected]
    const given = givenRows(columns, rows, this.isMariadb)
    const changing = given.changing(table, key)
    const conditions = [
      ...changing.conditions,
      ...columns.map(({ name }, index) => `t.${name} = ${given.values[index]}`),
      ...Object.entries(shared).map(([name, sql]) => `t.${name} = ${sql}`),
    ]
    return `delete t from ${changing.tables} where ${conditions.join(' and ')}`
  }
}

function insert({ table, columns, shared = {}, rows }: Insert, fresh: CopiedRows | null): string {
  const into = `insert into ${table} (${[...columns.map(({ name }) => name), ...Object.keys(shared)].join(', ')})`
  const also = Object.values(shared)
    .map((sql) => `,${sql}`)
    .join('')
  const copied = fresh?.columns(columns, rows) ?? null
  if (fresh !== null && copied !== null) {
    return `${into} select ${copied.join(',')}${also} from ${fresh.from} order by o.number`
  }
  let tuples = ''
  for (const row of rows) tuples += `${tuples === '' ? '(' : ',('}${literals(columns, row)}${also})`
  return `${into} values ${tuples}`
}
