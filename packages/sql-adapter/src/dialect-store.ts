import {
  type AccountNames,
  type Applied,
  BatchRunner,
  type CampaignCommand,
  type CampaignState,
  type CampaignStore,
  type Capabilities,
  type CarriedPosition,
  type CarriesFeeds,
  type ChangedAccounts,
  type Command,
  type CompensationCommand,
  type CompensationState,
  type CompensationStore,
  type Contents,
  type FeedEntry,
  HoldfastError,
  isHoldfastError,
  type OrderCommand,
  type OrderPage,
  type OrderQuery,
  type OrderStore,
  type Page,
  type PartitionState,
  type Query,
  type ReservationStore,
} from '@holdfast/core/adapter'
import { tellContents } from './contents.js'
import type { Dialect, Reader } from './dialects/dialect.js'
import { cut, numberIn, orderPageOf, pageOf } from './pages.js'
import { CampaignWork } from './works/campaign-command.js'
import { CarryEntries } from './works/carry-entries.js'
import { PARTITION } from './works/changes-of.js'
import { CommandBatch } from './works/command-batch.js'
import { CompensationWork, TakeCompensations } from './works/compensation-command.js'
import { OrderCommands } from './works/order-commands.js'
import { RaiseEpoch } from './works/raise-epoch.js'
import { ReadCarried } from './works/read-carried.js'
import { ReadCampaign, ReadCompensation, ReadKeys, ReadOrders } from './works/read-keys.js'
import { TakeQueued } from './works/take-queued.js'

/** Stores of each kind, all in one database. */
export type SqlStores = ReservationStore & OrderStore & CampaignStore & CompensationStore & CarriesFeeds

const PARTITIONS: readonly string[] = Object.freeze([PARTITION])

/** Where tickets are submitted there are more of them. */
const LOOK_UPS = 64

/** All ports on one dialect: the store itself, and the same within a caller's transaction. */
export class DialectStore implements SqlStores {
  /** So often fresh grants are looked up, since one was met that was known. */
  private lookUps = 0

  constructor(
    protected readonly dialect: Dialect,
    readonly capabilities: Capabilities,
    protected readonly retentionMs: number,
  ) {}

  partitionsOf(_command: Command): readonly string[] {
    return PARTITIONS
  }

  async partitions(): Promise<readonly string[]> {
    return PARTITIONS
  }

  async apply(partition: string, epoch: number | null, commands: readonly Command[]): Promise<Applied> {
    this.check(partition)
    const { retentionMs } = this
    const rules = { retentionMs, runner: this.runner }
    return this.dialect.run(() => new CommandBatch(commands, epoch, rules))
  }

  async read(partition: string, query: Query): Promise<Page> {
    this.check(partition)
    return readFrom(this.dialect, query)
  }

  async snapshot<T>(
    partition: string,
    work: (read: (query: Query) => Promise<Page>) => Promise<T>,
  ): Promise<T> {
    this.check(partition)
    return this.dialect.snapshot((reader) => work((query) => readFrom(reader, query)))
  }

  /** In this store whatever it follows lies in the one partition, under the ids and names that it has there. */
  async carry(
    partition: string,
    entries: readonly FeedEntry[],
    names?: AccountNames,
  ): Promise<CarriedPosition> {
    this.check()
    const looksUp = this.lookUps > 0
    if (looksUp) this.lookUps -= 1
    let begun = 0
    const carry = () =>
      this.dialect.run(() => {
        begun += 1
        return new CarryEntries(partition, entries, looksUp || begun > 1, names)
      })
    try {
      return await carry()
    } catch (error) {
      // A dialect that does not begin again by itself.
      if (begun > 1 || looksUp || !isHoldfastError(error, 'invariant-violated')) throw error
      return await carry()
    } finally {
      if (begun > 1) this.lookUps = LOOK_UPS
    }
  }

  async carried(partitions: readonly string[]) {
    this.check()
    return this.dialect.ask(() => new ReadCarried(partitions))
  }

  async raiseEpoch(partition: string, from: number | null, to: number): Promise<CarriedPosition | null> {
    this.check()
    return this.dialect.run(() => new RaiseEpoch(partition, from, to))
  }

  async contents(take: (part: Contents) => Promise<void>): Promise<void> {
    this.check()
    return this.dialect.snapshot((reader) => tellContents(reader, take))
  }

  async applyToOrders(commands: readonly OrderCommand[]) {
    this.check()
    return this.dialect.run(() => new OrderCommands(commands))
  }

  async readOrders(ids: readonly string[]) {
    this.check()
    return this.dialect.ask(() => new ReadOrders(ids))
  }

  async listOrders(query: OrderQuery): Promise<OrderPage> {
    this.check()
    return this.dialect.list((lists) => orderPageOf(lists, query))
  }

  async takeQueued(limit: number, leaseMs: number) {
    this.check()
    return this.dialect.run(() => new TakeQueued(limit, leaseMs))
  }

  async applyToCampaign(command: CampaignCommand) {
    this.check()
    return this.dialect.run(() => new CampaignWork(command))
  }

  async readCampaign(id: string): Promise<CampaignState | null> {
    this.check()
    return this.dialect.ask(() => new ReadCampaign(id))
  }

  async listCampaigns({ cursor, limit }: { readonly cursor: string | null; readonly limit: number }) {
    this.check()
    const found = await this.dialect.list((lists) => lists.campaigns(numberIn(cursor), limit + 1))
    const { entries, cursor: last } = cut(found, limit)
    return { campaigns: entries.map(({ state }) => state), cursor: last && String(last.number) }
  }

  async applyToCompensation(command: CompensationCommand) {
    this.check()
    return this.dialect.run(() => new CompensationWork(command))
  }

  async readCompensation(order: string): Promise<CompensationState | null> {
    this.check()
    return this.dialect.ask(() => new ReadCompensation(order))
  }

  async takeCompensations(limit: number, leaseMs: number) {
    this.check()
    return this.dialect.run(() => new TakeCompensations(limit, leaseMs))
  }

  async listCompensations({ status, cursor, limit }: Parameters<CompensationStore['listCompensations']>[0]) {
    this.check()
    const found = await this.dialect.list((lists) => lists.compensations(status, numberIn(cursor), limit + 1))
    const { entries, cursor: last } = cut(found, limit)
    return { compensations: entries.map(({ state }) => state), cursor: last && String(last.number) }
  }

  async close(): Promise<void> {}

  /** Core's rules. Tests override it, to see what a broken rule meets. */
  protected runner(partition: PartitionState, changed: ChangedAccounts): BatchRunner {
    return new BatchRunner(partition, changed)
  }

  /** @throws HoldfastError `invalid-argument` (`partition`) */
  protected check(partition = PARTITION): void {
    if (partition === PARTITION) return
    throw new HoldfastError('invalid-argument', `partition: this store has one alone, '${PARTITION}'`, {
      path: 'partition',
    })
  }
}

function readFrom(reader: Reader, query: Query): Promise<Page> {
  if (query.kind === 'keys') return reader.ask(() => new ReadKeys(query))
  return reader.list((lists) => pageOf(lists, query))
}
