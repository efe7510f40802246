import { HoldfastError } from '@holdfast/core/adapter'
import type { Knex } from 'knex'
import { DialectStore, type SqlStores } from './dialect-store.js'
import { dialectOf } from './dialects/dialect-of.js'
import { openSqlite } from './dialects/sqlite/open.js'
import { tableNames } from './dialects/table-names.js'
import { SqlOutbox } from './messages/sql-outbox.js'
import { retentionOf, type SqlStoreOptions } from './options.js'

/**
 * Orders, stock and all that belongs to them in an SQL database, through knex. A batch is one transaction: counters,
 * orders, ledger and outbox are written together or not at all.
 */
export class SqlStore extends DialectStore {
  /** What `open` opened; `null`: the caller's, who closes it. */
  private owned: Knex | null = null
  private isClosed = false
  /** Its events, and messages of the shop's own, as they wait to be sent. */
  readonly outbox: SqlOutbox

  /**
   * On the caller's own knex, which the caller closes. Call `migrate()` before the first use.
   *
   * @throws HoldfastError `invalid-argument` with the path of the option at fault
   */
  constructor(knex: Knex, options: SqlStoreOptions = {}) {
    const names = tableNames(options.tablePrefix ?? 'holdfast_')
    const capabilities = {
      backorder: true,
      returns: true,
      durable: true,
      partitions: 'one',
      idScope: 'store',
      clock: options.clock === undefined ? 'store' : 'virtual',
      rows: true,
      corrections: true,
    } as const
    super(dialectOf(knex, names, options.clock), capabilities, retentionOf(options))
    this.outbox = new SqlOutbox(knex, options)
  }

  /**
   * A SQLite file, made if there is none and brought up to date, with write-ahead log and every commit synced;
   * `:memory:` for one that ends with the process. `close()` closes it. Needs the package better-sqlite3.
   *
   * @throws HoldfastError `invalid-argument`; `store-failed` if it cannot be opened, or better-sqlite3 is missing
   */
  static async open(path: string, options: SqlStoreOptions = {}): Promise<SqlStore> {
    const knex = await openSqlite(path)
    try {
      const store = new SqlStore(knex, options)
      store.owned = knex
      await store.migrate()
      return store
    } catch (error) {
      await knex.destroy()
      throw error
    }
  }

  /** Brings the schema up to date: creates the tables, or runs what newer versions have added. */
  async migrate(): Promise<void> {
    this.check()
    await this.dialect.migrate()
  }

  /**
   * The same store within the caller's own knex transaction: what it writes is kept if that commits. A call that fails
   * leaves nothing behind and the transaction usable.
   */
  within(transaction: object): SqlStores {
    this.check()
    return new DialectStore(this.dialect.within(transaction), this.capabilities, this.retentionMs)
  }

  override async close(): Promise<void> {
    this.isClosed = true
    const { owned } = this
    this.owned = null
    await owned?.destroy()
  }

  protected override check(partition?: string): void {
    if (this.isClosed) throw new HoldfastError('closed', 'the store was closed')
    super.check(partition)
  }
}
