import type { Message } from './message.js'

/** Where a message stands in its shard: told apart and compared by the outbox alone. */
export type Position = number | string

/** A message as it waits in an outbox. */
export interface WaitingMessage {
  readonly position: Position
  readonly message: Message
}

export interface KeyName {
  readonly aggregate: string
  readonly key: string
}

/** Attempts to send the first message of a key. */
export interface Attempts {
  readonly position: Position
  readonly started: number
  /** Of those begun, how many ended: a process that died leaves them apart. */
  readonly finished: number
  /** Of the last one that failed. */
  readonly error: string
}

/** A message to be set aside, with the attempts that were made. */
export interface Parking extends Attempts {
  readonly message: Message
}

/** A message that waits for an operator. */
export interface ParkedMessage {
  readonly shard: string
  readonly message: Message
  /** `null`: it was set aside because an earlier one of its key was. */
  readonly reason: string | null
  readonly started: number
  readonly finished: number
  /** Store's clock, ms since the epoch. */
  readonly parkedAt: number
}

export interface OutboxMetrics {
  /** Messages that wait, parked ones not counted. */
  readonly depth: number
  /** Age of the oldest of them by the store's clock, ms; `null` where none waits. */
  readonly oldestMs: number | null
  readonly parked: number
  /** Keys in trouble, and keys set aside as a whole. */
  readonly blockedKeys: number
}

/** How it stands with a key whose messages could not be sent: outlives the relay that met it. */
export interface KeyTrouble extends KeyName, Attempts {}

/**
 * The right to relay one shard. It ends with its time, and whatever is asked by one that ended rejects with `fenced`
 * and changes nothing.
 */
export interface OutboxLease {
  readonly shard: string
  /** Grows with every lease of the shard. */
  readonly fence: number
  /** Leases in a row that ended without being released and without anything acknowledged: their processes died. */
  readonly deaths: number
  /** The keys that were in trouble when the last lease ended. */
  readonly troubles: readonly KeyTrouble[]
  /** @throws HoldfastError `fenced` */
  renew(leaseMs: number): Promise<void>
  /**
   * The next messages that this lease has not read yet, at most about `limit`; those of one key in the order in which
   * they were committed. What commits late is read when it has. Fewer than `limit`: nothing more is there now.
   * `rewind-needed`: messages wait again that lie behind.
   *
   * @throws HoldfastError `fenced`
   */
  read(limit: number): Promise<readonly WaitingMessage[] | 'rewind-needed'>
  /**
   * Reads from the beginning again: whatever waits and was not acknowledged. To be called with nothing under way.
   *
   * @throws HoldfastError `fenced`
   */
  rewind(): Promise<void>
  /**
   * They were sent: they are not read again, by anybody, and are deleted by and by.
   *
   * @throws HoldfastError `fenced`
   */
  acknowledge(positions: readonly Position[]): Promise<void>
  /**
   * Sets a message aside for an operator. `whole-key`: so are all of its key that come after it, read or not, those that
   * are still to be written included, until it is resumed.
   *
   * @throws HoldfastError `fenced`
   */
  park(message: Parking, reach: 'alone' | 'whole-key'): Promise<void>
  /**
   * Puts on record how it stands with a key, or that it is well again (`null`).
   *
   * @throws HoldfastError `fenced`
   */
  note(key: KeyName, trouble: Attempts | null): Promise<void>
  /** Ends it, so that another need not wait for the lease. Never rejects because it was fenced. */
  release(): Promise<void>
}

/**
 * Messages that were committed with the change they tell of, until they are sent. A key lies in one shard, and each shard is
 * relayed by one at a time.
 */
export interface Outbox {
  shards(): Promise<readonly string[]>
  /**
   * The right to relay a shard, for `leaseMs` of the store's clock; `null` while another has it.
   *
   * @param owner names the relay, for those who look into the store
   */
  lease(shard: string, owner: string, leaseMs: number): Promise<OutboxLease | null>
  metrics(): Promise<OutboxMetrics>
  /** Oldest first. */
  listParked(query: {
    readonly cursor: string | null
    readonly limit: number
  }): Promise<{ readonly messages: readonly ParkedMessage[]; readonly cursor: string | null }>
  /**
   * Lets a parked message wait again, with all of its key that was set aside with it, in their order.
   *
   * @returns how many messages wait again; 0: none of this id is parked
   */
  resume(shard: string, id: string): Promise<number>
  /** Drops a parked message for good; what was set aside with it waits again. `false`: none of this id is parked. */
  discard(shard: string, id: string): Promise<boolean>
}

/** Writes messages into an outbox within a transaction of the shop's own. */
export interface OutboxWriter<Transaction> {
  /** Lock the row of what a message tells of before: that keeps the messages of a key in order. */
  write(transaction: Transaction, messages: readonly Message[]): Promise<void>
}
