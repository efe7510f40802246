import type { LocalTransactions } from '@holdfast/core/adapter'
import type { Knex } from 'knex'
import { bytesOf, MessageDatabase, type MessageOptions, textOf } from './database.js'

type Ended = { readonly kind: 'already' | 'id-reused' | 'tombstoned' }

/**
 * Local transactions in a shop's own database. The mark is written first: who checks meanwhile waits for the transaction to
 * end.
 */
export class SqlLocalTransactions implements LocalTransactions<Knex.Transaction> {
  private readonly database: MessageDatabase

  /**
   * On the caller's own knex, which the caller closes. Call `migrate()` before the first use.
   *
   * @throws HoldfastError `invalid-argument` with the path of the option at fault
   */
  constructor(knex: Knex, options: MessageOptions = {}) {
    this.database = new MessageDatabase(knex, options)
  }

  async migrate(): Promise<void> {
    await this.database.migrate()
  }

  async run<T>(
    id: string,
    fingerprint: string,
    work: (transaction: Knex.Transaction) => Promise<T>,
  ): Promise<{ readonly kind: 'committed'; readonly value: T } | Ended> {
    // Run once: what a shop does in it may not bear to be done again.
    return this.database.knex.transaction(async (trx) => {
      const isNew = await this.mark(id, 'committed', fingerprint, trx)
      if (!isNew) return this.endOf(id, fingerprint, trx)
      return { kind: 'committed' as const, value: await work(trx) }
    }, this.database.spelling.transaction)
  }

  async check(id: string): Promise<'committed' | 'rolled-back'> {
    return this.database.transaction(async (trx) => {
      if (await this.mark(id, 'rolled-back', '', trx)) return 'rolled-back'
      const { kind } = await this.endOf(id, '', trx)
      return kind === 'tombstoned' ? 'rolled-back' : 'committed'
    })
  }

  async forget(retentionMs: number, limit: number): Promise<number> {
    const { names, now } = this.database
    const old = await this.database.rows(
      `select id from ${names.marks} where at < ${now} - ? order by at limit ?`,
      [retentionMs, limit],
    )
    if (old.length === 0) return 0
    const marks = old.map(() => '?').join(', ')
    return this.database.change(
      `delete from ${names.marks} where id in (${marks})`,
      old.map(({ id }) => id),
    )
  }

  private async mark(
    id: string,
    status: string,
    fingerprint: string,
    trx: Knex.Transaction,
  ): Promise<boolean> {
    const { names, spelling, now } = this.database
    const sql = `insert into ${names.marks} (id, status, fingerprint, at) values (?, ?, ?, ${now})`
    return (await this.database.change(spelling.insertNew(sql), [bytesOf(id), status, fingerprint], trx)) > 0
  }

  private async endOf(id: string, fingerprint: string, trx: Knex.Transaction): Promise<Ended> {
    const { names } = this.database
    const sql = `select status, fingerprint from ${names.marks} where id = ?`
    const [row] = await this.database.rows(sql, [bytesOf(id)], trx)
    if (textOf(row?.status) === 'rolled-back') return { kind: 'tombstoned' }
    return { kind: textOf(row?.fingerprint) === fingerprint ? 'already' : 'id-reused' }
  }
}
