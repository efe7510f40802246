import type { KafkaSending } from './kafka-connection.js'
import { KafkaPublisher } from './kafka-publisher.js'
import type { ProducerClient } from './producer-client.js'
import { ensureTopics, type TopicClient } from './topics.js'

/** How long topics may take if no signal says otherwise, ms. */
const LONGEST_SETUP = 30_000

/** What every client library has to offer. */
export interface ClientLibrary {
  producer(): ProducerClient
  /** Runs `work` with a client that is closed after it. */
  withTopics(work: (topics: TopicClient) => Promise<void>): Promise<void>
}

export function sendingThrough(library: ClientLibrary): KafkaSending {
  return {
    publisher: (options) => new KafkaPublisher(library.producer(), options),
    ensureTopics: (wanted, { signal = AbortSignal.timeout(LONGEST_SETUP) } = {}) =>
      library.withTopics((topics) => ensureTopics(topics, wanted, signal)),
  }
}
