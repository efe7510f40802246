import type { Verdict } from './producer-client.js'

/** What a leader says of records that it did not append, and may at another time or another place. */
const RETRIABLE = new Set([
  'CLUSTER_AUTHORIZATION_FAILED',
  'FENCED_LEADER_EPOCH',
  'KAFKA_STORAGE_ERROR',
  'LEADER_NOT_AVAILABLE',
  'NOT_ENOUGH_REPLICAS',
  'NOT_LEADER_FOR_PARTITION',
  'NOT_LEADER_OR_FOLLOWER',
  'REPLICA_NOT_AVAILABLE',
  'THROTTLING_QUOTA_EXCEEDED',
  'TOPIC_AUTHORIZATION_FAILED',
  'UNKNOWN_LEADER_EPOCH',
  'UNKNOWN_TOPIC_ID',
  'UNKNOWN_TOPIC_OR_PART',
  'UNKNOWN_TOPIC_OR_PARTITION',
  // What librdkafka says before it sends anything.
  '_UNKNOWN_PARTITION',
  '_UNKNOWN_TOPIC',
])

/** What it says of records that it never will append. */
const FATAL = new Set([
  'INVALID_RECORD',
  'INVALID_TIMESTAMP',
  'INVALID_TOPIC_EXCEPTION',
  'MESSAGE_TOO_LARGE',
  'MSG_SIZE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'UNSUPPORTED_FOR_MESSAGE_FORMAT',
])

/**
 * A verdict from Kafka's names of the errors that a send met, all of them. Only a broker's own refusal is definite:
 * after a time-out, a lost connection or whatever else a client may say, the records may be there.
 */
export function verdictOfNames(names: readonly string[]): Verdict {
  if (names.length === 0) return 'unknown'
  if (names.every((name) => FATAL.has(name))) return 'fatal'
  return names.every((name) => FATAL.has(name) || RETRIABLE.has(name)) ? 'retriable' : 'unknown'
}
