import type { MessageSource, Publisher } from '@holdfast/core/adapter'
import type { KafkaPublisherOptions } from './publisher-options.js'
import type { KafkaSourceOptions } from './source-options.js'
import type { TopicToMake } from './topics.js'

/** What can be sent to a cluster, and made on it, through any client. */
export interface KafkaSending {
  publisher(options?: KafkaPublisherOptions): Publisher
  /**
   * Makes the topics that are not there, and waits until all can be sent to; without a signal for 30 s at most. Topics that
   * are there stay as they are.
   *
   * @throws HoldfastError `not-sent` when they cannot be sent to in time
   */
  ensureTopics(topics: readonly TopicToMake[], call?: { readonly signal?: AbortSignal }): Promise<void>
}

/** A cluster through a client that reads as well. */
export interface KafkaConnection extends KafkaSending {
  source(options: KafkaSourceOptions): MessageSource
}
