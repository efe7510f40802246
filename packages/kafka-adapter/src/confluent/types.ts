/** What is used of @confluentinc/kafka-javascript, by shape: its `KafkaJS.Kafka`. */
export interface ConfluentClient {
  admin(): ConfluentAdmin
  producer(options: {
    kafkaJS: { acks: number; allowAutoTopicCreation: boolean }
    'max.in.flight.requests.per.connection': number
    'message.timeout.ms': number
    'message.max.bytes': number
  }): ConfluentProducer
}

export interface ConfluentAdmin {
  connect(): Promise<void>
  disconnect(): Promise<void>
  createTopics(options: {
    topics: {
      topic: string
      numPartitions: number
      replicationFactor?: number
      configEntries?: { name: string; value: string }[]
    }[]
  }): Promise<boolean>
  listTopics(): Promise<string[]>
  fetchTopicMetadata(options: {
    topics: string[]
  }): Promise<{ name: string; partitions: { leader: number }[] }[]>
}

export interface ConfluentProducer {
  connect(): Promise<void>
  disconnect(): Promise<void>
  send(record: {
    topic: string
    messages: {
      key: string | Buffer
      value: string | Buffer | null
      partition: number
      headers: Record<string, string | Buffer>
    }[]
  }): Promise<{ topicName: string; partition: number; baseOffset?: string }[]>
}
