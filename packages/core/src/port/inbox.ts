import type { Message, MessageName } from './message.js'

/** What an inbox knows of a message. */
export type InboxStatus = 'done' | 'in-progress' | 'not-seen'

/** Attempts to handle a message. Begun and not ended: somebody is at it, or died. */
export interface InboxAttempts {
  readonly status: InboxStatus
  readonly started: number
  /** Of those, how many ended, by an answer or by an error. */
  readonly finished: number
}

/** What a handler of a message finds. */
export interface InboxTransaction<Transaction> {
  /** The database's own: what is written by it commits with the inbox's row, or not at all. */
  readonly trx: Transaction
  /** Writes a message of the consumer's own into its outbox, in the same transaction. */
  send(message: Message): Promise<void>
}

/**
 * Ids of messages already handled, each once per consumer. An attempt is put on record before it begins, in a commit of
 * its own, so that others can ask after it and a process that died at it is known.
 */
export interface Inbox<Transaction = unknown> {
  /** One by one, in order. */
  look(consumer: string, messages: readonly MessageName[]): Promise<readonly InboxAttempts[]>
  /** Counts an attempt for each of them that is not done. */
  begin(consumer: string, messages: readonly MessageName[]): Promise<void>
  /**
   * Runs `work` and marks the messages done, in one transaction. Those that another has done meanwhile are left out of
   * what `work` is given; with none left it is not run. What `work` throws rolls everything back, and is thrown.
   */
  handle(
    consumer: string,
    messages: readonly MessageName[],
    work: (transaction: InboxTransaction<Transaction>, fresh: readonly MessageName[]) => Promise<void>,
  ): Promise<void>
  /** Counts an attempt that ended in an error, for each of them. */
  fail(consumer: string, messages: readonly MessageName[], error: string): Promise<void>
  /** Marks a message done that was handled elsewhere: sent to the dead letters. */
  giveUp(consumer: string, message: MessageName, error: string): Promise<void>
  /** A sender's question what became of its message. */
  status(consumer: string, message: MessageName): Promise<InboxStatus>
  /**
   * Forgets messages done longer ago than `retentionMs` of the store's clock, at most `limit`.
   *
   * @returns how many it forgot
   */
  forget(retentionMs: number, limit: number): Promise<number>
}
