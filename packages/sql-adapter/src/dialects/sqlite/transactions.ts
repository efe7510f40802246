import { HoldfastError, type StoreClock } from '@holdfast/core/adapter'
import type { Awaitable, Lists, Reader } from '../dialect.js'
import type { ForwardTime } from '../forward-time.js'
import type { TableNames } from '../table-names.js'
import type { Changes, Work } from '../work.js'
import { WriteLock } from './busy.js'
import { Checkpoints } from './checkpoints.js'
import { SqliteClock } from './clock.js'
import { prepareWrite, type SqliteConnection, type SqliteStatement } from './connection.js'
import { commitFailed, rolledBack, sqliteCode } from './errors.js'
import { listsOf } from './lists.js'
import { SqliteSession } from './session.js'

/** Transactions of one connection. Between its begin and its end none of them waits, but for a caller's snapshot. */
export class SqliteTransactions {
  private opened: Opened | undefined

  constructor(
    private readonly connection: SqliteConnection,
    private readonly names: TableNames,
    private readonly virtual: StoreClock | undefined,
    private readonly time: ForwardTime,
  ) {}

  /** In a transaction of its own. */
  async run<Result>(work: Work<Result>): Promise<Result> {
    const { lock, begin } = this.prepared()
    await lock.taken(() => begin.run())
    let decided: Decided<Result>
    try {
      decided = this.decide(work)
    } catch (error) {
      this.rollBack()
      throw rolledBack(error)
    }
    this.commit(decided.changes)
    return decided.result
  }

  /** Within the caller's transaction: what fails is undone up to here, and the transaction stays usable. */
  async runWithin<Result>(work: Work<Result>): Promise<Result> {
    const { lock, claim, savepoint, release, rollBackTo } = this.prepared()
    try {
      // A transaction that only read so far takes the write lock here, where it can be waited for.
      await lock.taken(() => claim.run())
    } catch (error) {
      throw abortedOr(error)
    }
    savepoint.run()
    try {
      const { result } = this.decide(work)
      release.run()
      return result
    } catch (error) {
      if (!this.connection.inTransaction) throw aborted(error)
      rollBackTo.run()
      release.run()
      throw rolledBack(error)
    }
  }

  /** In a transaction that reads. */
  ask<Result>(work: Work<Result>): Result {
    this.prepared().beginRead.run()
    try {
      return this.askWithin(work)
    } catch (error) {
      throw rolledBack(error)
    } finally {
      this.rollBack()
    }
  }

  askWithin<Result>(work: Work<Result>): Result {
    const { session } = this.prepared()
    const now = this.now()
    for (let wanted = work.wants(now); wanted !== null; wanted = work.wants(now)) {
      session.load(wanted, now, work.rows)
    }
    return work.decide(now).result
  }

  list<Result>(question: (lists: Lists) => Awaitable<Result>): Awaitable<Result> {
    return question(this.prepared().lists)
  }

  /** All that `work` reads is of one state; it may wait meanwhile. */
  async snapshot<T>(work: (reader: Reader) => Promise<T>): Promise<T> {
    const { beginRead, session } = this.prepared()
    beginRead.run()
    try {
      // The state is that of the first read.
      session.partitions.load()
      return await work({
        ask: async (begin) => this.askWithin(begin()),
        list: async (question) => this.list(question),
      })
    } finally {
      this.rollBack()
    }
  }

  private decide<Result>(work: Work<Result>): Decided<Result> {
    const { session } = this.prepared()
    const now = this.now()
    work.rows.loadPartition(session.partitions.load())
    for (let wanted = work.wants(now); wanted !== null; wanted = work.wants(now)) {
      session.load(wanted, now, work.rows)
    }
    const decided = work.decide(now)
    if (decided.changes !== null) session.write(decided.changes, now)
    return decided
  }

  private commit(changes: Changes | null): void {
    const { commit, checkpoints } = this.prepared()
    try {
      checkpoints.before(changes?.events.length ?? 0)
      commit.run()
    } catch (error) {
      this.rollBack()
      throw rejectedAtCommit(error, changes) ?? commitFailed(error)
    }
  }

  private rollBack(): void {
    // Some errors have rolled back by themselves.
    if (this.connection.inTransaction) this.prepared().rollback.run()
  }

  private now(): number {
    return this.virtual?.now() ?? this.time.read(this.prepared().clock.now())
  }

  private prepared(): Opened {
    this.opened ??= open(this.connection, this.names, () => this.now())
    return this.opened
  }
}

interface Decided<Result> {
  readonly changes: Changes | null
  readonly result: Result
}

interface Opened {
  readonly session: SqliteSession
  readonly clock: SqliteClock
  readonly lists: Lists
  readonly lock: WriteLock
  readonly checkpoints: Checkpoints
  readonly begin: SqliteStatement
  readonly beginRead: SqliteStatement
  readonly commit: SqliteStatement
  readonly rollback: SqliteStatement
  readonly claim: SqliteStatement
  readonly savepoint: SqliteStatement
  readonly release: SqliteStatement
  readonly rollBackTo: SqliteStatement
}

function open(connection: SqliteConnection, names: TableNames, now: () => number): Opened {
  try {
    const session = new SqliteSession(connection, names)
    const prepare = (sql: string) => prepareWrite(connection, sql)
    return {
      session,
      clock: new SqliteClock(connection),
      lists: listsOf(session, now),
      lock: new WriteLock(connection),
      checkpoints: new Checkpoints(connection),
      begin: prepare('begin immediate'),
      beginRead: prepare('begin'),
      commit: prepare('commit'),
      rollback: prepare('rollback'),
      claim: prepare(`update ${names.partitions} set events = events where name = ''`),
      savepoint: prepare('savepoint holdfast'),
      release: prepare('release holdfast'),
      rollBackTo: prepare('rollback to holdfast'),
    }
  } catch (error) {
    throw rolledBack(error)
  }
}

/** A constraint that the database checks at the commit can only be one of the shop's own tables. */
function rejectedAtCommit(error: unknown, changes: Changes | null): HoldfastError | null {
  const riding = changes?.rows ?? []
  const [first] = riding
  if (first === undefined || !sqliteCode(error)?.startsWith('SQLITE_CONSTRAINT')) return null
  return new HoldfastError('row-rejected', 'a row that rode along was refused at the commit', {
    cause: error,
    ...(riding.length === 1 && { commandIndex: first.command }),
  })
}

function abortedOr(error: unknown): Error {
  if (error instanceof HoldfastError) return error
  return sqliteCode(error) === 'SQLITE_BUSY_SNAPSHOT' ? aborted(error) : rolledBack(error)
}

function aborted(cause: unknown): HoldfastError {
  return new HoldfastError(
    'transaction-aborted',
    'the database gave up the transaction: begin it again, its reads are no longer true',
    { cause },
  )
}
