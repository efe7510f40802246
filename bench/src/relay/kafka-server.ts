import { randomUUID } from 'node:crypto'
import { fromKafkajs } from '@holdfast/kafka-adapter'
import { Kafka, logLevel } from 'kafkajs'
import { brokersOf } from '../../../tools/services/kafka.js'
import type { Service } from '../../../tools/services/service.js'

export const PARTITIONS = 12

/** A broker that a bench runs on: each turn has a topic of its own, which the next one drops. */
export class KafkaServer {
  readonly brokers: string[]
  private last: string | null = null

  constructor(readonly service: Service) {
    this.brokers = brokersOf(service.url)
  }

  kafkajs(): Kafka {
    return new Kafka({ clientId: 'bench', brokers: this.brokers, logLevel: logLevel.NOTHING })
  }

  /** An empty topic that can be sent to. */
  async newTopic(): Promise<string> {
    const kafka = this.kafkajs()
    const admin = kafka.admin()
    await admin.connect()
    try {
      if (this.last !== null) await admin.deleteTopics({ topics: [this.last] })
      this.last = `bench-${randomUUID()}`
      await fromKafkajs(kafka).ensureTopics([{ topic: this.last, partitions: PARTITIONS }])
      return this.last
    } finally {
      await admin.disconnect()
    }
  }
}
