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
  type Rebuilding,
  type ReservationStore,
  type StockAccountState,
} from '@holdfast/core/adapter'
import type { RedisClient } from './client.js'
import { describePartition, type PartitionDescription } from './describing/partitions.js'
import {
  describeServer,
  OLDEST_VERSION,
  type ServerDescription,
  serversOf,
  tooOldVersion,
} from './describing/servers.js'
import { type Warning, warningsOf } from './describing/warnings.js'
import { failureOf } from './failures.js'
import { RedisFeed } from './feed/redis-feed.js'
import { RedisOutbox } from './messages/redis-outbox.js'
import { type CheckedOptions, checkOptions, type RedisStoreOptions } from './options.js'
import { partitionNames } from './partition-names.js'
import { RedisRebuilding } from './rebuilding/redis-rebuilding.js'
import { RedisPartition } from './redis-partition.js'

/** How a store stands on its servers. */
export interface RedisDescription {
  readonly servers: readonly ServerDescription[]
  readonly partitions: readonly PartitionDescription[]
  readonly warnings: readonly Warning[]
}

/** Accounts of one SKU that are told of a partition. */
const POOLS = 1_000

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
  readonly rebuilding: Rebuilding
  readonly remembersForMs: number
  private readonly options: CheckedOptions
  private readonly layout: Layout | null
  private readonly names: readonly string[]
  private readonly byName: ReadonlyMap<string, RedisPartition>

  /** @throws HoldfastError `invalid-argument` with the option's path */
  constructor(
    private readonly client: RedisClient,
    options: RedisStoreOptions = {},
  ) {
    const checked = checkOptions(options)
    this.options = checked
    this.remembersForMs = checked.retentionMs
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
    this.rebuilding = new RedisRebuilding(client, checked)
    this.byName = new Map(this.names.map((name) => [name, new RedisPartition(name, client, checked)]))
  }

  /**
   * Opens the store for sale: once, as one migrates a database, not whenever a process starts. A server that was
   * emptied is told by its missing epoch, and everything is `fenced` until it is created again, or rebuilt from the ledger that
   * follows it: a desk's `planRebuild`. What is being rebuilt is left alone.
   *
   * @throws HoldfastError `store-failed` on a server before 7.0 or of 32 bits, and where the server refuses or fails
   */
  async create(): Promise<void> {
    await this.refuseOldServers()
    await answered(Promise.all([...this.byName.values()].map((partition) => partition.create())))
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

  /**
   * Forgets some of what ended longer ago than the retention: one step, and one a second however many processes ask. A `DeskWorker`
   * does. Returns how many ids of orders and movements were forgotten.
   *
   * @throws HoldfastError `store-failed`, `unknown`
   */
  forgetEnded(partition: string): Promise<number> {
    return this.named(partition).forgetEnded()
  }

  read(partition: string, query: Query): Promise<Page> {
    return this.named(partition).read(query)
  }

  snapshot<T>(partition: string, work: (read: (query: Query) => Promise<Page>) => Promise<T>): Promise<T> {
    return this.named(partition).snapshot(work)
  }

  /**
   * How everything stands, for operators: servers, partitions with what their keys take, accounts of one SKU, and what
   * is to be looked at. It costs a few commands a partition and disturbs no sale; the user needs what README.md says.
   *
   * @throws HoldfastError `store-failed` where the server refuses or fails
   */
  async describe({ sku }: { readonly sku?: string } = {}): Promise<RedisDescription> {
    const { client, names } = this
    const described = async (name: string) =>
      describePartition(
        client,
        this.options.keyPrefix,
        name,
        sku === undefined ? [] : await this.accountsOf(name, sku),
      )
    const [servers, partitions] = await answered(
      Promise.all([Promise.all(serversOf(client).map(describeServer)), Promise.all(names.map(described))]),
    )
    return { servers, partitions, warnings: warningsOf(servers, partitions, this.options) }
  }

  async close(): Promise<void> {}

  private async refuseOldServers(): Promise<void> {
    const tooOld = await answered(Promise.all(serversOf(this.client).map(tooOldVersion)))
    const version = tooOld.find((one) => one !== null) ?? null
    if (version === null) return
    throw new HoldfastError(
      'store-failed',
      `Redis ${version} is too old: it must be ${OLDEST_VERSION} or later`,
    )
  }

  private async accountsOf(partition: string, sku: string): Promise<readonly StockAccountState[]> {
    const query = { kind: 'list', of: 'accounts', account: { sku }, limit: POOLS, cursor: null } as const
    return (await this.read(partition, query)).accounts
  }

  private named(name: string): RedisPartition {
    const partition = this.byName.get(name)
    if (partition !== undefined) return partition
    throw new HoldfastError('store-failed', `there is no partition ${name}`)
  }
}

async function answered<T>(asked: Promise<T>): Promise<T> {
  return asked.catch((error: unknown) => {
    throw failureOf(error)
  })
}
