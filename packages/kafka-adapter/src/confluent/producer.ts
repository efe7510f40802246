import type { OutgoingRecord } from '@holdfast/core/adapter'
import { asMessage } from '../client-message.js'
import { errorNamesOf } from '../error-names.js'
import type { Acknowledgement, ProducerClient, Verdict } from '../producer-client.js'
import { verdictOfNames } from '../verdict.js'
import { readPartitions } from './topics.js'
import type { ConfluentAdmin, ConfluentClient, ConfluentProducer } from './types.js'

/**
 * librdkafka queues records and sends them by and by, each with a fate of its own. To keep them in order nothing may
 * overtake what failed: one request at a time, tried again for as long as it takes, and what would be refused for its size
 * is never queued.
 */
export class ConfluentProducerClient implements ProducerClient {
  private readonly producer: ConfluentProducer
  private readonly admin: ConfluentAdmin

  constructor(
    kafka: ConfluentClient,
    private readonly maxBytes: number,
  ) {
    this.admin = kafka.admin()
    this.producer = kafka.producer({
      kafkaJS: { acks: -1, allowAutoTopicCreation: false },
      'max.in.flight.requests.per.connection': 1,
      // 0: no record is given up while others wait behind it.
      'message.timeout.ms': 0,
      'message.max.bytes': maxBytes,
    })
  }

  async connect(): Promise<void> {
    await Promise.all([this.producer.connect(), this.admin.connect()])
  }

  async topics(): Promise<ReadonlyMap<string, number>> {
    const leaders = await readPartitions(this.admin)
    return new Map([...leaders].map(([topic, partitions]) => [topic, partitions.length]))
  }

  async send(
    topic: string,
    partition: number,
    records: readonly OutgoingRecord[],
  ): Promise<readonly Acknowledgement[]> {
    if (records.some((record) => sizeOf(record) > this.maxBytes)) throw new RecordTooLarge()
    // One by one: of several it tells the first error, while the others are still under way.
    const answers = await Promise.allSettled(
      records.map((record) => this.producer.send({ topic, messages: [asMessage(record, partition)] })),
    )
    const errors = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []))
    if (errors.length > 0) throw new AggregateError(errors, `${errors.length} records were not sent`)
    return together(answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : [])))
  }

  verdictOf(error: unknown): Verdict {
    // Its names are Kafka's behind a prefix.
    return verdictOfNames(errorNamesOf(error, 'type').map((name) => name.replace(/^ERR_/, '')))
  }

  async close(): Promise<void> {
    await Promise.all([this.producer.disconnect(), this.admin.disconnect()])
  }
}

class RecordTooLarge extends Error {
  readonly type = 'ERR_MSG_SIZE_TOO_LARGE'
}

/** Bytes, about. */
function sizeOf({ key, value, headers }: OutgoingRecord): number {
  const parts = [key, value ?? '', ...Object.entries(headers).flat()]
  return parts.reduce((sum, part) => sum + Buffer.byteLength(part), 0)
}

/** What was said of records one by one, as of one send: where the first of them went. */
function together(
  answers: readonly { topicName: string; partition: number; baseOffset?: string }[],
): readonly Acknowledgement[] {
  const first = new Map<string, Acknowledgement>()
  for (const { topicName, partition, baseOffset } of answers) {
    const track = `${topicName}/${partition}`
    const offset = baseOffset === undefined ? null : BigInt(baseOffset)
    const known = first.get(track)
    if (known === undefined || (offset ?? -1n) < (known.baseOffset ?? -1n)) {
      first.set(track, { topic: topicName, partition, baseOffset: offset })
    }
  }
  return [...first.values()]
}
