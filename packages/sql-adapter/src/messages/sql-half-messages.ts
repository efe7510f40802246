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
import { Gathering } from './gathering.js'
import { messageOf, valuesOf } from './message-row.js'
import { MESSAGE_COLUMNS } from './spelling.js'
import { SqlOutbox } from './sql-outbox.js'

const STATE_COLUMNS = 'status, check_at, checks, prepared_at, next_check_at, decided_at, last_error'

type Prepared = Awaited<ReturnType<HalfMessageStore['prepare']>>
type Decision = Parameters<HalfMessageStore['decide']>[1]
type Decided = Awaited<ReturnType<HalfMessageStore['decide']>>

interface DecisionAsked {
  readonly id: string
  readonly decision: Decision
}

const NEW: Prepared = { kind: 'prepared', status: 'prepared' }

/** Undoes an insert of several. */
class SomeAreKnown extends Error {}

/** Half messages in a database. One that is committed waits, in the same commit, in the outbox there. */
export class SqlHalfMessages implements HalfMessageStore {
  private readonly database: MessageDatabase
  private readonly outbox: SqlOutbox
  private readonly preparing = new Gathering((halves: readonly PreparedMessage[]) => this.prepareAll(halves))
  private readonly deciding = new Gathering((asks: readonly DecisionAsked[]) =>
    this.database.transaction((trx) => this.decideWithin(asks, trx)),
  )

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

  prepare(half: PreparedMessage): Promise<Prepared> {
    return this.preparing.ask(half)
  }

  decide(id: string, decision: Decision): Promise<Decided> {
    return this.deciding.ask({ id, decision })
  }

  async read(id: string): Promise<HalfMessage | null> {
    const [row] = await this.rows('where id = ?', [bytesOf(id)])
    return row === undefined ? null : halfOf(row)
  }

  async takeDue(limit: number, leaseMs: number): Promise<readonly DueCheck[]> {
    const { names, now, spelling } = this.database
    return this.database.transaction(async (trx) => {
      await this.claim(trx)
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
      if (isDecided) await this.decideWithin([{ id: message.id, decision: report.answer }], trx)
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

  /** Several are all new, or none of them was inserted: where one is known, or asked for twice, each is asked alone. */
  private async prepareAll(halves: readonly PreparedMessage[]): Promise<readonly Prepared[]> {
    const [first] = halves as [PreparedMessage]
    if (halves.length === 1) return [(await this.insertNew(halves)) === 1 ? NEW : await this.known(first)]
    return this.database.transaction(async (trx) => {
      if ((await this.insertNew(halves, trx)) < halves.length) throw new SomeAreKnown()
      return halves.map(() => NEW)
    })
  }

  /** @returns how many were not there yet */
  private insertNew(halves: readonly PreparedMessage[], on?: Knex): Promise<number> {
    const { names, now, spelling } = this.database
    const row = `(?, ?, ?, ?, ?, ?, ?, 'prepared', ?, 0, ${now}, ${now} + ?, 0, 0)`
    const sql = `insert into ${names.halfMessages}
      (${MESSAGE_COLUMNS}, status, check_at, checks, prepared_at, next_check_at, lease, leased_until)
      values ${halves.map(() => row).join(', ')}`
    const values = halves.flatMap(({ message, checkAt, checkAfterMs }) => [
      ...valuesOf(message),
      checkAt,
      checkAfterMs,
    ])
    return this.database.change(spelling.insertNew(sql), values, on)
  }

  private async known({ message }: PreparedMessage): Promise<Prepared> {
    const found = await this.read(message.id)
    // It was removed in between: it had been decided, and this is another try.
    if (found === null) return { kind: 'replayed', status: 'rolled-back' }
    return { kind: isSame(found.message, message) ? 'replayed' : 'id-reused', status: found.status }
  }

  /** Of each message whoever comes first decides. */
  private async decideWithin(
    asks: readonly DecisionAsked[],
    trx: Knex.Transaction,
  ): Promise<readonly Decided[]> {
    const { spelling } = this.database
    await this.claim(trx)
    const ids = [...new Set(asks.map(({ id }) => id))]
    const marks = ids.map(() => '?').join(', ')
    // Locked in one order, whoever asks.
    const rows = await this.rows(
      `where id in (${marks}) order by id ${spelling.forUpdate}`,
      ids.map(bytesOf),
      trx,
    )
    const known = new Map(rows.map((row) => [textOf(row.id), halfOf(row)]))
    const fresh: HalfMessage[] = []
    const answers = asks.map(({ id, decision }): Decided => {
      const half = known.get(id)
      if (half === undefined) return null
      const { status } = half
      if (status === 'committed' || status === 'rolled-back') return { status, isNew: false }
      const decided = { ...half, status: decision }
      known.set(id, decided)
      fresh.push(decided)
      return { status: decision, isNew: true }
    })
    for (const decision of ['committed', 'rolled-back'] as const) {
      await this.close(
        fresh.filter(({ status }) => status === decision),
        decision,
        trx,
      )
    }
    return answers
  }

  /** Where one writes at a time and nothing can be locked: an update of nothing, and it is us from here on. */
  private async claim(trx: Knex.Transaction): Promise<void> {
    const { names, spelling } = this.database
    if (spelling.forUpdate !== '') return
    await this.database.change(`update ${names.halfMessages} set lease = lease where 1 = 0`, [], trx)
  }

  private async close(
    halves: readonly HalfMessage[],
    decision: Decision,
    trx: Knex.Transaction,
  ): Promise<void> {
    if (halves.length === 0) return
    const { names, now } = this.database
    const marks = halves.map(() => '?').join(', ')
    const ids = halves.map(({ message }) => bytesOf(message.id))
    await this.database.change(
      `update ${names.halfMessages} set status = ?, decided_at = ${now}, next_check_at = null
       where id in (${marks})`,
      [decision, ...ids],
      trx,
    )
    const messages = halves.map(({ message }) => message)
    if (decision === 'committed') await this.outbox.write(trx, messages)
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
