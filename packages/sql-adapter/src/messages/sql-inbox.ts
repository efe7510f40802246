import type {
  Inbox,
  InboxAttempts,
  InboxStatus,
  InboxTransaction,
  Message,
  MessageName,
} from '@holdfast/core/adapter'
import type { Knex } from 'knex'
import {
  bytesOf,
  MessageDatabase,
  type MessageOptions,
  numberOf,
  type Row,
  textOf,
  tuples,
} from './database.js'
import { SqlOutbox } from './sql-outbox.js'

/** Messages that one statement names. */
const MOST_NAMED = 500

/**
 * Ids of messages already handled, in the database that their handlers write to. What a handler sends goes into the
 * outbox there.
 */
export class SqlInbox implements Inbox<Knex.Transaction> {
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

  async look(consumer: string, messages: readonly MessageName[]): Promise<readonly InboxAttempts[]> {
    const known = new Map<string, InboxAttempts>()
    for (const some of parted(messages)) {
      const { where, values } = this.those(consumer, some)
      const sql = `select source, id, started, finished, done_at from ${this.database.names.inbox} where ${where}`
      for (const row of await this.database.rows(sql, values)) known.set(nameIn(row), attemptsOf(row))
    }
    return messages.map(
      (message) => known.get(nameText(message)) ?? { status: 'not-seen', started: 0, finished: 0 },
    )
  }

  async begin(consumer: string, messages: readonly MessageName[]): Promise<void> {
    const { names, spelling } = this.database
    const { inbox } = names
    const set = `started = case when ${inbox}.done_at is null then ${inbox}.started + 1 else ${inbox}.started end`
    for (const some of parted(messages)) {
      const sql = `insert into ${inbox} (consumer, source, id, started, finished)
        values ${tuples(some.length, 5)} ${spelling.onConflict('consumer, source, id', set)}`
      const values = some.flatMap((message) => [...keyOf(consumer, message), 1, 0])
      await this.database.transaction((trx) => this.database.change(sql, values, trx))
    }
  }

  async handle(
    consumer: string,
    messages: readonly MessageName[],
    work: (transaction: InboxTransaction<Knex.Transaction>, fresh: readonly MessageName[]) => Promise<void>,
  ): Promise<void> {
    await this.database.transaction(async (trx) => {
      const fresh = await this.lockFresh(consumer, messages, trx)
      if (fresh.length === 0) return
      const send = (message: Message) => this.outbox.write(trx, [message])
      await work({ trx, send }, fresh)
      await this.end(consumer, fresh, `done_at = ${this.database.now}`, [], trx)
    })
  }

  async fail(consumer: string, messages: readonly MessageName[], error: string): Promise<void> {
    await this.end(consumer, messages, 'error = ?', [error], this.database.knex)
  }

  async giveUp(consumer: string, message: MessageName, error: string): Promise<void> {
    await this.end(
      consumer,
      [message],
      `error = ?, done_at = ${this.database.now}`,
      [error],
      this.database.knex,
    )
  }

  async status(consumer: string, message: MessageName): Promise<InboxStatus> {
    const [known] = await this.look(consumer, [message])
    return known?.status ?? 'not-seen'
  }

  async forget(retentionMs: number, limit: number): Promise<number> {
    const { names, now, spelling } = this.database
    return this.database.transaction(async (trx) => {
      const old = await this.database.rows(
        `select consumer, source, id from ${names.inbox} where done_at < ${now} - ?
         order by done_at limit ? ${spelling.skipLocked}`,
        [retentionMs, limit],
        trx,
      )
      for (let start = 0; start < old.length; start += MOST_NAMED) {
        const some = old.slice(start, start + MOST_NAMED)
        await this.database.change(
          `delete from ${names.inbox} where (consumer, source, id) in (${spelling.tuplesAre}${tuples(some.length, 3)})`,
          some.flatMap(({ consumer, source, id }) => [consumer, source, id]),
          trx,
        )
      }
      return old.length
    })
  }

  /** Those that nobody has done: their rows are this transaction's until it ends. */
  private async lockFresh(consumer: string, messages: readonly MessageName[], trx: Knex.Transaction) {
    const { names, spelling } = this.database
    const done = new Set<string>()
    for (const some of parted(messages)) {
      await this.database.change(
        spelling.insertNew(
          `insert into ${names.inbox} (consumer, source, id, started, finished) values ${tuples(some.length, 5)}`,
        ),
        some.flatMap((message) => [...keyOf(consumer, message), 1, 0]),
        trx,
      )
      const { where, values } = this.those(consumer, some)
      const sql = `select source, id, done_at from ${names.inbox} where ${where}
        order by consumer, source, id ${spelling.forUpdate}`
      for (const row of await this.database.rows(sql, values, trx))
        if (row.done_at !== null) done.add(nameIn(row))
    }
    return messages.filter((message) => !done.has(nameText(message)))
  }

  private async end(
    consumer: string,
    messages: readonly MessageName[],
    set: string,
    given: readonly unknown[],
    on: Knex,
  ): Promise<void> {
    for (const some of parted(messages)) {
      const { where, values } = this.those(consumer, some)
      await this.database.change(
        `update ${this.database.names.inbox} set finished = finished + 1, ${set} where ${where} and done_at is null`,
        [...given, ...values],
        on,
      )
    }
  }

  private those(consumer: string, messages: readonly MessageName[]) {
    const { tuplesAre } = this.database.spelling
    return {
      where: `consumer = ? and (source, id) in (${tuplesAre}${tuples(messages.length, 2)})`,
      values: [bytesOf(consumer), ...messages.flatMap(({ source, id }) => [bytesOf(source), bytesOf(id)])],
    }
  }
}

/** Each once, in one order for all, so that nobody waits in a circle. */
function parted(messages: readonly MessageName[]): readonly (readonly MessageName[])[] {
  const sorted = [...new Map(messages.map((message) => [nameText(message), message]))]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, message]) => message)
  const parts: (readonly MessageName[])[] = []
  for (let start = 0; start < sorted.length; start += MOST_NAMED)
    parts.push(sorted.slice(start, start + MOST_NAMED))
  return parts
}

function keyOf(consumer: string, { source, id }: MessageName): readonly Buffer[] {
  return [bytesOf(consumer), bytesOf(source), bytesOf(id)]
}

function nameText({ source, id }: MessageName): string {
  return JSON.stringify([source, id])
}

function nameIn(row: Row): string {
  return nameText({ source: textOf(row.source), id: textOf(row.id) })
}

function attemptsOf(row: Row): InboxAttempts {
  return {
    status: row.done_at === null ? 'in-progress' : 'done',
    started: numberOf(row.started),
    finished: numberOf(row.finished),
  }
}
