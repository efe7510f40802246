import { type PublisherUnderTest, testMessageSource, testPublisher } from '@holdfast/conformance'
import type { OutgoingRecord, Publisher } from '@holdfast/core/adapter'
import { describe, expect, it } from 'vitest'
import { fromKafkajs } from '../src/index.js'
import type { KafkaSending } from '../src/kafka-connection.js'
import { brokers, clients, contentsOf, kafkajsAt, newName } from './kafka.js'

// What every broker must do, done by a real one.

const PARTITIONS = 4
/** Above what a broker takes as it comes. */
const TOO_LARGE = 'x'.repeat(1_200_000)

async function newTopic(kafka: KafkaSending): Promise<string> {
  const topic = newName('kit')
  await kafka.ensureTopics([{ topic, partitions: PARTITIONS }])
  return topic
}

describe.skipIf(brokers === null).each(Object.entries(clients))('by %s', (_name, connect) => {
  const at = brokers ?? []
  testPublisher({
    describe,
    it,
    async create(): Promise<PublisherUnderTest> {
      const kafka = connect(at)
      const publisher = kafka.publisher()
      return {
        publisher,
        topic: await newTopic(kafka),
        absentTopic: newName('absent'),
        refusedValue: TOO_LARGE,
        contents: (topic) => contentsOf(at, topic),
        close: () => publisher.close(),
      }
    },
  })
})

describe.skipIf(brokers === null)('by kafkajs', () => {
  const at = brokers ?? []
  testMessageSource({
    describe,
    it,
    async create() {
      const kafka = fromKafkajs(kafkajsAt(at))
      const topic = await newTopic(kafka)
      const publisher = kafka.publisher()
      await publisher.connect()
      return {
        topic,
        source: (group) => kafka.source({ groupId: `${topic}-${group}`, sessionTimeoutMs: 10_000 }),
        publish: (records) => publishEach(publisher, records),
        close: () => publisher.close(),
      }
    },
  })
})

/** Of one key after the other; again while its leader is not known yet. */
async function publishEach(publisher: Publisher, records: readonly OutgoingRecord[]): Promise<void> {
  for (const key of new Set(records.map((record) => record.key))) {
    const ofKey = records.filter((record) => record.key === key)
    await expect
      .poll(async () => (await publisher.publishBatch(ofKey)).every(({ kind }) => kind === 'acked'))
      .toBe(true)
  }
}
