import {
  type Applied,
  type Capabilities,
  type Command,
  type Feed,
  HoldfastError,
  type KeepsFeed,
  Layout,
  type Page,
  type Query,
  type ReservationStore,
} from '@holdfast/core/adapter'
import type { RedisClient } from './client.js'
import { RedisFeed } from './feed/redis-feed.js'
import { RedisOutbox } from './messages/redis-outbox.js'
import { checkOptions, type RedisStoreOptions } from './options.js'
import { partitionNames } from './partition-names.js'
import { RedisPartition } from './redis-partition.js'

/**
 * Reservations on Redis: a batch of decisions is one script. The client is ioredis's, `Redis` or `Cluster`; whoever
 * passes it closes it.
 */
export class RedisStore implements ReservationStore, KeepsFeed {
  readonly capabilities: Capabilities
  readonly spread: readonly string[]
  /** Its events, and messages of the shop's own, as they wait to be sent. */
  readonly outbox: RedisOutbox
  /** What happens in it, for a ledger that follows: then its outbox is not relayed, the ledger's is. */
  readonly feed: Feed
  private readonly layout: Layout | null
  private readonly names: readonly string[]
  private readonly byName: ReadonlyMap<string, RedisPartition>

  /** @throws HoldfastError `invalid-argument` with the option's path */
  constructor(client: RedisClient, options: RedisStoreOptions = {}) {
    const checked = checkOptions(options)
    this.capabilities = {
      backorder: true,
      returns: true,
      durable: checked.durability !== 'memory',
      partitions: checked.partitions === null ? 'one' : 'many',
      idScope: checked.partitions === null ? 'store' : 'home',
      clock: checked.clock === null ? 'store' : 'virtual',
      rows: false,
    }
    this.spread = checked.spread
    this.names = partitionNames(checked.partitions)
    this.layout = checked.partitions === null ? null : new Layout(this.names, checked.spread)
    this.outbox = new RedisOutbox(client, options)
    this.feed = new RedisFeed(client, checked)
    this.byName = new Map(this.names.map((name) => [name, new RedisPartition(name, client, checked)]))
  }

  /**
   * Opens the store for sale: once, as one migrates a database, not whenever a process starts. A server that was
   * emptied is told by its missing epoch, and everything is `fenced` until it is created again.
   */
  async create(): Promise<void> {
    await Promise.all([...this.byName.values()].map((partition) => partition.create()))
  }

  partitionsOf(command: Command): readonly string[] {
    return this.layout?.of(command) ?? this.names
  }

  async partitions(): Promise<readonly string[]> {
    return this.names
  }

  apply(partition: string, epoch: number | null, commands: readonly Command[]): Promise<Applied> {
    return this.named(partition).apply(epoch, commands)
  }

  read(partition: string, query: Query): Promise<Page> {
    return this.named(partition).read(query)
  }

  snapshot<T>(partition: string, work: (read: (query: Query) => Promise<Page>) => Promise<T>): Promise<T> {
    return this.named(partition).snapshot(work)
  }

  async close(): Promise<void> {}

  private named(name: string): RedisPartition {
    const partition = this.byName.get(name)
    if (partition !== undefined) return partition
    throw new HoldfastError('store-failed', `there is no partition ${name}`)
  }
}
