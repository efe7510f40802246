import type { OutgoingRecord } from '@holdfast/core/adapter'
import { asMessage } from '../client-message.js'
import { errorNamesOf } from '../error-names.js'
import type { Acknowledgement, ProducerClient, Verdict } from '../producer-client.js'
import { verdictOfNames } from '../verdict.js'
import { readMetadata } from './topics.js'
import type { KafkajsAdmin, KafkajsClient, KafkajsProducer } from './types.js'

const ALL_IN_SYNC = -1

export class KafkajsProducerClient implements ProducerClient {
  private readonly producer: KafkajsProducer
  private readonly admin: KafkajsAdmin

  constructor(kafka: KafkajsClient) {
    this.admin = kafka.admin()
    // It tries nothing twice: whoever sends must know what each try was answered with. Its idempotent form loses
    // acknowledged records as well.
    this.producer = kafka.producer({
      allowAutoTopicCreation: false,
      idempotent: false,
      retry: { retries: 0 },
    })
  }

  async connect(): Promise<void> {
    await Promise.all([this.producer.connect(), this.admin.connect()])
  }

  async topics(): Promise<ReadonlyMap<string, number>> {
    const leaders = await readMetadata(this.admin)
    return new Map([...leaders].map(([topic, partitions]) => [topic, partitions.length]))
  }

  async send(
    topic: string,
    partition: number,
    records: readonly OutgoingRecord[],
  ): Promise<readonly Acknowledgement[]> {
    const messages = records.map((record) => asMessage(record, partition))
    const answers = await this.producer.send({ topic, acks: ALL_IN_SYNC, messages })
    return answers.map(({ topicName, partition, baseOffset }) => ({
      topic: topicName,
      partition,
      baseOffset: baseOffset === undefined ? null : BigInt(baseOffset),
    }))
  }

  verdictOf(error: unknown): Verdict {
    return verdictOfNames(errorNamesOf(innermost(error), 'type'))
  }

  async close(): Promise<void> {
    await Promise.all([this.producer.disconnect(), this.admin.disconnect()])
  }
}

/** Its errors say of each other what they are not: the innermost cause is what the broker said. */
function innermost(error: unknown): unknown {
  return error instanceof Error && error.cause instanceof Error ? innermost(error.cause) : error
}
