import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { type Admin, type EachBatchHandler, Kafka, type KafkaMessage, logLevel } from 'kafkajs'

/** How often a broker is asked again that has just come to be a leader, or a group's coordinator. */
const ATTEMPTS = 60
/** Between two of them, ms. */
const EVERY = 500

/** Reads a topic from its beginning to its present end: each partition in order, the partitions mixed. */
export async function readTopic(
  brokers: string[],
  topic: string,
  each: (message: KafkaMessage, partition: number) => void,
): Promise<void> {
  const kafka = new Kafka({
    brokers,
    logLevel: logLevel.NOTHING,
    retry: { retries: 20, maxRetryTime: 1_000 },
  })
  const [admin, consumer] = [kafka.admin(), kafka.consumer({ groupId: randomUUID(), maxWaitTimeInMs: 100 })]
  await admin.connect()
  try {
    const left = await endsOf(admin, topic)
    if (left.size === 0) return
    await consumer.connect()
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    await new Promise<void>((resolve, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => payload.restart || reject(payload.error))
      const read: EachBatchHandler = async ({ batch }) => {
        const end = left.get(batch.partition)
        if (end === undefined) return
        try {
          for (const message of batch.messages) {
            if (BigInt(message.offset) < end) each(message, batch.partition)
          }
        } catch (error) {
          // Thrown here, kafkajs would only try again.
          reject(error)
        }
        if (BigInt(batch.lastOffset()) + 1n >= end) left.delete(batch.partition)
        if (left.size === 0) resolve()
      }
      consumer.run({ eachBatch: read }).catch(reject)
    })
  } finally {
    await Promise.allSettled([consumer.disconnect(), admin.disconnect()])
  }
}

/** Where the next record of each partition goes; empty ones left out. */
async function endsOf(admin: Admin, topic: string): Promise<Map<number, bigint>> {
  for (let attempt = 1; ; attempt++) {
    try {
      const ends = await admin.fetchTopicOffsets(topic)
      return new Map(
        ends.filter(({ high, low }) => high !== low).map(({ partition, high }) => [partition, BigInt(high)]),
      )
    } catch (error) {
      if (attempt === ATTEMPTS) throw error
      await pause(EVERY)
    }
  }
}
