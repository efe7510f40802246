import { HoldfastError, type StoreClock } from '@holdfast/core/adapter'
import type { Knex } from 'knex'
import { Connections, clientOf, connectionOf } from '../connections.js'
import type { Awaitable, Dialect, Lists, Reader } from '../dialect.js'
import { ForwardTime } from '../forward-time.js'
import { migrate } from '../migrate.js'
import type { TableNames } from '../table-names.js'
import type { Work } from '../work.js'
import type { SqliteConnection } from './connection.js'
import { isPassing } from './errors.js'
import { MIGRATIONS } from './migrations/index.js'
import { SqliteTransactions } from './transactions.js'

/** SQLite through better-sqlite3: it answers at once, so that a transaction never outlives one turn. */
export class SqliteDialect implements Dialect {
  private readonly connections: Connections
  private readonly transactions = new WeakMap<SqliteConnection, SqliteTransactions>()
  private readonly time = new ForwardTime()

  constructor(
    private readonly knex: Knex,
    private readonly names: TableNames,
    private readonly clock: StoreClock | undefined,
  ) {
    this.connections = new Connections(clientOf(knex))
  }

  async migrate(): Promise<void> {
    const { knex, names } = this
    await migrate({ knex, migrations: MIGRATIONS, names, isPassing, isAlone: false })
  }

  run<Result>(begin: () => Work<Result>): Promise<Result> {
    return this.connections.use((connection) => this.on(connection).run(begin()))
  }

  ask<Result>(begin: () => Work<Result>): Promise<Result> {
    return this.connections.use((connection) => this.on(connection).ask(begin()))
  }

  list<Result>(question: (lists: Lists) => Awaitable<Result>): Promise<Result> {
    return this.connections.use((connection) => this.on(connection).list(question))
  }

  /** On a connection of its own, so that orders are placed while it is read; a database in memory has but one. */
  async snapshot<T>(work: (reader: Reader) => Promise<T>): Promise<T> {
    const client = clientOf(this.knex)
    if (isInMemory(client.connectionSettings?.filename)) {
      return this.connections.use((connection) => this.on(connection).snapshot(work))
    }
    const connection = await client.acquireRawConnection()
    try {
      return await this.on(connection).snapshot(work)
    } finally {
      await client.destroyRawConnection(connection)
    }
  }

  within(transaction: object): Dialect {
    const joined = async () => this.on(await connectionOf(transaction))
    return {
      migrate: () => Promise.reject(new HoldfastError('invalid-argument', 'migrate before the transaction')),
      run: async (begin) => (await joined()).runWithin(begin()),
      ask: async (begin) => (await joined()).askWithin(begin()),
      list: async (question) => (await joined()).list(question),
      snapshot: async (work) => {
        const on = await joined()
        return work({
          ask: async (begin) => on.askWithin(begin()),
          list: async (question) => on.list(question),
        })
      },
      within: (other) => this.within(other),
    }
  }

  private on(connection: unknown): SqliteTransactions {
    const key = connection as SqliteConnection
    let transactions = this.transactions.get(key)
    if (transactions === undefined) {
      transactions = new SqliteTransactions(key, this.names, this.clock, this.time)
      this.transactions.set(key, transactions)
    }
    return transactions
  }
}

function isInMemory(filename: string | undefined): boolean {
  return filename === undefined || filename === '' || filename.includes(':memory:')
}
