import type { Duration } from '../input/duration.js'
import { memoryStoreOptionsSchema } from '../input/options.js'
import { parse } from '../input/parse.js'
import * as campaign from '../machines/campaign/index.js'
import type { CampaignState } from '../machines/campaign/types.js'
import * as compensation from '../machines/compensation/index.js'
import type { CompensationState } from '../machines/compensation/types.js'
import type { StockAccountState } from '../machines/stock-account/types.js'
import type { CampaignStore } from '../port/campaign-store.js'
import type { Command } from '../port/commands.js'
import type { CompensationStore } from '../port/compensation-store.js'
import type { OrderStore } from '../port/order-store.js'
import type {
  Applied,
  Capabilities,
  LedgerEntry,
  ListQuery,
  Page,
  Query,
  ReservationStore,
} from '../port/reservation-store.js'
import { machineClock, type StoreClock } from './clock.js'
import { inByteOrder } from './order-of-ids.js'
import { MemoryOrders } from './orders.js'
import { pageOf } from './page.js'
import { MemoryPartition } from './partition.js'
import { Reservations } from './reservations.js'

export interface MemoryStoreOptions {
  /** A clock that the caller moves (tests); the machine's if absent. */
  readonly clock?: StoreClock | undefined
  /** How long the id of an ended order is remembered; 30 days if absent. */
  readonly retention?: Duration | undefined
}

const MAIN = 'main'
/** Ended ids that one sweep forgets at most, beside the holds that it expires. */
const PURGED_PER_SWEEP = 1_000

/**
 * Everything in this process's memory: for trying things out, for tests, and as the reference that other stores
 * are compared with. Nothing survives the process.
 */
export class MemoryStore implements ReservationStore, OrderStore, CampaignStore, CompensationStore {
  readonly capabilities: Capabilities
  private readonly clock: StoreClock
  private readonly retentionMs: number
  private readonly reservations = new Reservations()
  private readonly orders = new MemoryOrders(this.reservations)
  private readonly partition = new MemoryPartition(MAIN, 1, this.orders.project, this.reservations)
  private readonly campaigns = new Map<string, CampaignState>()
  private readonly compensations = new Map<string, CompensationState>()
  private readonly leases = new Map<string, number>()
  /** A snapshot that is being read: batches wait for its end. */
  private reading: Promise<unknown> | null = null

  /** @throws HoldfastError `invalid-argument` with the option's path */
  constructor(options: MemoryStoreOptions = {}) {
    this.retentionMs = parse(memoryStoreOptionsSchema, options, 'options').retention
    this.clock = options.clock ?? machineClock()
    this.capabilities = {
      backorder: true,
      returns: true,
      durable: false,
      partitions: 'one',
      idScope: 'store',
      clock: options.clock === undefined ? 'store' : 'virtual',
      rows: false,
    }
  }

  partitionsOf(_command: Command): readonly string[] {
    return ONLY_MAIN
  }

  async partitions(): Promise<readonly string[]> {
    return ONLY_MAIN
  }

  async apply(_partition: string, epoch: number | null, commands: readonly Command[]): Promise<Applied> {
    while (this.reading !== null) await this.reading
    const { partition } = this
    if (epoch !== null && epoch !== partition.epoch) return { kind: 'fenced', epoch: partition.epoch }
    const now = this.clock.now()
    const { outcomes, events } = partition.runner.run(commands, now)
    partition.history.keep(events)
    if (commands.some((command) => command.kind === 'sweep')) this.purge(now)
    return { kind: 'applied', now, epoch: partition.epoch, outcomes }
  }

  async read(_partition: string, query: Query): Promise<Page> {
    return this.page(query)
  }

  async snapshot<T>(
    _partition: string,
    work: (read: (query: Query) => Promise<Page>) => Promise<T>,
  ): Promise<T> {
    while (this.reading !== null) await this.reading
    const done = work(async (query) => this.page(query))
    this.reading = done.then(noop, noop)
    try {
      return await done
    } finally {
      this.reading = null
    }
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

  private purge(now: number): void {
    const before = now - this.retentionMs
    for (const id of this.partition.purge(before, PURGED_PER_SWEEP)) this.orders.forget(id)
    this.orders.forgetRejected(before, PURGED_PER_SWEEP)
  }

  private page(query: Query): Page {
    const now = this.clock.now()
    const { partition } = this
    if (query.kind === 'list') return { ...EMPTY_PAGE, now, ...this.listed(query) }
    return {
      ...EMPTY_PAGE,
      now,
      accounts: present(query.accounts, (key) => partition.account(key)).map((state) => ({ ...state })),
      reservations: present(query.reservations, (id) => {
        const state = partition.reservation(id)
        return state && { id, state }
      }),
      counters: present(query.counters, (name) => {
        const state = partition.counter(name)
        return state && { name, used: state.used, archived: state.archived }
      }),
      guards: present(query.guards, (name) => {
        const state = partition.guard(name)
        return state && { name, state }
      }),
      strikes: present(query.strikes, (name) => {
        const state = partition.strikes(name)
        return state && { name, state }
      }),
    }
  }

  private listed(query: ListQuery): Partial<Page> {
    const { partition } = this
    switch (query.of) {
      case 'accounts': {
        const { entries, cursor } = pageOf(this.accounts(query), query)
        return { accounts: entries.map((state) => ({ ...state })), cursor }
      }
      case 'reservations': {
        const { entries, cursor } = pageOf(partition.reservations.entries(), query)
        return { reservations: entries, cursor }
      }
      case 'counters': {
        const { entries, cursor } = pageOf(partition.counters, query)
        return { counters: entries.map(([name, { used, archived }]) => ({ name, used, archived })), cursor }
      }
      case 'guards': {
        const { entries, cursor } = pageOf(partition.guards, query)
        return { guards: entries.map(([name, state]) => ({ name, state })), cursor }
      }
      case 'strikes': {
        const { entries, cursor } = pageOf(partition.strikeRecords, query)
        return { strikes: entries.map(([name, state]) => ({ name, state })), cursor }
      }
      case 'events': {
        const { entries, cursor } = pageOf(partition.history.events(), query)
        return { events: entries, cursor }
      }
      case 'ledger': {
        const { entries, cursor } = pageOf(ofAccount(partition.history.ledger(), query.account), query)
        return { ledger: entries, cursor }
      }
    }
  }

  private accounts({ account: of, fillable = false }: ListQuery) {
    const found: StockAccountState[] = []
    for (const pools of this.partition.books.values()) {
      for (const { state } of pools.values()) {
        const { sku, pool } = state.key
        if (of !== undefined && (sku !== of.sku || (of.pool !== undefined && pool !== of.pool))) continue
        if (!fillable || (state.backordered > 0 && state.available > 0)) found.push(state)
      }
    }
    return found.sort(
      (one, other) => inByteOrder(one.key.sku, other.key.sku) || inByteOrder(one.key.pool, other.key.pool),
    )
  }
}

const ONLY_MAIN: readonly string[] = Object.freeze([MAIN])

const EMPTY_PAGE = {
  accounts: [],
  reservations: [],
  counters: [],
  guards: [],
  strikes: [],
  events: [],
  ledger: [],
  cursor: null,
}

function noop(): void {}

function* ofAccount(ledger: Iterable<LedgerEntry>, of: ListQuery['account']): Iterable<LedgerEntry> {
  for (const entry of ledger) {
    const { sku, pool } = entry.account
    if (of === undefined || (sku === of.sku && (of.pool === undefined || pool === of.pool))) yield entry
  }
}

function present<Key, Value>(keys: readonly Key[], get: (key: Key) => Value | undefined): Value[] {
  const found: Value[] = []
  for (const key of keys) {
    const value = get(key)
    if (value !== undefined) found.push(value)
  }
  return found
}
