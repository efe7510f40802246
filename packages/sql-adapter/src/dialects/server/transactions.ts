import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { HoldfastError } from '@holdfast/core/adapter'
import type { Connections } from '../connections.js'
import type { Work } from '../work.js'
import { Attempt, type Setting } from './attempt.js'
import { Contention } from './contention.js'
import type { Engine } from './engine.js'
import { Outdated, rolledBack, unknown } from './errors.js'

/** Times that a batch is begun again because of deadlocks and the like. */
const MOST_TRIES = 10
/** How long it is tried to learn what became of a transaction whose connection broke, ms. */
const LONGEST_SEARCH = 5_000
/** How often, ms. */
const EVERY = 50

/** How long tokens are kept, ms: far longer than anybody asks for one. */
const TOKEN_KEPT = 600_000
/** Transactions between two looks for old tokens. */
const TOKENS_LOOKED_FOR = 1_000

/** A transaction that nobody knows of whether it committed. */
class Lost extends Error {
  constructor(
    readonly token: string,
    readonly result: unknown,
    override readonly cause: unknown,
  ) {
    super('the connection was lost')
  }
}

/** The store's own transactions. */
export class ServerTransactions {
  private readonly contention = new Contention()
  private begun = 0

  constructor(
    private readonly setting: Setting,
    private readonly connections: Connections,
  ) {}

  async run<Result>(begin: () => Work<Result>): Promise<Result> {
    this.begun += 1
    if (this.begun % TOKENS_LOOKED_FOR === 0) await this.forgetTokens()
    for (let tries = 1; ; tries++) {
      try {
        return await this.once(begin)
      } catch (error) {
        if (error instanceof Lost) {
          if (await this.hasCommitted(error)) return error.result as Result
        } else if (!this.mayPass(error) || tries >= MOST_TRIES) {
          throw rolledBack(error, this.setting.server.troubleOf(error))
        }
        // A connection that broke before anything was written costs a try like any other.
        if (tries >= MOST_TRIES) throw rolledBack(error, 'lost')
      }
    }
  }

  private async once<Result>(begin: () => Work<Result>): Promise<Result> {
    const work = begin()
    if (!work.needsLock && !this.contention.takesLocks()) {
      const written = await this.connections.use((connection) =>
        this.unlocked(this.engineOn(connection), work),
      )
      this.contention.note(written === null)
      if (written !== null) return written.result
    }
    const again = work.needsLock ? work : begin()
    return this.connections.use((connection) => this.locked(this.engineOn(connection), again))
  }

  /** `null`: somebody else was in the way, nothing was written. */
  private async unlocked<Result>(
    engine: Engine,
    work: Work<Result>,
  ): Promise<{ readonly result: Result } | null> {
    const attempt = new Attempt(engine, this.setting, work)
    const { changes, result } = await attempt.decide()
    if (changes === null) return { result }
    // Rows of the shop's own are written one after another, before.
    const alone = engine.writesAlone && changes.rows.length === 0
    try {
      if (alone) await this.settled((token) => attempt.writeAlone(changes, token), result)
      else await this.inTransaction(engine, (token) => attempt.writeUnlocked(changes, token), result)
      return { result }
    } catch (error) {
      if (error instanceof Lost) throw error
      // A constraint that objects may have met what others wrote meanwhile; under the lock it is final.
      const trouble = this.setting.server.troubleOf(error)
      if (error instanceof Outdated || trouble === 'passing' || trouble === 'constraint') return null
      throw error
    }
  }

  private async locked<Result>(engine: Engine, work: Work<Result>): Promise<Result> {
    const attempt = new Attempt(engine, this.setting, work)
    await engine.begin()
    let token: string | null = null
    let result: Result | undefined
    try {
      const decided = await attempt.decideLocked()
      result = decided.result
      if (decided.changes === null) {
        await engine.rollback()
        return result
      }
      token = randomUUID()
      await attempt.writeLocked(decided.changes, token)
      await engine.commit()
      return result
    } catch (error) {
      if (token !== null && this.isLost(error)) throw new Lost(token, result, error)
      await rollBack(engine)
      throw error
    }
  }

  private async inTransaction(
    engine: Engine,
    write: (token: string) => Promise<void>,
    result: unknown,
  ): Promise<void> {
    await engine.begin()
    try {
      await this.settled(async (token) => {
        await write(token)
        await engine.commit()
      }, result)
    } catch (error) {
      await rollBack(engine)
      throw error
    }
  }

  /** Writes under a token, by which it is found should the connection break. */
  private async settled(write: (token: string) => Promise<void>, result: unknown): Promise<void> {
    const token = randomUUID()
    try {
      await write(token)
    } catch (error) {
      throw this.isLost(error) ? new Lost(token, result, error) : error
    }
  }

  /**
   * Asks for the token of a transaction, and disowns it where there is none: then that transaction can never commit,
   * wherever it is still under way.
   *
   * @throws HoldfastError `unknown` if the database does not answer
   */
  private async hasCommitted({ token, cause }: Lost): Promise<boolean> {
    const giveUpAt = performance.now() + LONGEST_SEARCH
    for (;;) {
      try {
        return await this.connections.use((connection) => this.isKept(token, this.engineOn(connection)))
      } catch {
        if (performance.now() > giveUpAt) throw unknown(cause)
      }
      await pause(EVERY)
    }
  }

  private async isKept(token: string, engine: Engine): Promise<boolean> {
    const { batches } = this.setting.names
    // An earlier attempt may have disowned it and lost its connection too: what the row says counts.
    await engine.disown(token, this.setting.names)
    const rows = await engine.query(`select 1 from ${batches} where token = ? and not disowned`, [token])
    return rows.length > 0
  }

  private async forgetTokens(): Promise<void> {
    const { server, names } = this.setting
    const sql = `delete from ${names.batches} where at < ${server.now} - ${TOKEN_KEPT}`
    try {
      await this.connections.use((connection) => this.engineOn(connection).query(sql, []))
    } catch {
      // The next look finds them.
    }
  }

  private mayPass(error: unknown): boolean {
    if (error instanceof HoldfastError) return false
    const trouble = this.setting.server.troubleOf(error)
    return error instanceof Outdated || trouble === 'passing' || trouble === 'lost'
  }

  private isLost(error: unknown): boolean {
    return this.setting.server.troubleOf(error) === 'lost'
  }

  private engineOn(connection: unknown): Engine {
    return this.setting.server.engineOn(connection)
  }
}

async function rollBack(engine: Engine): Promise<void> {
  try {
    await engine.rollback()
  } catch {
    // The connection is gone, and with it the transaction.
  }
}
