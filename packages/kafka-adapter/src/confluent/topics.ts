import type { TopicClient, TopicToMake } from '../topics.js'
import { asTopicConfig } from '../topics.js'
import type { ConfluentAdmin } from './types.js'

export class ConfluentTopicClient implements TopicClient {
  constructor(private readonly admin: ConfluentAdmin) {}

  async create(topics: readonly TopicToMake[]): Promise<void> {
    await this.admin.createTopics({ topics: topics.map(asTopicConfig) })
  }

  leaders(): Promise<ReadonlyMap<string, readonly number[]>> {
    return readPartitions(this.admin)
  }
}

/** For each topic there is, the leaders of its partitions. */
export async function readPartitions(admin: ConfluentAdmin): Promise<ReadonlyMap<string, readonly number[]>> {
  const names = await admin.listTopics()
  if (names.length === 0) return new Map()
  const topics = await admin.fetchTopicMetadata({ topics: names })
  return new Map(topics.map(({ name, partitions }) => [name, partitions.map(({ leader }) => leader)]))
}
