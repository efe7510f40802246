import type { Message } from '../../port/message.js'
import type { KeyName, Outbox, ParkedMessage } from '../../port/outbox.js'
import type { Publisher } from '../../port/publisher.js'
import type { Scheduler } from '../../scheduler.js'
import type { TopicOf } from '../envelope.js'

/**
 * What becomes of a message whose attempts are spent.
 *
 * - `block-key`: it is tried for ever, and its key waits
 * - `park-key`: it waits for an operator, and so does all that its key has and gets
 * - `skip-after-n`: it waits for an operator alone, and its key goes on without it
 */
export type PoisonPolicy = 'block-key' | 'park-key' | 'skip-after-n'

/** What a relay tells of. */
export interface RelayTelling {
  /** Something failed that is tried again. */
  error(error: unknown): void
  parked(message: Omit<ParkedMessage, 'parkedAt'>): void
  /** The attempts of a key's first message are spent, and it goes on being tried. */
  blocked(blocked: KeyName & { readonly message: Message; readonly error: unknown }): void
  /** So many messages were acked by the broker. */
  sent(count: number): void
}

/** A relay's options, checked and complete. */
export interface RelaySetting {
  readonly outbox: Outbox
  readonly publisher: Publisher
  readonly source: string
  readonly topicOf: TopicOf
  readonly owner: string
  readonly leaseMs: number
  /** Messages of one read. */
  readonly batch: number
  /** Reads whose messages may be under way at once. */
  readonly ahead: number
  readonly poisonOf: (message: Message) => PoisonPolicy
  /** Failed attempts after which a message is poison. */
  readonly attempts: number
  readonly retry: { readonly firstMs: number; readonly longestMs: number }
  /** Rests while nothing is to be sent. */
  readonly idle: { readonly firstMs: number; readonly longestMs: number }
  readonly scheduler: Scheduler
  readonly tell: RelayTelling
}
