import { asTopicConfig, type TopicClient, type TopicToMake } from '../topics.js'
import type { KafkajsAdmin } from './types.js'

export class KafkajsTopicClient implements TopicClient {
  constructor(private readonly admin: KafkajsAdmin) {}

  async create(topics: readonly TopicToMake[]): Promise<void> {
    await this.admin.createTopics({
      // Its own waiting throws where brokers learn of a topic one after the other.
      waitForLeaders: false,
      topics: topics.map(asTopicConfig),
    })
  }

  leaders(): Promise<ReadonlyMap<string, readonly number[]>> {
    return readMetadata(this.admin)
  }
}

/** For each topic there is, the leaders of its partitions. */
export async function readMetadata(admin: KafkajsAdmin): Promise<ReadonlyMap<string, readonly number[]>> {
  const { topics } = await admin.fetchTopicMetadata()
  return new Map(topics.map(({ name, partitions }) => [name, partitions.map(({ leader }) => leader)]))
}
