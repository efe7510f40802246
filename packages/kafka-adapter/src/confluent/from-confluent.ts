import type { KafkaSending } from '../kafka-connection.js'
import { sendingThrough } from '../sending-through.js'
import { ConfluentProducerClient } from './producer.js'
import { ConfluentTopicClient } from './topics.js'
import type { ConfluentClient } from './types.js'

/** A broker's own limit as it comes, bytes. */
const MOST_BYTES = 1_000_000

/**
 * Kafka through @confluentinc/kafka-javascript: `fromConfluent(new KafkaJS.Kafka({ kafkaJS: { brokers } }))`. It sends; to
 * read, take kafkajs. While no broker answers, a batch waits instead of being answered for; an empty value arrives as none.
 */
export function fromConfluent(kafka: ConfluentClient): KafkaSending {
  return sendingThrough({
    producer: () => new ConfluentProducerClient(kafka, MOST_BYTES),
    async withTopics(work) {
      const admin = kafka.admin()
      await admin.connect()
      try {
        await work(new ConfluentTopicClient(admin))
      } finally {
        await admin.disconnect()
      }
    },
  })
}
