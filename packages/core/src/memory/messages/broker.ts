import type { IncomingRecord, OutgoingRecord } from '../../port/message.js'
import type { MessageSource } from '../../port/message-source.js'
import type { Publisher, Sent } from '../../port/publisher.js'
import { type Scheduler, systemScheduler } from '../../scheduler.js'
import { machineClock, type StoreClock } from '../clock.js'
import { BrokerGroup } from './broker-group.js'

export interface MemoryBrokerOptions {
  readonly clock?: StoreClock | undefined
  readonly scheduler?: Scheduler | undefined
  /** Partitions of each topic: 3 if absent. */
  readonly partitions?: number | undefined
  /** What becomes of a record, for tests of trouble: acked if absent. Only acked records are kept. */
  readonly judge?: ((record: OutgoingRecord) => Sent) | undefined
}

const ACKED: Sent = { kind: 'acked' }

/** A broker in memory: topics in partitions, groups of consumers with an offset each. */
export class MemoryBroker {
  private readonly clock: StoreClock
  private readonly scheduler: Scheduler
  private readonly partitions: number
  private readonly judge: (record: OutgoingRecord) => Sent
  private readonly topics = new Map<string, IncomingRecord[][]>()
  private readonly groups = new Map<string, BrokerGroup>()

  constructor(options: MemoryBrokerOptions = {}) {
    const {
      clock = machineClock(),
      scheduler = systemScheduler,
      partitions = 3,
      judge = () => ACKED,
    } = options
    this.clock = clock
    this.scheduler = scheduler
    this.partitions = partitions
    this.judge = judge
  }

  publisher(): Publisher {
    return {
      capabilities: { durable: false, maxRecords: 1_000, maxBytes: 1_000_000, batches: 'by-record' },
      connect: async () => {},
      trackOf: (topic, key) => `${topic}/${this.partitionOf(key)}`,
      publishBatch: async (records) => this.publish(records),
      close: async () => {},
    }
  }

  /** A consumer of the group: its partitions are shared out among those that have started. */
  source({ groupId }: { readonly groupId: string }): MessageSource {
    let group = this.groups.get(groupId)
    if (group === undefined) {
      group = new BrokerGroup(groupId, (topic) => this.logsOf(topic), this.scheduler)
      this.groups.set(groupId, group)
    }
    return group.member()
  }

  /** All that a topic keeps, partition by partition. */
  records(topic: string): readonly IncomingRecord[] {
    return this.logsOf(topic).flat()
  }

  private publish(records: readonly OutgoingRecord[]): readonly Sent[] {
    const failed = new Set<string>()
    const sent = records.map((record): Sent => {
      if (failed.has(record.key)) {
        return { kind: 'retriable', error: new Error('an earlier record of its key was not taken') }
      }
      const judged = this.judge(record)
      if (judged.kind === 'acked') this.append(record)
      else failed.add(record.key)
      return judged
    })
    for (const group of this.groups.values()) group.wake()
    return sent
  }

  private append({ topic, key, value, headers }: OutgoingRecord): void {
    const partition = this.partitionOf(key)
    const log = this.logsOf(topic)[partition] as IncomingRecord[]
    const offset = String(log.length)
    log.push({
      topic,
      partition,
      offset,
      key: bytesOf(key),
      value: value === null ? null : bytesOf(value),
      headers: { ...headers },
      at: this.clock.now(),
    })
  }

  private logsOf(topic: string): IncomingRecord[][] {
    let logs = this.topics.get(topic)
    if (logs === undefined) {
      logs = Array.from({ length: this.partitions }, () => [])
      this.topics.set(topic, logs)
    }
    return logs
  }

  private partitionOf(key: string): number {
    let sum = 7
    for (let index = 0; index < key.length; index++) sum = (sum * 31 + key.charCodeAt(index)) >>> 0
    return sum % this.partitions
  }
}

const encoder = new TextEncoder()

function bytesOf(value: string | Uint8Array): Uint8Array {
  return typeof value === 'string' ? encoder.encode(value) : value
}
