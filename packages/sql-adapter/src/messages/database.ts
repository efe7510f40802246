import { HoldfastError, type StoreClock } from '@holdfast/core/adapter'
import type { Knex } from 'knex'
import { clientOf } from '../dialects/connections.js'
import { dialectOf } from '../dialects/dialect-of.js'
import { type TableNames, tableNames } from '../dialects/table-names.js'
import type { SqlStoreOptions } from '../options.js'
import { SPELLINGS, type Spelling } from './spelling.js'

export type MessageOptions = Pick<SqlStoreOptions, 'tablePrefix' | 'clock'>

/** A value in a row as any of the drivers gives it. */
export type Value = number | string | bigint | Buffer | null | boolean | Date
export type Row = Readonly<Record<string, Value>>

/** The database that messages are kept in: a shop's own knex, its tables, its clock, its way of spelling. */
export class MessageDatabase {
  readonly names: TableNames
  readonly spelling: Spelling
  private readonly clock: StoreClock | undefined

  /** @throws HoldfastError `invalid-argument` with the path of the option at fault */
  constructor(
    readonly knex: Knex,
    { tablePrefix = 'holdfast_', clock }: MessageOptions = {},
  ) {
    this.names = tableNames(tablePrefix)
    this.clock = clock
    // Refuses what it does not know.
    dialectOf(knex, this.names, clock)
    this.spelling = SPELLINGS[clientOf(knex).driverName as keyof typeof SPELLINGS]
  }

  /** The time in ms since the epoch, as SQL. */
  get now(): string {
    return this.clock === undefined ? this.spelling.now : String(Math.trunc(this.clock.now()))
  }

  async migrate(): Promise<void> {
    await dialectOf(this.knex, this.names, this.clock).migrate()
  }

  /** `?` stands for a value. */
  async rows(sql: string, values: readonly unknown[] = [], on: Knex = this.knex): Promise<readonly Row[]> {
    return this.spelling.rowsOf(await on.raw(sql, values as never))
  }

  /** @returns how many rows were changed */
  async change(sql: string, values: readonly unknown[] = [], on: Knex = this.knex): Promise<number> {
    return this.spelling.changedIn(await on.raw(sql, values as never))
  }

  /** Runs `work` in one transaction, and again where another was in the way. */
  async transaction<T>(work: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.knex.transaction(work, this.spelling.transaction)
      } catch (error) {
        if (tries === MOST_TRIES || !this.spelling.isPassing(error)) throw error
      }
    }
  }
}

/** Deadlocks in a row that end in their error. */
const MOST_TRIES = 10

export function numberOf(value: Value | undefined): number {
  const number = Number(value)
  if (Number.isSafeInteger(number)) return number
  throw new HoldfastError('store-failed', `a number in the database is none, or too large`)
}

export function bytesOf(text: string): Buffer {
  return Buffer.from(text, 'utf8')
}

export function textOf(value: Value | undefined): string {
  return Buffer.isBuffer(value) ? value.toString('utf8') : String(value)
}

export function textOrNull(value: Value | undefined): string | null {
  return value === null || value === undefined ? null : textOf(value)
}

export function numberOrNull(value: Value | undefined): number | null {
  return value === null || value === undefined ? null : numberOf(value)
}

/** `(?, ?), (?, ?)` */
export function tuples(rows: number, columns: number): string {
  const tuple = `(${Array(columns).fill('?').join(', ')})`
  return Array(rows).fill(tuple).join(', ')
}
