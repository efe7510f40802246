import { partitionOf } from '@holdfast/kafka-adapter'
import type { BacklogMessage } from './backlog.js'
import { backlog } from './backlog.js'
import type { Drain } from './drain-contender.js'
import { PARTITIONS } from './kafka-server.js'

/** Records of one request; more or fewer make it no faster. */
const RECORDS = 500

/** Records ready to be sent, whatever the client. */
export interface ReadyRecord {
  readonly key: Buffer
  readonly value: Buffer
  readonly partition: number
  readonly headers: Readonly<Record<string, Buffer>>
}

/** Sends one partition's records and waits until all replicas in sync have them. */
export interface BareClient {
  send(records: readonly ReadyRecord[]): Promise<void>
  close(): Promise<void>
}

/**
 * The limit: a client alone, sending what lies ready in memory, one request of each partition in flight. The headers are
 * those that a relay's messages bear.
 */
export class BareProducer implements Drain {
  sent = 0
  private readonly ready: (readonly ReadyRecord[])[][] = Array.from({ length: PARTITIONS }, () => [])

  constructor(private readonly client: BareClient) {}

  async fill(from: number, count: number): Promise<void> {
    const byPartition: ReadyRecord[][] = Array.from({ length: PARTITIONS }, () => [])
    for (const message of backlog(from, count)) {
      const record = readyRecord(message)
      byPartition[record.partition]?.push(record)
    }
    byPartition.forEach((records, partition) => {
      for (let at = 0; at < records.length; at += RECORDS) {
        this.ready[partition]?.push(records.slice(at, at + RECORDS))
      }
    })
  }

  async drain(): Promise<boolean> {
    if (this.ready.every((batches) => batches.length === 0)) return false
    await Promise.all(
      this.ready.map(async (batches) => {
        for (const batch of batches.splice(0)) {
          await this.client.send(batch)
          this.sent += batch.length
        }
      }),
    )
    return true
  }

  close(): Promise<void> {
    return this.client.close()
  }
}

/** As a relay sends it: CloudEvents' attributes beside the value. */
export function readyRecord({ id, key, payload }: BacklogMessage): ReadyRecord {
  const headers: Record<string, Buffer> = {}
  const texts = {
    ce_specversion: '1.0',
    ce_id: id,
    ce_source: 'holdfast',
    ce_type: 'bench.sent',
    ce_time: new Date(0).toISOString(),
  }
  for (const [name, text] of Object.entries(texts)) headers[name] = Buffer.from(text)
  return {
    key: Buffer.from(key),
    value: Buffer.from(payload),
    partition: partitionOf(key, PARTITIONS),
    headers,
  }
}
