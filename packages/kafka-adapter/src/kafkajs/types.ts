/** What is used of kafkajs 2, by shape: any copy of it will do, and so will a wrapper. */
export interface KafkajsClient {
  admin(): KafkajsAdmin
  producer(options: {
    allowAutoTopicCreation: boolean
    idempotent: boolean
    retry: { retries: number }
  }): KafkajsProducer
  consumer(options: KafkajsConsumerOptions): KafkajsConsumer
}

export interface KafkajsAdmin {
  connect(): Promise<void>
  disconnect(): Promise<void>
  createTopics(options: {
    waitForLeaders: boolean
    topics: {
      topic: string
      numPartitions: number
      replicationFactor?: number
      configEntries?: { name: string; value: string }[]
    }[]
  }): Promise<boolean>
  fetchTopicMetadata(): Promise<{
    topics: { name: string; partitions: { partitionId: number; leader: number }[] }[]
  }>
}

export interface KafkajsProducer {
  connect(): Promise<void>
  disconnect(): Promise<void>
  send(record: {
    topic: string
    acks: number
    messages: {
      key: string | Buffer
      value: string | Buffer | null
      partition: number
      headers: Record<string, string | Buffer>
    }[]
  }): Promise<{ topicName: string; partition: number; baseOffset?: string }[]>
}

export interface KafkajsConsumerOptions {
  groupId: string
  allowAutoTopicCreation: boolean
  maxWaitTimeInMs: number
  sessionTimeout: number
  heartbeatInterval: number
  rebalanceTimeout: number
}

export interface KafkajsBatch {
  readonly topic: string
  readonly partition: number
  readonly messages: readonly {
    readonly offset: string
    readonly key: Buffer | null
    readonly value: Buffer | null
    readonly timestamp: string
    readonly headers?: object
  }[]
}

export interface KafkajsBatchPayload {
  readonly batch: KafkajsBatch
  resolveOffset(offset: string): void
  heartbeat(): Promise<void>
  pause(): () => void
  commitOffsetsIfNecessary(offsets: {
    topics: { topic: string; partitions: { partition: number; offset: string }[] }[]
  }): Promise<void>
  isRunning(): boolean
  isStale(): boolean
}

export interface KafkajsConsumer {
  readonly events: { readonly CRASH: 'consumer.crash'; readonly REBALANCING: 'consumer.rebalancing' }
  connect(): Promise<void>
  disconnect(): Promise<void>
  subscribe(subscription: { topics: string[]; fromBeginning: boolean }): Promise<void>
  run(options: {
    autoCommit: boolean
    eachBatchAutoResolve: boolean
    partitionsConsumedConcurrently: number
    eachBatch: (payload: KafkajsBatchPayload) => Promise<void>
  }): Promise<void>
  stop(): Promise<void>
  on(
    event: 'consumer.crash',
    listener: (event: { payload: { error: Error; restart: boolean } }) => void,
  ): () => void
  on(event: 'consumer.rebalancing', listener: () => void): () => void
}
