import type { KafkaSending } from '../kafka-connection.js'
import { sendingThrough } from '../sending-through.js'
import { PlatformaticProducerClient } from './producer.js'
import { PlatformaticTopicClient } from './topics.js'
import type { PlatformaticConnection, PlatformaticModule } from './types.js'

/**
 * Kafka through @platformatic/kafka: `fromPlatformatic(await import('@platformatic/kafka'), { clientId, bootstrapBrokers })`.
 * It sends; to read, take kafkajs: this one's consumer cannot let one partition rest while others go on.
 */
export function fromPlatformatic(
  client: PlatformaticModule,
  connection: PlatformaticConnection,
): KafkaSending {
  return sendingThrough({
    producer: () => new PlatformaticProducerClient(client, connection),
    async withTopics(work) {
      const admin = new client.Admin(connection)
      try {
        await work(new PlatformaticTopicClient(admin))
      } finally {
        await admin.close()
      }
    },
  })
}
