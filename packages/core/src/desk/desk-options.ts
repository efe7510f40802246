import { Chain } from '../carrying/chain.js'
import { ChainOrders } from '../carrying/chain-orders.js'
import { ChainSender } from '../carrying/chain-sender.js'
import { storeWithVault } from '../carrying/store-with-vault.js'
import { Coalescer } from '../coalescer/coalescer.js'
import type { HashKey } from '../identity/hash-keys.js'
import type { Duration } from '../input/duration.js'
import { idFault } from '../input/map.js'
import { deskOptionsSchema } from '../input/options.js'
import { invalid, parse } from '../input/parse.js'
import { PiecedSender } from '../pieced/pieced-sender.js'
import { compilePolicy } from '../policy/compile-policy.js'
import type { Policy } from '../policy/types.js'
import type { CampaignStore } from '../port/campaign-store.js'
import type { CompensationStore } from '../port/compensation-store.js'
import type { CarriesFeeds, KeepsFeed } from '../port/feed.js'
import type { OrderStore } from '../port/order-store.js'
import type { Outbox } from '../port/outbox.js'
import type { ReservationStore } from '../port/reservation-store.js'
import { type Scheduler, systemScheduler } from '../scheduler.js'
import { CallsUnderWay } from './calls-under-way.js'
import { DueHolds } from './due-holds.js'
import { newOrderId } from './order-id.js'
import { ordersReadTogether } from './orders-read-together.js'
import { DeskCall, type DeskParts } from './parts.js'
import { ReplayedReservations } from './replayed-reservation.js'
import { CoalescedSender, DirectSender } from './sender.js'
import { SoldOutMemory } from './sold-out-memory.js'
import { type ApplicationClock, StoreTime } from './store-time.js'

/** What a desk sells from. One adapter may be all of the stores. */
export type DeskStore = ReservationStore &
  Partial<OrderStore & CampaignStore & CompensationStore & JoinsTransactions & KeepsOutbox & KeepsFeed>

/** A store whose events, and a shop's messages beside them, wait to be sent. */
export interface KeepsOutbox {
  readonly outbox: Outbox
}

/** A store that can take part in its caller's own transaction. */
export interface JoinsTransactions {
  /** The same store, within `transaction`: nothing it does is kept unless that commits. */
  within(transaction: object): ReservationStore & OrderStore & Partial<CampaignStore & CompensationStore>
}

/** Where a desk keeps what its store does not. */
export type DeskLedger = OrderStore &
  CampaignStore &
  CompensationStore &
  Partial<ReservationStore & KeepsOutbox & CarriesFeeds>

export interface DeskOptions {
  readonly store: DeskStore
  /**
   * Where orders, tickets, campaigns and compensations are kept, if not in `store`. One that can follow `store` is made to: a
   * worker carries into it all that happens there, and what settles an order is answered once it is durable in it.
   */
  readonly ledger?: DeskLedger | undefined
  /**
   * How many units of an account the ledger lets `store` have at a time: what is restocked stays in the ledger until then.
   * For good. If absent, `store` has all.
   */
  readonly lease?: { readonly chunk: number } | undefined
  readonly policy: Policy
  /** Demanded once a rule counts phone, address, IP or a kind of the shop's own. The first one writes. */
  readonly hashKeys?: readonly HashKey[] | undefined
  /** How long a call waits unless it says so itself: 10 seconds if absent. */
  readonly deadline?: Duration | undefined
  /** Commands that may wait for one partition: 10,000 if absent; beyond, reserves are `overloaded`. */
  readonly queueLimit?: number | undefined
  /** Commands that one batch may hold, 4 at least: 500 if absent. */
  readonly batchLimit?: number | undefined
  /** Batches of one partition that may be on their way at once: 2 if absent. */
  readonly inFlight?: number | undefined
  /**
   * Whether first attempts (`place` without an `id`, or with `firstAttempt`) at what the store has just said to be sold
   * out may be refused for 100 ms without asking it. If absent: unless the store is in this process itself.
   */
  readonly soldOutMemory?: boolean | undefined
  /** The application's clock, ms: it never decides, it measures what passed since the store told its time. */
  readonly clock?: ApplicationClock | undefined
  /** Mints ids of orders; UUIDs of version 7 if absent. */
  readonly newId?: (() => string) | undefined
  /** Turns and timers, for simulations. */
  readonly scheduler?: Scheduler | undefined
}

const DEADLINE_MS = 10_000

/** A desk's coalescer and its parts. @throws HoldfastError `invalid-argument` with the option's path */
export function openParts(options: DeskOptions): { coalescer: Coalescer; parts: DeskParts } {
  const { store, scheduler = systemScheduler, soldOutMemory } = checkedOptions(options)
  // What a store is out of, the ledger's vault may have.
  const remembers = options.lease === undefined && (soldOutMemory ?? store.capabilities?.inProcess !== true)
  const soldOut = remembers ? new SoldOutMemory(scheduler) : null
  const coalescer = coalescerOf(options, soldOut?.listeningTo(store) ?? store)
  return { coalescer, parts: partsOf(options, coalescer, soldOut) }
}

function coalescerOf(options: DeskOptions, store: Pick<ReservationStore, 'apply'>): Coalescer {
  const { scheduler, queueLimit, batchLimit, inFlight } = checkedOptions(options)
  return new Coalescer(store, {
    ...(scheduler === undefined ? {} : { scheduler }),
    ...(queueLimit === undefined ? {} : { maxQueued: queueLimit }),
    ...(batchLimit === undefined ? {} : { maxCommands: batchLimit }),
    ...(inFlight === undefined ? {} : { maxInFlight: inFlight }),
  })
}

function partsOf(options: DeskOptions, coalescer: Coalescer, soldOut: SoldOutMemory | null): DeskParts {
  const { store, ledger, hashKeys, scheduler = systemScheduler } = options
  const { deadline: deadlineMs = DEADLINE_MS, lease } = checkedOptions(options)
  const policy = compilePolicy(options.policy, { hashKeys })
  const kept = ledger ?? store
  const newId = options.newId === undefined ? newOrderId : checkedIds(options.newId)
  const chain = Chain.between(store, ledger, scheduler, lease?.chunk ?? null)
  const pieced = piecedSenderOf(store, coalescer, newId, scheduler, chain, deadlineMs)
  const direct = pieced ?? new CoalescedSender(store, coalescer)
  const sender = chain === null ? direct : new ChainSender(direct, chain, policy.retentionMs)
  const vault = chain?.vault ?? null
  const partitioned = vault === null ? store : storeWithVault(store, vault)
  const orders = orderStoreOr(kept)
  return {
    store: partitioned,
    orders:
      chain === null
        ? orders && ordersReadTogether(orders)
        : new ChainOrders(
            chain,
            ordersReadTogether(chain.ledger),
            () => new DeskCall(scheduler, deadlineMs, undefined),
          ),
    replayed: new ReplayedReservations(partitioned),
    campaigns: isCampaignStore(kept) ? kept : null,
    compensations: isCompensationStore(kept) ? kept : null,
    outbox: kept.outbox ?? null,
    policy,
    sender,
    pieced,
    chain,
    soldOut,
    time: new StoreTime(store, options.clock ?? (() => scheduler.now())),
    due: new DueHolds(sender, scheduler, { shortestHoldMs: policy.holdMs, deadlineMs }),
    calls: new CallsUnderWay(),
    deadlineMs,
    newId,
    scheduler,
  }
}

/** For a store whose orders may span partitions; `null` for one that has a single partition. */
function piecedSenderOf(
  store: ReservationStore,
  coalescer: Coalescer,
  newToken: () => string,
  scheduler: Scheduler,
  chain: Chain | null,
  deadlineMs: number,
): PiecedSender | null {
  if (store.capabilities?.partitions !== 'many' && !chain?.vault) return null
  return new PiecedSender(
    store,
    (partition, command, call) => coalescer.submit(partition, command, call),
    newToken,
    scheduler,
    chain && { carried: (partition) => chain.carried(partition, { deadlineMs }), vault: chain.vault },
  )
}

/** The parts of a desk within its caller's transaction: nothing asks the store past the transaction. */
export function partsWithin(parts: DeskParts, store: ReturnType<JoinsTransactions['within']>): DeskParts {
  const sender = new DirectSender(store)
  return {
    ...parts,
    store,
    orders: store,
    replayed: new ReplayedReservations(store),
    campaigns: isCampaignStore(store) ? store : null,
    compensations: isCompensationStore(store) ? store : null,
    sender,
    pieced: null,
    chain: null,
    soldOut: null,
    time: parts.time.through(store),
    due: parts.due.through(sender),
  }
}

/** Ids as the shop mints them, none taken that is no id. */
function checkedIds(newId: () => string): () => string {
  return () => {
    const id = newId()
    const fault = idFault(id)
    if (fault === null) return id
    throw invalid('newId', `what it mints ${fault}`)
  }
}

function checkedOptions(options: DeskOptions) {
  const checked = parse(deskOptionsSchema, options, 'options')
  // Stores, functions and the scheduler are taken as they are: a copy would lose their methods.
  return { ...checked, store: options.store, scheduler: options.scheduler }
}

function orderStoreOr(store: object): OrderStore | null {
  return 'applyToOrders' in store ? (store as OrderStore) : null
}

function isCampaignStore(store: object): store is CampaignStore {
  return 'applyToCampaign' in store
}

function isCompensationStore(store: object): store is CompensationStore {
  return 'applyToCompensation' in store
}
