import type { OutgoingRecord } from './message.js'

/** What became of one record. */
export type Sent =
  /** The broker has it, as durably as was asked for. */
  | { readonly kind: 'acked' }
  /** It was not taken, and may be at a later try. */
  | { readonly kind: 'retriable'; readonly error: unknown }
  /** It will never be taken as it is: too large, or not allowed. */
  | { readonly kind: 'fatal'; readonly error: unknown }
  /** Nobody knows: sent again, it may be there twice. */
  | { readonly kind: 'unknown'; readonly error: unknown }

export interface PublisherCapabilities {
  /** Acknowledged records survive the loss of any one broker. */
  readonly durable: boolean
  /** Most records of one batch. */
  readonly maxRecords: number
  /** Most bytes of the keys, values and headers of one batch, about; one record alone may be larger, and fail. */
  readonly maxBytes: number
  /** A batch is taken or refused as a whole: one bad record fails its neighbours, until they are sent apart. */
  readonly batches: 'whole' | 'by-record'
}

/**
 * Where messages go. It keeps no order of its own beyond a batch: whoever uses it has at most one batch of a track in
 * flight, and sends the next when this one is answered.
 */
export interface Publisher {
  readonly capabilities: PublisherCapabilities
  /** Gets ready, and learns what tracks there are. May be called again, and does nothing then. */
  connect(): Promise<void>
  /**
   * What keeps records in order: a partition of a topic. Records of one topic and key share a track as long as the topic
   * keeps its partitions. Pure after `connect`; a topic that is not known yet is a track of its own.
   */
  trackOf(topic: string, key: string): string
  /**
   * Sends records of one track, in order: no record is acked while an earlier one of its key is not. Answers one by
   * one, in order, and never rejects for a broker's sake.
   */
  publishBatch(records: readonly OutgoingRecord[]): Promise<readonly Sent[]>
  /** Waits for what is under way; closes only what it opened itself. */
  close(): Promise<void>
}
