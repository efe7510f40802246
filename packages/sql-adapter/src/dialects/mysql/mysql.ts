import type { TableRow } from '@holdfast/core/adapter'
import type { Row } from '../server/column.js'
import type { Engine, Server, Written } from '../server/engine.js'
import { Outdated } from '../server/errors.js'
import type { Question } from '../server/question.js'
import { rowGroups } from '../server/row-groups.js'
import type { WritePlan, WriteStep } from '../server/write-plan.js'
import type { TableNames } from '../table-names.js'
import { isPassing, troubleOf } from './errors.js'
import { MIGRATIONS } from './migrations/index.js'
import { answerTo, questionStatement } from './questions.js'
import { any, type Statement, Statements } from './statements.js'

/** Whatever the session's time zone is. */
const NOW = `timestampdiff(microsecond, '1970-01-01', utc_timestamp(3)) div 1000`
/** How long another process may take to bring the schema up to date, s. */
const LONGEST_MIGRATION = 600
/** CLIENT_MULTI_STATEMENTS, by which a connection takes several statements in one message. */
const MULTI_STATEMENTS = 0x10000

/** What is used of a connection of mysql2, taken structurally: it is the shop's to install. */
interface MysqlConnection {
  query(
    options: { readonly sql: string; readonly values?: readonly unknown[]; readonly rowsAsArray: true },
    done: (error: Error | null, result: unknown) => void,
  ): unknown
  escape(value: unknown): string
  readonly config?: { readonly clientFlags?: number }
  /** As the server said of itself; older versions of mysql2 do not tell. */
  readonly _isMariaDB?: boolean
}

const BEGIN = ['set transaction isolation level read committed', 'start transaction']
const BEGIN_SNAPSHOT = [
  'set transaction isolation level repeatable read',
  'start transaction with consistent snapshot, read only',
]

type Result = readonly (readonly unknown[])[] | { readonly affectedRows: number }

export const mysql: Server = {
  name: 'MySQL',
  migrations: MIGRATIONS,
  now: NOW,
  engineOn: (connection) => new MysqlEngine(connection as MysqlConnection),
  troubleOf,
  isPassing,
}

class MysqlEngine implements Engine {
  /** Where the connection takes several statements in one message. */
  readonly writesAlone: boolean
  private readonly statements: Statements

  constructor(private readonly connection: MysqlConnection) {
    this.writesAlone = ((connection.config?.clientFlags ?? 0) & MULTI_STATEMENTS) !== 0
    this.statements = new Statements(connection._isMariaDB === true)
  }

  async begin(): Promise<void> {
    await this.sendAll(BEGIN)
  }

  async beginSnapshot(): Promise<void> {
    await this.sendAll(BEGIN_SNAPSHOT)
  }

  async commit(): Promise<void> {
    await this.send('commit')
  }

  async rollback(): Promise<void> {
    await this.send('rollback')
  }

  async query(sql: string, parameters: readonly unknown[]): Promise<readonly (readonly unknown[])[]> {
    return rowsOf(await this.send(sql, parameters))
  }

  ask(questions: readonly Question[], locking: boolean): Promise<readonly (readonly Row[])[]> {
    return this.asked(questions, locking, [], [])
  }

  /** Each statement by itself would be answered as of a moment of its own. */
  async askAtOnce(questions: readonly Question[]): Promise<readonly (readonly Row[])[]> {
    if (questions.length === 1) return this.ask(questions, false)
    try {
      return await this.asked(questions, false, BEGIN_SNAPSHOT, ['commit'])
    } catch (error) {
      if (troubleOf(error) !== 'lost') await this.rollback()
      throw error
    }
  }

  private async asked(
    questions: readonly Question[],
    locking: boolean,
    before: readonly string[],
    after: readonly string[],
  ): Promise<readonly (readonly Row[])[]> {
    const { isMariadb } = this.statements
    const asked = questions.map((question) => questionStatement(question, isMariadb, locking))
    const results = await this.sendAll(
      [...before, ...asked.map(({ sql }) => sql), ...after],
      [...before.map(() => []), ...asked.map(({ parameters }) => parameters)],
    )
    return questions.map((question, index) =>
      answerTo(question, rowsOf(results[before.length + index] as Result)),
    )
  }

  async lockPartition({ partitions }: TableNames): Promise<void> {
    await this.send(`select 1 from ${partitions} where name = 'main' for update`)
  }

  async write(plan: WritePlan, names: TableNames): Promise<Written> {
    await this.execute([...this.tokenOf(plan, names), ...this.statements.plan(plan, names)])
    return { sequence: 0, events: 0 }
  }

  /**
   * From begin to commit in one message, so that no lock is held while an answer and the next statement are on their way.
   * The server counts what was not found; if anything was not, the token is null, which its column refuses.
   */
  async writeAlone(plan: WritePlan, names: TableNames): Promise<Written> {
    const token = `if(@holdfast_missing = 0, '${plan.token}', null)`
    try {
      await this.sendAll([
        ...BEGIN,
        'set @holdfast_missing = 0',
        ...this.statements
          .plan(plan, names)
          .flatMap(({ sql, found }) =>
            found === null
              ? [sql]
              : [sql, `set @holdfast_missing = @holdfast_missing + (row_count() <> ${found})`],
          ),
        ...[`insert into ${names.batches} (token, at) values (${token}, ${NOW})`, 'commit'],
      ])
    } catch (error) {
      if (troubleOf(error) !== 'lost') await this.rollback()
      throw error
    }
    return { sequence: 0, events: 0 }
  }

  async writeStep(step: WriteStep): Promise<void> {
    if (step.rows.length > 0) await this.execute([this.statements.step(step)])
  }

  async insertRows(rows: readonly TableRow[]): Promise<void> {
    for (const { table, columns, values } of rowGroups(rows)) {
      const names = columns.map(quoted).join(', ')
      const tuples = values.map((row) => `(${row.map((value) => this.connection.escape(value)).join(',')})`)
      await this.send(
        `insert into ${table.split('.').map(quoted).join('.')} (${names}) values ${tuples.join(',')}`,
      )
    }
  }

  async lockMigrations({ migrations }: TableNames): Promise<void> {
    // Names of such locks are the server's, and at most 64 characters long.
    await this.query(`select get_lock(concat(left(md5(database()), 16), ?), ${LONGEST_MIGRATION})`, [
      migrations,
    ])
  }

  async disown(token: string, { batches }: TableNames): Promise<void> {
    await this.send(`insert ignore into ${batches} (token, at, disowned) values ('${token}', ${NOW}, true)`)
  }

  private tokenOf({ token }: WritePlan, { batches }: TableNames): readonly Statement[] {
    return token === null ? [] : [any(`insert into ${batches} (token, at) values ('${token}', ${NOW})`)]
  }

  /** @throws Outdated where a row is not as expected */
  private async execute(statements: readonly Statement[]): Promise<void> {
    const results = await this.sendAll(statements.map(({ sql }) => sql))
    statements.forEach(({ found }, index) => {
      if (found !== null && foundBy(results[index] as Result) !== found) throw new Outdated()
    })
  }

  /** In one message where the connection takes that, else one after another. */
  private async sendAll(
    statements: readonly string[],
    parameters: readonly (readonly unknown[])[] = [],
  ): Promise<readonly Result[]> {
    if (this.writesAlone && statements.length > 1) {
      return (await this.send(statements.join(';'), parameters.flat())) as unknown as readonly Result[]
    }
    const results: Result[] = []
    for (const [index, sql] of statements.entries()) results.push(await this.send(sql, parameters[index]))
    return results
  }

  private send(sql: string, values: readonly unknown[] = []): Promise<Result> {
    // Without parameters the text is handed over as if it were one: mysql2 would look for `?` letter by letter.
    const text = values.length === 0 ? { sql: '?', values: [{ toSqlString: () => sql }] } : { sql, values }
    return new Promise((resolve, reject) => {
      this.connection.query({ ...text, rowsAsArray: true }, (error, result) => {
        if (error === null) resolve(result as Result)
        else reject(error)
      })
    })
  }
}

function rowsOf(result: Result): readonly (readonly unknown[])[] {
  return Array.isArray(result) ? result : []
}

function foundBy(result: Result): number {
  return 'affectedRows' in result ? result.affectedRows : 0
}

function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}
