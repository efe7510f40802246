import type { Feed, FeedLease, FeedPosition } from '@holdfast/core/adapter'
import type { RedisClient } from '../client.js'
import { failureOf } from '../failures.js'
import { keysOf, keysOfShard } from '../keys.js'
import type { CheckedOptions } from '../options.js'
import { partitionNames } from '../partition-names.js'
import { LEASE_SHARD } from '../scripts/embedded.js'
import { Server, TimedScript } from '../scripts/server.js'
import { Words } from '../words.js'
import { type FedPartition, RedisFeedLease } from './redis-feed-lease.js'

const leaseShard = new TimedScript(LEASE_SHARD)

/**
 * What happened in each partition, as its stream tells it. A partition's stream is read by one alone: by who carries it into
 * a ledger, or else by who relays it to a broker.
 */
export class RedisFeed implements Feed {
  private readonly server: Server
  private readonly partitions: ReadonlyMap<string, FedPartition>

  constructor(
    private readonly client: RedisClient,
    { keyPrefix, partitions, ...options }: CheckedOptions,
  ) {
    this.server = new Server(client, options)
    this.partitions = new Map(
      partitionNames(partitions).map((name) => {
        const { words, meta, reservations, accounts, subjects } = keysOf(keyPrefix, name)
        const keysToMark = [reservations, words, accounts, subjects, meta]
        const keys = keysOfShard(keyPrefix, name)
        return [name, { name, meta, keys, keysToMark, words: new Words(client, words) }]
      }),
    )
  }

  async ends(partitions: readonly string[]): Promise<readonly (FeedPosition | null)[]> {
    const asked = partitions.map((name) =>
      this.client
        .callBuffer('hmget', this.named(name).meta, 'epoch', 'sequence', 'at')
        .catch((error: unknown) => {
          throw failureOf(error)
        }),
    )
    const told = (await Promise.all(asked)) as readonly (readonly (Buffer | null)[])[]
    return told.map(([epoch = null, sequence, at]) =>
      epoch === null ? null : { epoch: Number(epoch), sequence: Number(sequence ?? 0), at: Number(at ?? 0) },
    )
  }

  async lease(partition: string, owner: string, leaseMs: number): Promise<FeedLease | null> {
    const from = this.named(partition)
    const told = await this.server.run(leaseShard, from.keys, [owner, leaseMs])
    if (told === null) return null
    const [fence, , resumptions, removed] = told as [number, number, Buffer, Buffer]
    return new RedisFeedLease(this.server, from, {
      fence,
      resumptions: String(resumptions),
      removed: String(removed),
    })
  }

  private named(name: string): FedPartition {
    const partition = this.partitions.get(name)
    if (partition === undefined) throw new RangeError(`there is no partition ${name}`)
    return partition
  }
}
