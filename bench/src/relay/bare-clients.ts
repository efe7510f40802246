import { Producer } from '@platformatic/kafka'
import type { BareClient, ReadyRecord } from './bare-producer.js'
import type { KafkaServer } from './kafka-server.js'

const ALL_IN_SYNC = -1

export async function bareKafkajs(server: KafkaServer, topic: string): Promise<BareClient> {
  const producer = server.kafkajs().producer({ allowAutoTopicCreation: false })
  await producer.connect()
  return {
    async send(records) {
      await producer.send({ topic, acks: ALL_IN_SYNC, messages: records as ReadyRecord[] as never })
    },
    close: () => producer.disconnect(),
  }
}

export async function barePlatformatic(server: KafkaServer, topic: string): Promise<BareClient> {
  const producer = new Producer({ clientId: 'bench', bootstrapBrokers: server.brokers })
  const names = new Map<string, Buffer>()
  const nameOf = (name: string) => {
    const known = names.get(name) ?? Buffer.from(name)
    names.set(name, known)
    return known
  }
  return {
    async send(records) {
      const messages = records.map(({ key, value, partition, headers }) => ({
        ...{ topic, key, value, partition },
        headers: new Map(Object.entries(headers).map(([name, bytes]) => [nameOf(name), bytes])),
      }))
      await producer.send({ messages, acks: ALL_IN_SYNC })
    },
    close: () => producer.close(),
  }
}
