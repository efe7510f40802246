/** How a source reads. */
export interface KafkaSourceOptions {
  readonly groupId: string
  /** Where a group begins that has read nothing yet; `beginning` if absent, so that nothing is missed. */
  readonly from?: 'beginning' | 'end'
  /** How many partitions are handled at the same time; 4 if absent. */
  readonly partitionsAtOnce?: number
  /** A consumer that is silent for so long is taken for dead, ms; 30,000 if absent. */
  readonly sessionTimeoutMs?: number
}

/** How long a batch rests whose handling failed, ms. */
export const RETRY_AFTER = 1_000
