import type { TopicClient, TopicToMake } from '../topics.js'
import type { PlatformaticAdmin } from './types.js'

export class PlatformaticTopicClient implements TopicClient {
  constructor(private readonly admin: PlatformaticAdmin) {}

  async create(topics: readonly TopicToMake[]): Promise<void> {
    for (const { topic, partitions, replicas = -1, config } of topics) {
      const configs = Object.entries(config ?? {}).map(([name, value]) => ({ name, value }))
      await this.admin.createTopics({ topics: [topic], partitions, replicas, configs })
    }
  }

  leaders(): Promise<ReadonlyMap<string, readonly number[]>> {
    return readLeaders(this.admin)
  }
}

/** For each topic there is, the leaders of its partitions. */
export async function readLeaders(admin: PlatformaticAdmin): Promise<ReadonlyMap<string, readonly number[]>> {
  const names = await admin.listTopics()
  if (names.length === 0) return new Map()
  const { topics } = await admin.metadata({ topics: names, forceUpdate: true })
  return new Map(
    [...topics].map(([topic, { partitions }]) => [topic, partitions.map(({ leader }) => leader)]),
  )
}
