/** What is used of @platformatic/kafka, by shape: `import * as client from '@platformatic/kafka'`. */
export interface PlatformaticModule {
  Producer: new (
    options: PlatformaticConnection & { retries: number; idempotent: boolean },
  ) => PlatformaticProducer
  Admin: new (options: PlatformaticConnection) => PlatformaticAdmin
}

/** Where the brokers are; whatever else its clients take (tls, sasl, timeouts) goes along. */
export interface PlatformaticConnection {
  clientId: string
  bootstrapBrokers: string[]
}

export interface PlatformaticMetadata {
  topics: Map<string, { partitions: { leader: number }[] }>
}

export interface PlatformaticMessage {
  topic: string
  partition: number
  key: Buffer
  value?: Buffer
  headers: Map<Buffer, Buffer>
}

export interface PlatformaticProducer {
  send(options: {
    messages: PlatformaticMessage[]
    acks: number
    autocreateTopics: boolean
    repeatOnStaleMetadata: boolean
  }): Promise<{ offsets?: { topic: string; partition: number; offset: bigint }[] }>
  close(): Promise<void>
}

export interface PlatformaticAdmin {
  listTopics(): Promise<string[]>
  metadata(options: { topics: string[]; forceUpdate: boolean }): Promise<PlatformaticMetadata>
  createTopics(options: {
    topics: string[]
    partitions: number
    replicas?: number
    configs?: { name: string; value: string }[]
  }): Promise<unknown>
  close(): Promise<void>
}
