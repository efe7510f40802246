import type {
  Message,
  Outbox,
  OutboxLease,
  OutboxMetrics,
  OutboxWriter,
  ParkedMessage,
} from '@holdfast/core/adapter'
import type { Knex } from 'knex'
import {
  bytesOf,
  MessageDatabase,
  type MessageOptions,
  numberOf,
  numberOrNull,
  textOf,
  tuples,
} from './database.js'
import { valuesOf } from './message-row.js'
import { type Shard, shardsOf } from './shards.js'
import { MESSAGE_COLUMNS } from './spelling.js'
import { SqlLease } from './sql-lease.js'

/** Messages written by one statement at most: a few thousand parameters. */
const MOST_WRITTEN = 500

/**
 * What waits to be sent, in a shop's own database: messages of its own in the shard `messages`, and what the store tells of in
 * `events`. Each is relayed by one at a time; a key's order is kept within its shard.
 */
export class SqlOutbox implements Outbox, OutboxWriter<Knex.Transaction> {
  private readonly database: MessageDatabase
  private readonly all: ReadonlyMap<string, Shard>

  /**
   * On the caller's own knex, which the caller closes. Call `migrate()`, or the store's, before the first use.
   *
   * @throws HoldfastError `invalid-argument` with the path of the option at fault
   */
  constructor(knex: Knex, options: MessageOptions = {}) {
    this.database = new MessageDatabase(knex, options)
    this.all = new Map(shardsOf(this.database).map((shard) => [shard.name, shard]))
  }

  async migrate(): Promise<void> {
    await this.database.migrate()
  }

  async write(transaction: Knex.Transaction, messages: readonly Message[]): Promise<void> {
    const { names, spelling } = this.database
    for (let start = 0; start < messages.length; start += MOST_WRITTEN) {
      const some = messages.slice(start, start + MOST_WRITTEN)
      const values = some.flatMap(valuesOf)
      const sql = spelling.insertNumbered(names.messages, MESSAGE_COLUMNS, tuples(some.length, 7))
      await this.database.change(sql, values, transaction)
    }
  }

  async shards(): Promise<readonly string[]> {
    const { names, spelling } = this.database
    const shards = [...this.all.keys()]
    const columns = 'shard, fence, owner, leased_until, deaths, resumed, low'
    const rows = shards.map(() => `(?, 0, '', 0, -1, 0, 0)`).join(', ')
    await this.database.change(
      spelling.insertNew(`insert into ${names.relays} (${columns}) values ${rows}`),
      shards,
    )
    return shards
  }

  async lease(shard: string, owner: string, leaseMs: number): Promise<OutboxLease | null> {
    const { database } = this
    const { names, now } = database
    const taken = await database.change(
      `update ${names.relays} set fence = fence + 1, owner = ?, deaths = deaths + 1, leased_until = ${now} + ?
       where shard = ? and leased_until <= ${now}`,
      [owner, leaseMs, shard],
    )
    if (taken === 0) return null
    // Nobody else takes it as long as it is this one's.
    const [row] = await database.rows(
      `select fence, deaths, resumed, low from ${names.relays} where shard = ? and owner = ?`,
      [shard, owner],
    )
    if (row === undefined) return null
    return SqlLease.begin(database, this.named(shard), {
      fence: numberOf(row.fence),
      deaths: numberOf(row.deaths),
      resumed: numberOf(row.resumed),
      low: numberOf(row.low),
    })
  }

  async metrics(): Promise<OutboxMetrics> {
    const { database } = this
    const { names, now } = database
    let depth = 0
    let parked = 0
    let oldestMs: number | null = null
    for (const shard of this.all.values()) {
      const aside = shard.isSetAside('m')
      const [row] = await database.rows(
        `select count(*) as everything, sum(case when ${aside} then 1 else 0 end) as parked,
           ${now} - min(case when ${aside} then null else at end) as oldest
         from ${shard.table} m`,
        [],
      )
      const everything = numberOf(row?.everything)
      const setAside = numberOrNull(row?.parked) ?? 0
      depth += everything - setAside
      parked += setAside
      const oldest = numberOrNull(row?.oldest)
      if (oldest !== null) oldestMs = Math.max(oldestMs ?? 0, oldest)
    }
    const [keys] = await database.rows(
      `select count(*) as blocked from (
         select shard, aggregatetype, aggregateid from ${names.troubles}
         union select shard, aggregatetype, aggregateid from ${names.parked} where reach = 'whole-key') k`,
    )
    return { depth, oldestMs, parked, blockedKeys: numberOf(keys?.blocked) }
  }

  async listParked({ cursor, limit }: { readonly cursor: string | null; readonly limit: number }) {
    const [from, after] = cursor === null ? ['', -1] : (JSON.parse(cursor) as [string, number])
    const messages: ParkedMessage[] = []
    let last = -1
    let lastShard = from
    for (const shard of [...this.all.values()].sort((one, other) => (one.name < other.name ? -1 : 1))) {
      if (shard.name < from) continue
      const found = await shard.listParked(shard.name === from ? after : -1, limit + 1 - messages.length)
      for (const { position, ...message } of found) {
        if (messages.length === limit) {
          return { messages, cursor: JSON.stringify([lastShard, last]) }
        }
        messages.push(message)
        last = position
        lastShard = shard.name
      }
    }
    return { messages, cursor: null }
  }

  resume(shard: string, id: string): Promise<number> {
    return this.endParking(shard, id, async () => {})
  }

  async discard(shard: string, id: string): Promise<boolean> {
    const dropped = await this.endParking(shard, id, async (position, trx) => {
      const { table, rowOf } = this.named(shard)
      await this.database.change(`delete from ${table} where seq = ?`, [rowOf(position)], trx)
    })
    return dropped > 0
  }

  private async endParking(
    name: string,
    id: string,
    also: (position: number, trx: Knex.Transaction) => Promise<void>,
  ): Promise<number> {
    const { database } = this
    const { names } = database
    return database.transaction(async (trx) => {
      const shard = this.named(name)
      const [parked] = await database.rows(
        `select position, reach, aggregatetype, aggregateid from ${names.parked} where shard = ? and id = ?`,
        [name, bytesOf(id)],
        trx,
      )
      if (parked === undefined) return 0
      const position = numberOf(parked.position)
      const freed =
        textOf(parked.reach) === 'whole-key'
          ? await shard.countOfKey(textOf(parked.aggregatetype), parked.aggregateid as Buffer, position, trx)
          : 1
      await database.change(
        `delete from ${names.parked} where shard = ? and position = ?`,
        [name, position],
        trx,
      )
      await database.change(`update ${names.relays} set resumed = resumed + 1 where shard = ?`, [name], trx)
      await also(position, trx)
      return freed
    })
  }

  private named(name: string): Shard {
    const shard = this.all.get(name)
    if (shard === undefined) throw new RangeError(`there is no shard ${name}`)
    return shard
  }
}
