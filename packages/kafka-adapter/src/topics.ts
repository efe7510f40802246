import { setTimeout as pause } from 'node:timers/promises'
import { HoldfastError } from '@holdfast/core/adapter'

/** A topic as it is to be. */
export interface TopicToMake {
  readonly topic: string
  readonly partitions: number
  /** The brokers' default if absent. */
  readonly replicas?: number
  /** By Kafka's names: `{ 'retention.ms': '604800000' }`. */
  readonly config?: Readonly<Record<string, string>>
}

/** As kafkajs takes it, and whatever follows kafkajs. */
export function asTopicConfig({ topic, partitions, replicas, config }: TopicToMake) {
  return {
    topic,
    numPartitions: partitions,
    ...(replicas === undefined ? {} : { replicationFactor: replicas }),
    configEntries: Object.entries(config ?? {}).map(([name, value]) => ({ name, value })),
  }
}

/** What making topics asks of a client. */
export interface TopicClient {
  /** Asks for topics that are not there yet; those that another made meanwhile are no error. */
  create(topics: readonly TopicToMake[]): Promise<void>
  /** For each topic that is there, the leader of each of its partitions; below 0: none yet. */
  leaders(): Promise<ReadonlyMap<string, readonly number[]>>
}

/** How often it is looked whether partitions have leaders, ms. */
const EVERY = 100

/**
 * Makes the topics that are not there, and waits until all of them can be sent to. Those that are there stay as they are.
 * Clients' own waiting gives up on a cluster whose brokers learn of a topic one after the other: it is asked again here.
 *
 * @throws HoldfastError `not-sent` when the signal aborts before that
 */
export async function ensureTopics(
  client: TopicClient,
  wanted: readonly TopicToMake[],
  signal: AbortSignal,
): Promise<void> {
  const present = await client.leaders()
  const missing = wanted.filter(({ topic }) => !present.has(topic))
  if (missing.length > 0) await client.create(missing)
  let trouble: unknown = null
  while (!signal.aborted) {
    try {
      const leaders = await client.leaders()
      if (wanted.every(({ topic }) => leaders.get(topic)?.every((leader) => leader >= 0) === true)) return
    } catch (error) {
      trouble = error
    }
    await pause(EVERY, undefined, { signal }).catch(() => {})
  }
  const names = wanted.map(({ topic }) => topic).join(', ')
  throw new HoldfastError('not-sent', `not all of ${names} had a leader in time`, { cause: trouble })
}
