import type { TableRow } from '@holdfast/core/adapter'
import type { Row } from '../server/column.js'
import type { Engine, Server, Written } from '../server/engine.js'
import { isKeyed, type Keyed, type Question } from '../server/question.js'
import { rowGroups } from '../server/row-groups.js'
import type { WritePlan, WriteStep } from '../server/write-plan.js'
import type { TableNames } from '../table-names.js'
import { isPassing, troubleOf } from './errors.js'
import { MIGRATIONS } from './migrations/index.js'
import { readStatement } from './read-statement.js'
import { planStatement, type Statement, stepStatement } from './write-statement.js'

const NOW = 'floor(extract(epoch from clock_timestamp()) * 1000)::bigint'
/** Most parameters of one statement. */
const MOST_PARAMETERS = 60_000

/** What is used of a client of pg, taken structurally: it is the shop's to install. */
interface PostgresClient {
  query(
    config: {
      readonly text: string
      readonly values?: readonly unknown[]
      readonly rowMode: 'array'
      readonly types: { getTypeParser(oid: number): (value: string) => unknown }
    },
    done: (error: Error | null, result: { readonly rows: readonly (readonly unknown[])[] }) => void,
  ): void
}

/** Object ids of the types that Holdfast's tables have: they are fixed. */
const BYTEA = 17
const INT8 = 20
const INT4 = 23

const types = {
  getTypeParser(oid: number): (value: string) => unknown {
    if (oid === INT8 || oid === INT4) return Number
    return oid === BYTEA ? stringOf : (value) => value
  },
}

function stringOf(hex: string): string {
  return Buffer.from(hex.slice(2), 'hex').toString('utf8')
}

export const postgres: Server = {
  name: 'PostgreSQL',
  migrations: MIGRATIONS,
  now: NOW,
  engineOn: (connection) => new PostgresEngine(connection as PostgresClient),
  troubleOf,
  isPassing,
}

/** No statement is prepared and no session altered, so that any pooler will do. */
class PostgresEngine implements Engine {
  readonly writesAlone = true

  constructor(private readonly client: PostgresClient) {}

  async begin(): Promise<void> {
    await this.send({ text: 'begin isolation level read committed', values: [] })
  }

  async beginSnapshot(): Promise<void> {
    await this.send({ text: 'begin isolation level repeatable read, read only', values: [] })
  }

  async commit(): Promise<void> {
    await this.send({ text: 'commit', values: [] })
  }

  async rollback(): Promise<void> {
    await this.send({ text: 'rollback', values: [] })
  }

  query(sql: string, parameters: readonly unknown[]): Promise<readonly (readonly unknown[])[]> {
    return this.send({ text: numbered(sql), values: parameters })
  }

  /** One statement for all that have keys. */
  askAtOnce(questions: readonly Question[]): Promise<readonly (readonly Row[])[]> {
    return this.ask(questions)
  }

  async ask(questions: readonly Question[]): Promise<readonly (readonly Row[])[]> {
    const keyed: Keyed[] = questions.filter(isKeyed)
    const together = keyed.length === 0 ? [] : await this.askTogether(keyed)
    const answers: (readonly Row[])[] = []
    for (const question of questions) {
      if (isKeyed(question)) {
        answers.push(together[keyed.indexOf(question)] ?? [])
        continue
      }
      const { columns, table, rest, parameters } = question
      const read = columns.map(({ name, sql }) => (sql === undefined ? name : `${sql} as ${name}`))
      const rows = await this.query(`select ${read.join(', ')} from ${table} ${rest}`, parameters)
      answers.push(rows as readonly Row[])
    }
    return answers
  }

  async lockPartition({ partitions }: TableNames): Promise<void> {
    await this.query(`select 1 from ${partitions} where name = 'main' for update`, [])
  }

  async write(plan: WritePlan, names: TableNames): Promise<Written> {
    const [row] = await this.send(planStatement(plan, names, NOW))
    return row === undefined ? null : { sequence: row[0] as number, events: row[1] as number }
  }

  /** One statement is a transaction. */
  writeAlone(plan: WritePlan, names: TableNames): Promise<Written> {
    return this.write(plan, names)
  }

  async writeStep(step: WriteStep): Promise<void> {
    if (step.rows.length > 0) await this.send(stepStatement(step))
  }

  async insertRows(rows: readonly TableRow[]): Promise<void> {
    for (const { table, columns, values } of rowGroups(rows)) {
      const into = `insert into ${table.split('.').map(quoted).join('.')}`
      if (columns.length === 0) {
        for (const _ of values) await this.query(`${into} default values`, [])
        continue
      }
      const most = Math.floor(MOST_PARAMETERS / columns.length)
      const tuple = `(${columns.map(() => '?').join(', ')})`
      for (let start = 0; start < values.length; start += most) {
        const some = values.slice(start, start + most)
        const tuples = some.map(() => tuple).join(', ')
        await this.query(`${into} (${columns.map(quoted).join(', ')}) values ${tuples}`, some.flat())
      }
    }
  }

  async lockMigrations({ migrations }: TableNames): Promise<void> {
    // Within a transaction, so that it is one connection's behind a pooler too.
    await this.begin()
    await this.query('select pg_advisory_xact_lock(hashtextextended(current_schema() || ?, 0))', [migrations])
  }

  async disown(token: string, { batches }: TableNames): Promise<void> {
    const values = `(?, ${NOW}, true)`
    await this.query(`insert into ${batches} (token, at, disowned) values ${values} on conflict do nothing`, [
      token,
    ])
  }

  private async askTogether(questions: readonly Keyed[]): Promise<readonly (readonly Row[])[]> {
    const { answersOf, ...statement } = readStatement(questions)
    return answersOf((await this.send(statement)) as readonly Row[])
  }

  /** By a callback: where pg makes the promise, V8 keeps every answer, row by row, until it next looks through all that is old. */
  private send({ text, values }: Statement): Promise<readonly (readonly unknown[])[]> {
    // Without parameters it goes by the simple protocol, in one message.
    const parameters = values.length === 0 ? {} : { values }
    return new Promise((resolve, reject) => {
      this.client.query({ text, ...parameters, rowMode: 'array', types }, (error, result) => {
        if (error) reject(error)
        else resolve(result.rows)
      })
    })
  }
}

/** `?` as pg numbers them. */
function numbered(sql: string): string {
  let count = 0
  return sql.replaceAll('?', () => `$${++count}`)
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
