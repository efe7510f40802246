import Database from 'better-sqlite3'

/** A prepared statement as it was left by whoever prepared it. */
export interface RecordedStatement {
  readonly sql: string
  raw: boolean
  /** `null`: the connection's default. */
  safeIntegers: boolean | null
}

/** One call of a prepared statement, by its number. */
export interface RecordedCall {
  readonly statement: number
  readonly method: 'run' | 'get' | 'all'
  readonly parameters: readonly unknown[]
}

type Statement = Database.Statement

/**
 * Writes down what is asked of better-sqlite3, call by call, to be asked again by itself: whatever Holdfast's batches
 * come to be, the limit is made of the very same statements.
 */
export class Recorder {
  readonly statements: RecordedStatement[] = []
  private calls: RecordedCall[] = []

  /** Connections that are opened and statements that are prepared within `work` are recorded, as long as they live. */
  async during<Result>(work: () => Promise<Result>): Promise<Result> {
    const { prepare } = Database.prototype
    const recorder = this
    Database.prototype.prepare = function (this: Database.Database, sql: string) {
      return recorder.recorded(prepare.call(this, sql), sql)
    } as typeof prepare
    try {
      return await work()
    } finally {
      Database.prototype.prepare = prepare
    }
  }

  /** Every call since the last time, in order. */
  take(): readonly RecordedCall[] {
    const { calls } = this
    this.calls = []
    return calls
  }

  private recorded(statement: Statement, sql: string): Statement {
    const { statements } = this
    const number = statements.length
    const recorded: RecordedStatement = { sql, raw: false, safeIntegers: null }
    statements.push(recorded)
    const note = (method: RecordedCall['method']) => {
      const original = statement[method] as (...parameters: unknown[]) => unknown
      return (...parameters: unknown[]) => {
        this.calls.push({ statement: number, method, parameters })
        return original.apply(statement, parameters)
      }
    }
    const { raw, safeIntegers } = statement
    return Object.assign(statement, {
      run: note('run'),
      get: note('get'),
      all: note('all'),
      raw: (on = true) => {
        recorded.raw = on
        return raw.call(statement, on)
      },
      safeIntegers: (on = true) => {
        recorded.safeIntegers = on
        return safeIntegers.call(statement, on)
      },
    })
  }
}
