import {
  type CheckBudget,
  type CheckReport,
  type DueCheck,
  type HalfMessage,
  type HalfMessageStatus,
  type HalfMessageStore,
  isSameMessage,
  type PreparedMessage,
} from '@holdfast/core/adapter'
import type { Knex } from 'knex'
import {
  bytesOf,
  MessageDatabase,
  type MessageOptions,
  numberOf,
  numberOrNull,
  type Row,
  textOf,
  textOrNull,
} from './database.js'
import { MESSAGE_COLUMNS, messageOf, valuesOf } from './message-row.js'
import { SqlOutbox } from './sql-outbox.js'

const STATE_COLUMNS = 'status, check_at, checks, prepared_at, next_check_at, decided_at, last_error'

/** Half messages in a database. One that is committed waits, in the same commit, in the outbox there. */
export class SqlHalfMessages implements HalfMessageStore {
  private readonly database: MessageDatabase
  private readonly outbox: SqlOutbox

  /**
   * On the caller's own knex, which the caller closes. Call `migrate()` before the first use.
   *
   * @throws HoldfastError `invalid-argument` with the path of the option at fault
   */
  constructor(knex: Knex, options: MessageOptions = {}) {
    this.database = new MessageDatabase(knex, options)
    this.outbox = new SqlOutbox(knex, options)
  }

  async migrate(): Promise<void> {
    await this.database.migrate()
  }

  async prepare({ message, checkAt, checkAfterMs }: PreparedMessage) {
    const { names, now, spelling } = this.database
    const sql = `insert into ${names.halfMessages}
      (${MESSAGE_COLUMNS}, status, check_at, checks, prepared_at, next_check_at, lease, leased_until)
      values (?, ?, ?, ?, ?, ?, ?, 'prepared', ?, 0, ${now}, ${now} + ?, 0, 0)`
    const values = [...valuesOf(message), checkAt, checkAfterMs]
    const isNew = (await this.database.change(spelling.insertNew(sql), values)) > 0
    if (isNew) return { kind: 'prepared' as const, status: 'prepared' as const }
    const known = await this.read(message.id)
    // It was removed in between: it had been decided, and this is another try.
    if (known === null) return { kind: 'replayed' as const, status: 'rolled-back' as const }
    const kind = isSame(known.message, message) ? ('replayed' as const) : ('id-reused' as const)
    return { kind, status: known.status }
  }

  async decide(id: string, decision: 'committed' | 'rolled-back') {
    return this.database.transaction((trx) => this.decideWithin(id, decision, trx))
  }

  async read(id: string): Promise<HalfMessage | null> {
    const [row] = await this.rows('where id = ?', [bytesOf(id)])
    return row === undefined ? null : halfOf(row)
  }

  async takeDue(limit: number, leaseMs: number): Promise<readonly DueCheck[]> {
    const { names, now, spelling } = this.database
    return this.database.transaction(async (trx) => {
      // An update of nothing, so that a database that one writes to at a time is this one's from here on.
      await this.database.change(`update ${names.halfMessages} set lease = lease where 1 = 0`, [], trx)
      const due = await this.rows(
        `where next_check_at <= ${now} and leased_until <= ${now} order by next_check_at limit ? ${spelling.skipLocked}`,
        [limit],
        trx,
      )
      for (const { id } of due) {
        await this.database.change(
          `update ${names.halfMessages} set lease = lease + 1, leased_until = ${now} + ? where id = ?`,
          [leaseMs, id],
          trx,
        )
      }
      return due.map((row) => ({ half: halfOf(row), lease: numberOf(row.lease) + 1 }))
    })
  }

  async report(
    { half: { message }, lease }: DueCheck,
    report: CheckReport,
    budget: CheckBudget,
  ): Promise<boolean> {
    const { names, now } = this.database
    return this.database.transaction(async (trx) => {
      const isDelivered = report.kind === 'answered'
      const isDecided = isDelivered && report.answer !== 'unknown'
      const counts = isDelivered && !isDecided ? 1 : 0
      const error = isDelivered ? 'its sender does not know' : report.error
      const taken = await this.database.change(
        `update ${names.halfMessages} set leased_until = 0, last_error = ?,
           status = case when checks + ? >= ? and ? = 1 then 'parked' else status end,
           next_check_at = case when checks + ? >= ? and ? = 1 then null else ${now} + ? end,
           checks = checks + ?
         where id = ? and lease = ? and leased_until > 0 and status = 'prepared'`,
        [
          isDecided ? null : error,
          ...[counts, budget.checks, counts],
          ...[counts, budget.checks, counts],
          budget.retryAfterMs,
          counts,
          bytesOf(message.id),
          lease,
        ],
        trx,
      )
      if (taken === 0) return false
      if (isDecided) await this.decideWithin(message.id, report.answer, trx)
      return true
    })
  }

  async list({ status, cursor, limit }: Parameters<HalfMessageStore['list']>[0]) {
    const rows = await this.rows(
      `where id > ?${status === undefined ? '' : ' and status = ?'} order by id limit ?`,
      [bytesOf(cursor ?? ''), ...(status === undefined ? [] : [status]), limit + 1],
    )
    const messages = rows.slice(0, limit).map(halfOf)
    return { messages, cursor: rows.length > limit ? (messages.at(-1)?.message.id ?? null) : null }
  }

  async resume(id: string): Promise<boolean> {
    const { names, now } = this.database
    const resumed = await this.database.change(
      `update ${names.halfMessages} set status = 'prepared', checks = 0, next_check_at = ${now}
       where id = ? and status = 'parked'`,
      [bytesOf(id)],
    )
    return resumed > 0
  }

  async removeDecided(retentionMs: number, limit: number): Promise<number> {
    const { names, now } = this.database
    const sql = `select id from ${names.halfMessages} where decided_at < ${now} - ? order by decided_at limit ?`
    const old = await this.database.rows(sql, [retentionMs, limit])
    if (old.length === 0) return 0
    const ids = old.map(({ id }) => id)
    const marks = ids.map(() => '?').join(', ')
    return this.database.change(`delete from ${names.halfMessages} where id in (${marks})`, ids)
  }

  /** Whoever comes first decides. */
  private async decideWithin(id: string, decision: 'committed' | 'rolled-back', trx: Knex.Transaction) {
    const { names, now } = this.database
    const decided = await this.database.change(
      `update ${names.halfMessages} set status = ?, decided_at = ${now}, next_check_at = null
       where id = ? and status in ('prepared', 'parked')`,
      [decision, bytesOf(id)],
      trx,
    )
    const [row] = await this.rows('where id = ?', [bytesOf(id)], trx)
    if (row === undefined) return null
    const { message, status } = halfOf(row)
    if (decided === 0) return { status, isNew: false }
    if (decision === 'committed') await this.outbox.write(trx, [message])
    return { status, isNew: true }
  }

  private rows(rest: string, values: readonly unknown[], on?: Knex): Promise<readonly Row[]> {
    const { names } = this.database
    const sql = `select ${MESSAGE_COLUMNS}, ${STATE_COLUMNS}, lease from ${names.halfMessages} ${rest}`
    return this.database.rows(sql, values, on)
  }
}

function halfOf(row: Row): HalfMessage {
  return {
    message: messageOf(row),
    status: textOf(row.status) as HalfMessageStatus,
    checkAt: textOrNull(row.check_at),
    checks: numberOf(row.checks),
    preparedAt: numberOf(row.prepared_at),
    nextCheckAt: numberOrNull(row.next_check_at),
    decidedAt: numberOrNull(row.decided_at),
    lastError: textOrNull(row.last_error),
  }
}

/** A message that is kept has its payload as bytes. */
function isSame(kept: HalfMessage['message'], given: HalfMessage['message']): boolean {
  const { payload } = given
  return isSameMessage(kept, typeof payload === 'string' ? { ...given, payload: bytesOf(payload) } : given)
}
