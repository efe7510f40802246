import {
  HoldfastError,
  type KeyName,
  type KeyTrouble,
  type OutboxLease,
  type Parking,
  type Position,
  type SendAttempts,
  type WaitingMessage,
} from '@holdfast/core/adapter'
import { bytesOf, type MessageDatabase, numberOf, type Row, textOf } from './database.js'
import { Gaps } from './gaps.js'
import { type Aside, asideOf, type Placed, type Shard } from './shards.js'
import type { Range } from './spelling.js'

interface Taken {
  readonly fence: number
  readonly deaths: number
  readonly resumed: number
  readonly low: number
}

/**
 * Reads by number, onwards from the last one read. Numbers that were passed over are looked for in the same statement, so that a
 * row that commits late is read before whatever was written after it: a look of its own would find it behind those.
 */
export class SqlLease implements OutboxLease {
  readonly shard: string
  readonly fence: number
  readonly deaths: number
  private readonly gaps: Gaps
  private after = 0
  /** Up to here nothing is missing: what is not there was sent, or never came. */
  private low: number
  private resumed: number
  /** Messages of a row that were not acknowledged, where it has several. */
  private readonly open = new Map<number, number>()

  private constructor(
    private readonly database: MessageDatabase,
    private readonly from: Shard,
    taken: Taken,
    readonly troubles: readonly KeyTrouble[],
    private asides: readonly Aside[],
  ) {
    this.shard = from.name
    this.fence = taken.fence
    this.deaths = taken.deaths
    this.low = taken.low
    this.resumed = taken.resumed
    this.gaps = new Gaps(database)
  }

  static async begin(database: MessageDatabase, shard: Shard, taken: Taken): Promise<SqlLease> {
    const { troubles } = database.names
    const rows = await database.rows(`select * from ${troubles} where shard = ?`, [shard.name])
    return new SqlLease(database, shard, taken, rows.map(troubleOf), await shard.asides())
  }

  async renew(leaseMs: number): Promise<void> {
    const { names, now } = this.database
    const renewed = await this.database.change(
      `update ${names.relays} set leased_until = ${now} + ?, deaths = -1, low = ?
       where shard = ? and fence = ? and leased_until > ${now}`,
      [leaseMs, this.lowest(), this.shard, this.fence],
    )
    if (renewed === 0) throw this.fenced()
  }

  async read(limit: number): Promise<readonly WaitingMessage[] | 'rewind-needed'> {
    const rows = await this.ask(limit)
    const [first] = rows
    if (first === undefined) throw this.fenced()
    if (numberOf(first.resumed) !== this.resumed) return 'rewind-needed'
    const found = rows.filter(({ seq }) => seq !== null)
    await this.keepGaps(found, first.seen)
    return found.flatMap((row) => {
      const placed = this.from.placedOf(row)
      if (placed.length > 1) this.open.set(numberOf(row.seq), placed.length)
      return this.asides.length === 0 ? placed : placed.filter((one) => !this.isSetAside(one))
    })
  }

  async rewind(): Promise<void> {
    const { relays } = this.database.names
    await this.check()
    const [row] = await this.database.rows(`select resumed from ${relays} where shard = ?`, [this.shard])
    this.asides = await this.from.asides()
    this.low = this.lowest()
    this.gaps.clear()
    this.open.clear()
    this.after = 0
    this.resumed = numberOf(row?.resumed)
  }

  async acknowledge(positions: readonly Position[]): Promise<void> {
    await this.check()
    const numbers = positions
      .map((position) => this.from.rowOf(position as number))
      .filter((row) => this.isOver(row))
    if (numbers.length === 0) return
    const { spelling } = this.database
    for (const { sql, values } of spelling.deleteNumbered(this.from.table, numbers))
      await this.database.change(sql, values)
  }

  async park(parking: Parking, reach: 'alone' | 'whole-key'): Promise<void> {
    const { database } = this
    const { names, spelling, now } = database
    await this.check()
    const { message, started, finished, error } = parking
    const { id, aggregate, key } = message
    const position = parking.position as number
    await database.change(
      spelling.insertNew(
        `insert into ${names.parked}
           (shard, position, id, aggregatetype, aggregateid, reach, started, finished, error, at)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ${now})`,
      ),
      [this.shard, position, bytesOf(id), aggregate, bytesOf(key), reach, started, finished, error],
    )
    this.asides = [...this.asides, { position, reach, aggregate, key, started, finished, error, at: 0 }]
    await this.note(message, null)
  }

  async note({ aggregate, key }: KeyName, trouble: SendAttempts | null): Promise<void> {
    const { database } = this
    const { names, spelling } = database
    await this.check()
    if (trouble === null) {
      await database.change(
        `delete from ${names.troubles} where shard = ? and aggregatetype = ? and aggregateid = ?`,
        [this.shard, aggregate, bytesOf(key)],
      )
      return
    }
    const { position, started, finished, error } = trouble
    const set = 'position = ?, started = ?, finished = ?, error = ?'
    await database.change(
      `insert into ${names.troubles} (shard, aggregatetype, aggregateid, position, started, finished, error)
       values (?, ?, ?, ?, ?, ?, ?) ${spelling.onConflict('shard, aggregatetype, aggregateid', set)}`,
      [
        this.shard,
        aggregate,
        bytesOf(key),
        ...[position, started, finished, error],
        ...[position, started, finished, error],
      ],
    )
  }

  async release(): Promise<void> {
    const { relays } = this.database.names
    await this.database.change(
      `update ${relays} set leased_until = 0, deaths = -1, low = ? where shard = ? and fence = ?`,
      [this.lowest(), this.shard, this.fence],
    )
  }

  /** One statement, and so one state of the database: the lease, what was passed over, what comes next. */
  private ask(limit: number): Promise<readonly Row[]> {
    const { names, spelling, now } = this.database
    const { table, columns } = this.from
    const { ranges } = this.gaps
    const missing = ranges.length === 0 ? null : spelling.readRanges(table, `seq, ${columns}`, ranges)
    const late = missing === null ? '' : `${missing.sql} union all `
    const seen = missing === null ? null : spelling.dropGaps.column
    const sql = `select l.resumed, ${seen ?? 'null'} as seen, m.* from ${names.relays} l
      left join (${late}select * from (
        select seq, ${columns} from ${table} where seq > ? order by seq limit ?) n) m on 1 = 1
      where l.shard = ? and l.fence = ? and l.leased_until > ${now} order by m.seq`
    return this.database.rows(sql, [...(missing?.values ?? []), this.after, limit, this.shard, this.fence])
  }

  private async keepGaps(rows: readonly Row[], seen: Row[string] | undefined): Promise<void> {
    const passed: Range[] = []
    let last = this.after
    for (const row of rows) {
      const number = numberOf(row.seq)
      if (number <= this.after) {
        this.gaps.filled(number)
        continue
      }
      const first = Math.max(last, this.low) + 1
      if (first < number) passed.push([first, number - 1])
      last = number
    }
    this.after = last
    if (!this.from.hasGaps) return
    if (seen !== null && seen !== undefined) await this.gaps.close(BigInt(String(seen)))
    if (this.database.spelling.dropGaps.column !== null) await this.gaps.open(passed)
  }

  private lowest(): number {
    const missing = this.gaps.lowest()
    return Math.max(this.low, missing === null ? this.after : missing - 1)
  }

  private isSetAside(placed: Placed): boolean {
    return asideOf(placed, this.asides) !== null
  }

  /** Whether all messages of a row were acknowledged. */
  private isOver(row: number): boolean {
    const open = this.open.get(row)
    if (open === undefined) return true
    if (open > 1) this.open.set(row, open - 1)
    else this.open.delete(row)
    return open === 1
  }

  private async check(): Promise<void> {
    const { names, now } = this.database
    const sql = `select 1 as held from ${names.relays} where shard = ? and fence = ? and leased_until > ${now}`
    const rows = await this.database.rows(sql, [this.shard, this.fence])
    if (rows.length === 0) throw this.fenced()
  }

  private fenced(): HoldfastError {
    return new HoldfastError('fenced', `the lease ${this.fence} of shard ${this.shard} is over`)
  }
}

function troubleOf(row: Row): KeyTrouble {
  return {
    aggregate: textOf(row.aggregatetype),
    key: textOf(row.aggregateid),
    position: numberOf(row.position),
    started: numberOf(row.started),
    finished: numberOf(row.finished),
    error: textOf(row.error),
  }
}
