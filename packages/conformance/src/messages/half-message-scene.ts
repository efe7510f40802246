import type { HalfMessageStore, LocalTransactions } from '@holdfast/core/adapter'
import type { MessageCase } from './suite.js'

/** Half messages, and the local transactions that they tell of. */
export interface HalfMessagesUnderTest<Transaction = unknown> {
  readonly halfMessages: HalfMessageStore
  /** The same as another process has it. */
  readonly other: HalfMessageStore
  readonly transactions: LocalTransactions<Transaction>
  /** Writes an entry of the sender's own, in the transaction. */
  write(transaction: Transaction, entry: string): Promise<void>
  /** Entries that committed, in order. */
  entries(): Promise<readonly string[]>
  /** Ids that wait in the outbox. */
  sent(): Promise<readonly string[]>
  close(): Promise<void>
}

export const MINUTE = 60_000

type Pass = (ms: number) => void

export function scene(
  name: string,
  run: (store: HalfMessagesUnderTest, pass: Pass) => Promise<void>,
): MessageCase<HalfMessagesUnderTest> {
  return { name, run: (store, clock) => run(store, (ms) => clock.pass(ms)) }
}
