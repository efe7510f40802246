import type { TableRow } from '@holdfast/core/adapter'
import type { Migration } from '../migrate.js'
import type { TableNames } from '../table-names.js'
import type { Row } from './column.js'
import type { Question } from './question.js'
import type { WritePlan, WriteStep } from './write-plan.js'

/** What is to be thought of a driver's error. */
export type Trouble =
  /** What was read is no longer so, or somebody else was in the way: the next try may succeed. */
  | 'passing'
  /** A constraint refused a change. */
  | 'constraint'
  /** The connection broke: what was under way may have been done or not. */
  | 'lost'
  | 'other'

/** What a plan wrote; `null`: nothing, because the partition's epoch is another, or is not there. */
export type Written = { readonly sequence: number; readonly events: number } | null

/** One connection of a driver, and all that its engine does in a manner of its own. */
export interface Engine {
  /** Whether it can write a plan in one go. */
  readonly writesAlone: boolean
  begin(): Promise<void>
  /** A transaction whose reads all see one state. */
  beginSnapshot(): Promise<void>
  commit(): Promise<void>
  rollback(): Promise<void>
  /** `?` stands for a parameter; strings that are bytes in the database come as buffers. */
  query(sql: string, parameters: readonly unknown[]): Promise<readonly (readonly unknown[])[]>
  /** Answers in the order of the questions. `locking`: as the rows are now, whatever the transaction saw before. */
  ask(questions: readonly Question[], locking: boolean): Promise<readonly (readonly Row[])[]>
  /** The same outside of any transaction: all that is asked for by keys is answered as of one moment. */
  askAtOnce(questions: readonly Question[]): Promise<readonly (readonly Row[])[]>
  /** Locks the partition, alone: nobody else writes until the transaction ends. */
  lockPartition(names: TableNames): Promise<void>
  /** @throws a `passing` error where a row is not as expected */
  write(plan: WritePlan, names: TableNames): Promise<Written>
  /** As a transaction of its own: when it is answered all of it is committed. The plan has a token. */
  writeAlone(plan: WritePlan, names: TableNames): Promise<Written>
  writeStep(step: WriteStep): Promise<void>
  insertRows(rows: readonly TableRow[]): Promise<void>
  /** Lets nobody else migrate these tables until the connection ends. */
  lockMigrations(names: TableNames): Promise<void>
  /**
   * Registers the token of a transaction that may not have committed as disowned, unless it is there: then it never will.
   * It may be asked again and again.
   */
  disown(token: string, names: TableNames): Promise<void>
}

/** A kind of server. */
export interface Server {
  readonly name: string
  readonly migrations: readonly Migration[]
  /** Store's clock, ms, as SQL. */
  readonly now: string
  engineOn(connection: unknown): Engine
  readonly troubleOf: (error: unknown) => Trouble
  /** While the schema is made: another process is at it, or was a moment faster. */
  readonly isPassing: (error: unknown) => boolean
}
