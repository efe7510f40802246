import { randomUUID } from 'node:crypto'
import { createRequire } from 'node:module'
import type { IncomingRecord } from '@holdfast/core/adapter'
import * as platformatic from '@platformatic/kafka'
import { Kafka, logLevel } from 'kafkajs'
import { brokersOf } from '../../../tools/services/kafka.js'
import { readTopic } from '../../../tools/services/kafka-contents.js'
import { serverForTests } from '../../../tools/services/test-services.js'
import { fromConfluent, fromKafkajs, fromPlatformatic } from '../src/index.js'
import type { KafkaSending } from '../src/kafka-connection.js'

const url = await serverForTests('kafka')
/** `null`: no server, and its tests are skipped. */
export const brokers = url === null ? null : brokersOf(url)

export function kafkajsAt(brokers: string[]): Kafka {
  return new Kafka({
    clientId: 'holdfast-tests',
    brokers,
    logLevel: logLevel.NOTHING,
    connectionTimeout: 2_000,
    requestTimeout: 5_000,
    retry: { retries: 2, initialRetryTime: 50 },
  })
}

/** Confluent's is compiled where it is installed: it is tested where that was done, by hand. */
const confluent = installedConfluent()

function installedConfluent() {
  try {
    return createRequire(import.meta.url)('@confluentinc/kafka-javascript').KafkaJS
  } catch {
    return null
  }
}

/** Every client that a publisher can be made of. */
export const clients: Readonly<Record<string, (brokers: string[]) => KafkaSending>> = {
  kafkajs: (brokers) => fromKafkajs(kafkajsAt(brokers)),
  platformatic: (bootstrapBrokers) =>
    fromPlatformatic(platformatic, { clientId: 'holdfast-tests', bootstrapBrokers }),
  ...(confluent === null
    ? {}
    : {
        confluent: (brokers: string[]) =>
          fromConfluent(new confluent.Kafka({ kafkaJS: { brokers, logLevel: 0 } })),
      }),
}

export function newName(what: string): string {
  return `${what}-${randomUUID()}`
}

/** Everything in a topic, partition by partition, in order. */
export async function contentsOf(brokers: string[], topic: string): Promise<readonly IncomingRecord[]> {
  const records: IncomingRecord[] = []
  await readTopic(brokers, topic, ({ offset, key, value, headers = {}, timestamp }, partition) => {
    records.push({ topic, partition, offset, key, value, headers: headers as never, at: Number(timestamp) })
  })
  return records.sort((one, other) => one.partition - other.partition)
}
