import type { IncomingRecord } from './message.js'

/** Records of one partition, in order, without gaps but for what the broker itself has dropped. */
export interface SourceBatch {
  readonly topic: string
  readonly partition: number
  readonly records: readonly IncomingRecord[]
  /** Aborted once the partition is no longer this consumer's, or the source is closing: nothing is to be begun then. */
  readonly signal: AbortSignal
}

/** How far a batch was handled. */
export interface Handled {
  /** So many of its records, from the first, need not come again; the rest is handed out again. */
  readonly records: number
  /** The partition rests so long before the rest comes, ms; 0 where all was handled. */
  readonly pauseMs: number
}

/**
 * Where records come from. One batch of a partition at a time; other partitions go on meanwhile. Positions are committed
 * only after `handle` has answered for them, so that what was handed out and not answered comes again: to this consumer or
 * to another.
 */
export interface MessageSource {
  /** Whose positions these are: those of one group share the partitions. */
  readonly groupId: string
  /**
   * Hands out batches from now on. A `handle` that rejects has handled nothing, and its batch comes again after
   * `retryAfterMs`.
   */
  start(
    topics: readonly string[],
    handle: (batch: SourceBatch) => Promise<Handled>,
    on: SourceEvents,
  ): Promise<void>
  /** Begins no batch, waits for those under way, commits what they handled, leaves the group. */
  close(): Promise<void>
}

export interface SourceEvents {
  /** Something failed that is tried again. */
  error(error: unknown): void
  /** The source has given up and hands out nothing more. */
  crashed(error: unknown): void
}
