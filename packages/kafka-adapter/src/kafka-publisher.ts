import {
  HoldfastError,
  type OutgoingRecord,
  type Publisher,
  type PublisherCapabilities,
  type Sent,
} from '@holdfast/core/adapter'
import { AckAudit } from './ack-audit.js'
import { partitionOf } from './murmur2.js'
import type { ProducerClient } from './producer-client.js'
import type { KafkaPublisherOptions } from './publisher-options.js'

const ACKED: Sent = { kind: 'acked' }

/**
 * Sends to Kafka so that nothing acknowledged is lost, whatever the client library: the partition is chosen here, each
 * request goes to one partition alone, and what is said to be acknowledged is checked.
 */
export class KafkaPublisher implements Publisher {
  readonly capabilities: PublisherCapabilities
  private readonly audit = new AckAudit()
  private partitions: ReadonlyMap<string, number> = new Map()
  /** Of topics made since: they do not change their tracks. */
  private readonly latePartitions = new Map<string, number>()
  private connecting: Promise<void> | null = null
  private readonly underWay = new Set<Promise<unknown>>()

  constructor(
    private readonly client: ProducerClient,
    { durable = false, maxRecords = 2_000, maxBytes = 900_000 }: KafkaPublisherOptions = {},
  ) {
    this.capabilities = { durable, maxRecords, maxBytes, batches: 'whole' }
  }

  connect(): Promise<void> {
    this.connecting ??= this.meet().catch((error: unknown) => {
      this.connecting = null
      throw error
    })
    return this.connecting
  }

  private async meet(): Promise<void> {
    await this.client.connect()
    this.partitions = await this.client.topics()
  }

  trackOf(topic: string, key: string): string {
    const partitions = this.partitions.get(topic)
    // Made after we met the cluster: as one track its keys stay in order, whatever partitions it has.
    return partitions === undefined ? topic : `${topic}/${partitionOf(key, partitions)}`
  }

  async publishBatch(records: readonly OutgoingRecord[]): Promise<readonly Sent[]> {
    const [first] = records
    if (first === undefined) return []
    const known = this.partitions.get(first.topic)
    const sending =
      known === undefined
        ? this.sendToNewTopic(first.topic, records)
        : this.send(first.topic, partitionOf(first.key, known), records)
    this.underWay.add(sending)
    try {
      return await sending
    } finally {
      this.underWay.delete(sending)
    }
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.underWay)
    await this.client.close()
    this.connecting = null
  }

  private async send(
    topic: string,
    partition: number,
    records: readonly OutgoingRecord[],
  ): Promise<readonly Sent[]> {
    try {
      const acknowledged = await this.client.send(topic, partition, records)
      const suspicion = this.audit.check(topic, partition, records.length, acknowledged)
      if (suspicion === null) return records.map(() => ACKED)
      const error = new HoldfastError('unknown', `silent drop suspected: ${suspicion}`)
      return records.map(() => ({ kind: 'unknown', error }))
    } catch (error) {
      const kind = this.client.verdictOf(error)
      return records.map(() => ({ kind, error }))
    }
  }

  /** A topic that is one track although it has several partitions: each gets its own, in order. */
  private async sendToNewTopic(topic: string, records: readonly OutgoingRecord[]): Promise<readonly Sent[]> {
    let partitions: number
    try {
      partitions = await this.partitionsOfNew(topic)
    } catch (error) {
      return records.map(() => ({ kind: 'retriable', error }))
    }
    const indexes = new Map<number, number[]>()
    records.forEach(({ key }, index) => {
      const partition = partitionOf(key, partitions)
      const those = indexes.get(partition)
      if (those === undefined) indexes.set(partition, [index])
      else those.push(index)
    })
    const answers: Sent[] = new Array(records.length)
    await Promise.all(
      [...indexes].map(async ([partition, those]) => {
        const sent = await this.send(
          topic,
          partition,
          those.map((index) => records[index] as OutgoingRecord),
        )
        those.forEach((index, at) => {
          answers[index] = sent[at] as Sent
        })
      }),
    )
    return answers
  }

  private async partitionsOfNew(topic: string): Promise<number> {
    const known = this.latePartitions.get(topic)
    if (known !== undefined) return known
    const partitions = (await this.client.topics()).get(topic)
    if (partitions === undefined) throw new HoldfastError('not-sent', `there is no topic ${topic}`)
    this.latePartitions.set(topic, partitions)
    return partitions
  }
}
