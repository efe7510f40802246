import { HoldfastError } from '../errors.js'
import type { Duration } from '../input/duration.js'
import { memoryStoreOptionsSchema } from '../input/options.js'
import { parse } from '../input/parse.js'
import * as campaign from '../machines/campaign/index.js'
import type { CampaignState } from '../machines/campaign/types.js'
import * as compensation from '../machines/compensation/index.js'
import type { CompensationState } from '../machines/compensation/types.js'
import { entriesBehind } from '../partition/carried.js'
import type { CampaignStore } from '../port/campaign-store.js'
import type { Command } from '../port/commands.js'
import type { CompensationStore } from '../port/compensation-store.js'
import type { AccountNames, CarriedPosition, CarriesFeeds, Feed, FeedEntry, KeepsFeed } from '../port/feed.js'
import type { OrderStore } from '../port/order-store.js'
import { type Contents, NO_CONTENTS, type Rebuilding } from '../port/rebuilding.js'
import type { Applied, Capabilities, Page, Query, ReservationStore } from '../port/reservation-store.js'
import { machineClock, type StoreClock } from './clock.js'
import { contentsOf } from './contents.js'
import { MemoryFeed } from './feed.js'
import { MemoryOrders } from './orders.js'
import { pageOf } from './page.js'
import { MemoryPartition } from './partition.js'
import { readPage } from './read-page.js'
import { MemoryRebuilding } from './rebuilding.js'
import { Reservations } from './reservations.js'
import { SeveralPartitions } from './several-partitions.js'

export interface MemoryStoreOptions {
  /** A clock that the caller moves (tests); the machine's if absent. */
  readonly clock?: StoreClock | undefined
  /** How long the id of an ended order is remembered; 30 days if absent. */
  readonly retention?: Duration | undefined
  /**
   * Spreads everything over so many partitions, each of which alone is atomic, as clusters do; orders that need several
   * are admitted piece by piece. One partition, to which nothing of that applies, if absent.
   */
  readonly partitions?: number | undefined
  /** SKUs so hot that their units are spread over all partitions, in buckets; none if absent. */
  readonly spread?: readonly string[] | undefined
}

const MAIN = 'main'
/** Ended ids that one sweep forgets at most, beside the holds that it expires. */
const PURGED_PER_SWEEP = 1_000

/**
 * Everything in this process's memory: for trying things out, for tests, and as the reference that other stores
 * are compared with. Nothing survives the process.
 */
export class MemoryStore
  implements ReservationStore, OrderStore, CampaignStore, CompensationStore, KeepsFeed, CarriesFeeds
{
  readonly capabilities: Capabilities
  readonly spread: readonly string[]
  private readonly clock: StoreClock
  private readonly retentionMs: number
  private readonly orders: MemoryOrders
  /** The one that there is, or the first of several. */
  private partition: MemoryPartition
  private readonly several: SeveralPartitions | null
  private readonly campaigns = new Map<string, CampaignState>()
  private readonly compensations = new Map<string, CompensationState>()
  private readonly leases = new Map<string, number>()
  /** How far other stores' partitions were carried. */
  private readonly positions = new Map<string, CarriedPosition>()
  readonly feed: Feed
  readonly rebuilding: Rebuilding
  private readonly underWay: MemoryRebuilding
  /** A snapshot that is being read: batches wait for its end. */
  private reading: Promise<unknown> | null = null

  /** @throws HoldfastError `invalid-argument` with the option's path */
  constructor(options: MemoryStoreOptions = {}) {
    const { retention, partitions, spread = [] } = parse(memoryStoreOptionsSchema, options, 'options')
    this.retentionMs = retention
    this.spread = spread
    this.clock = options.clock ?? machineClock()
    this.capabilities = {
      backorder: true,
      returns: true,
      durable: false,
      partitions: partitions === undefined ? 'one' : 'many',
      idScope: partitions === undefined ? 'store' : 'home',
      clock: options.clock === undefined ? 'store' : 'virtual',
      rows: false,
      corrections: true,
      inProcess: true,
    }
    if (partitions === undefined) {
      const reservations = new Reservations()
      this.several = null
      this.orders = new MemoryOrders(reservations)
      this.partition = new MemoryPartition(MAIN, 1, this.orders.project, reservations)
    } else {
      this.several = new SeveralPartitions(partitions, spread)
      this.orders = this.several.orders
      this.partition = this.several.first
    }
    const named = (name: string) => this.named(name)
    this.underWay = new MemoryRebuilding(named, (name, epoch) => this.replace(name, epoch))
    this.rebuilding = this.underWay
    this.feed = new MemoryFeed(named, this.clock, this.underWay)
  }

  partitionsOf(command: Command): readonly string[] {
    return this.several === null ? ONLY_MAIN : this.several.layout.of(command)
  }

  async partitions(): Promise<readonly string[]> {
    return this.several === null ? ONLY_MAIN : this.several.layout.partitions
  }

  async apply(name: string, epoch: number | null, commands: readonly Command[]): Promise<Applied> {
    while (this.reading !== null) await this.reading
    const partition = this.named(name)
    if (this.underWay.isUnderWay(name)) return { kind: 'fenced', epoch: null }
    if (epoch !== null && epoch !== partition.epoch) return { kind: 'fenced', epoch: partition.epoch }
    const now = this.clock.now()
    const { outcomes, events } = partition.runner.run(commands, now)
    partition.keepEvents(events)
    if (commands.some((command) => command.kind === 'sweep')) this.purge(partition, now)
    return { kind: 'applied', now, epoch: partition.epoch, outcomes }
  }

  async read(partition: string, query: Query): Promise<Page> {
    return this.page(partition, query)
  }

  async snapshot<T>(
    partition: string,
    work: (read: (query: Query) => Promise<Page>) => Promise<T>,
  ): Promise<T> {
    while (this.reading !== null) await this.reading
    const done = work(async (query) => this.page(partition, query))
    this.reading = done.then(noop, noop)
    try {
      return await done
    } finally {
      this.reading = null
    }
  }

  async carry(name: string, entries: readonly FeedEntry[], names?: AccountNames): Promise<CarriedPosition> {
    while (this.reading !== null) await this.reading
    for (const entry of entriesBehind(name, this.positions.get(name) ?? null, entries)) {
      this.partition.carry(entry, names)
      const { epoch, sequence, at, digest } = entry
      this.positions.set(name, { epoch, sequence, at, digest })
    }
    const position = this.positions.get(name)
    if (position === undefined) throw new HoldfastError('store-failed', 'there was nothing to carry')
    return position
  }

  async carried(names: readonly string[]): Promise<readonly (CarriedPosition | null)[]> {
    return names.map((name) => this.positions.get(name) ?? null)
  }

  async raiseEpoch(name: string, from: number | null, to: number): Promise<CarriedPosition | null> {
    while (this.reading !== null) await this.reading
    const known = this.positions.get(name)
    if ((known?.epoch ?? null) !== from) return null
    const position = { epoch: to, sequence: 0, at: known?.at ?? 0, digest: '' }
    this.positions.set(name, position)
    return position
  }

  async contents(take: (part: Contents) => Promise<void>): Promise<void> {
    while (this.reading !== null) await this.reading
    const told = contentsOf(this.partition)
    await take({ ...told, owed: [] })
    await take({ ...NO_CONTENTS, owed: told.owed })
  }

  async applyToOrders(commands: Parameters<OrderStore['applyToOrders']>[0]) {
    const now = this.clock.now()
    return { now, outcomes: this.orders.apply(commands, now) }
  }

  async readOrders(ids: readonly string[]) {
    return ids.map((id) => this.orders.read(id))
  }

  async listOrders(query: Parameters<OrderStore['listOrders']>[0]) {
    return this.orders.list(query)
  }

  async takeQueued(limit: number, leaseMs: number) {
    return this.orders.take(limit, leaseMs, this.clock.now())
  }

  async applyToCampaign(command: Parameters<CampaignStore['applyToCampaign']>[0]) {
    const now = this.clock.now()
    let state = this.campaigns.get(command.id) ?? null
    const { events, outcome } = campaign.decide(command, state, now)
    for (const event of events) state = campaign.evolve(state, event)
    if (state !== null) this.campaigns.set(state.id, state)
    return { now, outcome, state }
  }

  async readCampaign(id: string) {
    return this.campaigns.get(id) ?? null
  }

  async listCampaigns(query: Parameters<CampaignStore['listCampaigns']>[0]) {
    const { entries, cursor } = pageOf(this.campaigns.values(), query)
    return { campaigns: entries, cursor }
  }

  async applyToCompensation(command: Parameters<CompensationStore['applyToCompensation']>[0]) {
    const now = this.clock.now()
    let state = this.compensations.get(command.order) ?? null
    const { events, outcome } = compensation.decide(command, state, now)
    for (const event of events) state = compensation.evolve(state, event)
    if (state !== null) this.compensations.set(state.order, state)
    if (events.length > 0) this.leases.delete(command.order)
    return { now, outcome, state }
  }

  async readCompensation(order: string) {
    return this.compensations.get(order) ?? null
  }

  async takeCompensations(limit: number, leaseMs: number) {
    const now = this.clock.now()
    const taken: CompensationState[] = []
    for (const state of this.compensations.values()) {
      if (taken.length === limit) break
      if (state.status !== 'required' || state.nextAttemptAt > now) continue
      if ((this.leases.get(state.order) ?? 0) > now) continue
      this.leases.set(state.order, now + leaseMs)
      taken.push(state)
    }
    return taken
  }

  async listCompensations(query: Parameters<CompensationStore['listCompensations']>[0]) {
    const { status } = query
    const isWanted = (state: CompensationState) => status === undefined || state.status === status
    const { entries, cursor } = pageOf(this.compensations.values(), query, isWanted)
    return { compensations: entries, cursor }
  }

  async close(): Promise<void> {}

  private purge(partition: MemoryPartition, now: number): void {
    const before = now - this.retentionMs
    for (const id of partition.purge(before, PURGED_PER_SWEEP)) this.orders.forget(id)
    this.orders.forgetRejected(before, PURGED_PER_SWEEP)
  }

  private page(name: string, query: Query): Page {
    return readPage(this.named(name), query, this.clock.now())
  }

  /** Orders are the ledger's, where a store is rebuilt. */
  private replace(name: string, epoch: number): MemoryPartition {
    const { several, partition, orders } = this
    if (several !== null) return several.replace(name, epoch)
    partition.reservations.clear()
    this.partition = new MemoryPartition(name, epoch, orders.project, partition.reservations)
    return this.partition
  }

  private named(name: string): MemoryPartition {
    return this.several === null ? this.partition : this.several.named(name)
  }
}

const ONLY_MAIN: readonly string[] = Object.freeze([MAIN])

function noop(): void {}
