import type { OutgoingRecord } from '@holdfast/core/adapter'
import { bytesOf } from '../client-bytes.js'
import { errorNamesOf } from '../error-names.js'
import type { Acknowledgement, ProducerClient, Verdict } from '../producer-client.js'
import { verdictOfNames } from '../verdict.js'
import { readLeaders } from './topics.js'
import type {
  PlatformaticAdmin,
  PlatformaticConnection,
  PlatformaticModule,
  PlatformaticProducer,
} from './types.js'

const ALL_IN_SYNC = -1

export class PlatformaticProducerClient implements ProducerClient {
  private readonly producer: PlatformaticProducer
  private readonly admin: PlatformaticAdmin
  /** The few names that headers have, as bytes. */
  private readonly headerNames = new Map<string, Buffer>()

  constructor({ Producer, Admin }: PlatformaticModule, connection: PlatformaticConnection) {
    // It tries nothing twice: whoever sends must know what each try was answered with.
    this.producer = new Producer({ ...connection, retries: 0, idempotent: false })
    this.admin = new Admin(connection)
  }

  /** It connects when it is first asked. */
  async connect(): Promise<void> {
    await this.admin.listTopics()
  }

  async topics(): Promise<ReadonlyMap<string, number>> {
    const leaders = await readLeaders(this.admin)
    return new Map([...leaders].map(([topic, partitions]) => [topic, partitions.length]))
  }

  async send(
    topic: string,
    partition: number,
    records: readonly OutgoingRecord[],
  ): Promise<readonly Acknowledgement[]> {
    const messages = records.map(({ key, value, headers }) => ({
      topic,
      partition,
      key: bytesOf(key),
      ...(value === null ? {} : { value: bytesOf(value) }),
      headers: this.asHeaders(headers),
    }))
    const { offsets = [] } = await this.producer.send({
      messages,
      acks: ALL_IN_SYNC,
      autocreateTopics: false,
      repeatOnStaleMetadata: false,
    })
    return offsets.map(({ topic, partition, offset }) => ({ topic, partition, baseOffset: offset }))
  }

  verdictOf(error: unknown): Verdict {
    return verdictOfNames(errorNamesOf(error, 'apiId'))
  }

  async close(): Promise<void> {
    await Promise.all([this.producer.close(), this.admin.close()])
  }

  private asHeaders(headers: OutgoingRecord['headers']): Map<Buffer, Buffer> {
    const told = new Map<Buffer, Buffer>()
    for (const name in headers) told.set(this.nameOf(name), bytesOf(headers[name] as string | Uint8Array))
    return told
  }

  private nameOf(name: string): Buffer {
    let bytes = this.headerNames.get(name)
    if (bytes === undefined) {
      bytes = Buffer.from(name)
      if (this.headerNames.size < 1_000) this.headerNames.set(name, bytes)
    }
    return bytes
  }
}
