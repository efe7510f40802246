import type { KafkaConnection } from '../kafka-connection.js'
import { sendingThrough } from '../sending-through.js'
import { KafkajsProducerClient } from './producer.js'
import { KafkajsSource } from './source.js'
import { KafkajsTopicClient } from './topics.js'
import type { KafkajsClient } from './types.js'

/**
 * Kafka through kafkajs 2.2.4 or later: `fromKafkajs(new Kafka({ clientId, brokers }))`. What is made here is closed by its
 * own `close()`.
 */
export function fromKafkajs(kafka: KafkajsClient): KafkaConnection {
  return {
    ...sendingThrough({
      producer: () => new KafkajsProducerClient(kafka),
      async withTopics(work) {
        const admin = kafka.admin()
        await admin.connect()
        try {
          await work(new KafkajsTopicClient(admin))
        } finally {
          await admin.disconnect()
        }
      },
    }),
    source: (options) => new KafkajsSource(kafka, options),
  }
}
