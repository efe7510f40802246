import type { Column, Row } from './column.js'

/** Rows to be inserted. Values that all of them share may be given once, as SQL. */
export interface Insert {
  readonly kind: 'insert'
  readonly table: string
  readonly columns: readonly Column[]
  readonly shared?: Readonly<Record<string, string>>
  readonly rows: readonly Row[]
  /** Much of what the same plan inserts later repeats these rows, and might be copied from them. */
  readonly isRepeated?: boolean
}

/**
 * Rows to be changed where their key and what is `expected` of them are as they were read: each must be found. The
 * values of a row are those of `key`, `expected`, `set` and `added`, one after another.
 */
export interface Update {
  readonly kind: 'update'
  readonly table: string
  readonly key: readonly Column[]
  readonly expected: readonly Column[]
  readonly set: readonly Column[]
  /** Columns that a value is added to. */
  readonly added: readonly Column[]
  /** What else holds of all rows, and is set on all, as SQL. */
  readonly shared?: Readonly<Record<string, string>>
  readonly sharedSet?: Readonly<Record<string, string>>
  readonly rows: readonly Row[]
}

/** Rows to be deleted, in the same manner. */
export interface Delete {
  readonly kind: 'delete'
  readonly table: string
  readonly key: readonly Column[]
  readonly expected: readonly Column[]
  readonly shared?: Readonly<Record<string, string>>
  readonly rows: readonly Row[]
}

/** Rows to be deleted, whether they are there or not. */
export interface Clear {
  readonly kind: 'clear'
  readonly table: string
  readonly key: readonly Column[]
  readonly rows: readonly Row[]
}

export type WriteStep = Insert | Update | Delete | Clear

/**
 * A row of the outbox. Its position comes from the partition as it is written. `account`: it tells of this account, whose
 * counters and version are put in as they are written; its payload then lacks them, and the closing brace.
 */
export interface PlannedEvent {
  /** As it was read; another where the partition has gone on until it is written, unless it `hasIds` of its own. */
  readonly id: string
  readonly aggregatetype: string
  readonly aggregateid: string
  readonly type: string
  readonly payload: string
  readonly version: number
  readonly orderVersion: number | null
  readonly at: number
  readonly account?: number
}

/** All that one transaction writes, beside rows of the shop's own. */
export interface WritePlan {
  /** Whose epoch must still be this. */
  readonly epoch: number
  /** How far the partition's sequence goes on: 1, or 0 where there are no events. */
  readonly sequences: number
  readonly steps: readonly WriteStep[]
  readonly accounts: Update
  readonly events: readonly PlannedEvent[]
  /** Whether events come with their ids, as those of another store do. */
  readonly hasIds: boolean
  /** Names this transaction, so that it can be asked for: it commits at most once. */
  readonly token: string | null
}
