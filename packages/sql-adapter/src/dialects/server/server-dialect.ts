import { HoldfastError, type StoreClock } from '@holdfast/core/adapter'
import type { Knex } from 'knex'
import { Connections, clientOf, connectionOf } from '../connections.js'
import type { Awaitable, Dialect, Lists, Reader } from '../dialect.js'
import { ForwardTime } from '../forward-time.js'
import { migrate } from '../migrate.js'
import type { TableNames } from '../table-names.js'
import type { Work } from '../work.js'
import { Attempt, type Setting } from './attempt.js'
import type { Engine, Server } from './engine.js'
import { aborted, rolledBack } from './errors.js'
import { ServerLists } from './lists.js'
import { ServerTransactions } from './transactions.js'

const SAVEPOINT = 'holdfast_call'
/** More than a pool has connections that an idle night, or a restart of the server, may have broken. */
const MOST_TRIES = 20

/** A database server behind a pool of connections. */
export class ServerDialect implements Dialect {
  private readonly connections: Connections
  private readonly transactions: ServerTransactions
  private readonly setting: Setting

  constructor(
    private readonly knex: Knex,
    private readonly server: Server,
    private readonly names: TableNames,
    virtual: StoreClock | undefined,
  ) {
    this.connections = new Connections(clientOf(knex))
    this.setting = { server, names, virtual, time: new ForwardTime() }
    this.transactions = new ServerTransactions(this.setting, this.connections)
  }

  async migrate(): Promise<void> {
    const { knex, names, server } = this
    const { migrations, isPassing } = server
    await this.onItsOwn(async (engine) => {
      await this.told(() => engine.lockMigrations(names))
      await migrate({ knex, migrations, names, isPassing, isAlone: true })
    })
  }

  run<Result>(begin: () => Work<Result>): Promise<Result> {
    return this.transactions.run(begin)
  }

  ask<Result>(begin: () => Work<Result>): Promise<Result> {
    return this.using(async (engine) => (await new Attempt(engine, this.setting, begin()).decide()).result)
  }

  list<Result>(question: (lists: Lists) => Awaitable<Result>): Promise<Result> {
    return this.using(async (engine) => question(this.listsOn(engine)))
  }

  /** On a connection of its own: it may take long, and the pool's are for those who buy. */
  async snapshot<T>(work: (reader: Reader) => Promise<T>): Promise<T> {
    return this.onItsOwn(async (engine) => {
      await this.told(() => engine.beginSnapshot())
      return work(this.readerOn(engine))
    })
  }

  within(transaction: object): Dialect {
    const joined = async () => this.server.engineOn(await connectionOf(transaction))
    return {
      migrate: () => Promise.reject(new HoldfastError('invalid-argument', 'migrate before the transaction')),
      run: async (begin) => this.runWithin(await joined(), begin()),
      ask: async (begin) => this.askWithin(await joined(), begin()),
      list: async (question) => question(this.listsOn(await joined())),
      snapshot: async (work) => work(this.readerOn(await joined())),
      within: (other) => this.within(other),
    }
  }

  /** What fails is undone up to here, and the transaction stays usable, unless the database gave it up. */
  private async runWithin<Result>(engine: Engine, work: Work<Result>): Promise<Result> {
    const attempt = new Attempt(engine, this.setting, work)
    await engine.query(`savepoint ${SAVEPOINT}`, [])
    try {
      const { changes, result } = await attempt.decideLocked()
      if (changes !== null) await attempt.writeLocked(changes, null)
      await engine.query(`release savepoint ${SAVEPOINT}`, [])
      return result
    } catch (error) {
      const trouble = this.server.troubleOf(error)
      if (trouble === 'passing' || trouble === 'lost') throw aborted(error)
      await engine.query(`rollback to savepoint ${SAVEPOINT}`, [])
      throw rolledBack(error, trouble)
    }
  }

  /** On a connection outside of the pool, which ends with its work. What the work throws is its caller's own. */
  private async onItsOwn<T>(work: (engine: Engine) => Promise<T>): Promise<T> {
    const client = clientOf(this.knex)
    const connection = await this.told(() => client.acquireRawConnection())
    try {
      return await work(this.server.engineOn(connection))
    } finally {
      await client.destroyRawConnection(connection)
    }
  }

  /** For work that reads: where its connection breaks, nothing is lost but the answer, and it is asked for again. */
  private using<T>(work: (engine: Engine) => Promise<T>): Promise<T> {
    return this.told(async () => {
      for (let tries = 1; ; tries++) {
        try {
          return await this.connections.use((connection) => work(this.server.engineOn(connection)))
        } catch (error) {
          if (tries === MOST_TRIES || this.server.troubleOf(error) !== 'lost') throw error
        }
      }
    })
  }

  /** The driver's errors in Holdfast's words. */
  private async told<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw rolledBack(error, this.server.troubleOf(error))
    }
  }

  private async askWithin<Result>(engine: Engine, work: Work<Result>): Promise<Result> {
    return (await new Attempt(engine, this.setting, work).decideWithin()).result
  }

  private listsOn(engine: Engine): Lists {
    return new ServerLists(engine, this.setting)
  }

  private readerOn(engine: Engine): Reader {
    return {
      ask: (begin) => this.told(() => this.askWithin(engine, begin())),
      list: (question) => this.told(async () => question(this.listsOn(engine))),
    }
  }
}
