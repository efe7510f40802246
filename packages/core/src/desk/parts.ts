import { isSpread } from '../buckets/is-spread.js'
import type { Chain } from '../carrying/chain.js'
import type { Rebuild } from '../carrying/rebuild.js'
import type { Call } from '../coalescer/coalescer.js'
import { HoldfastError } from '../errors.js'
import { type CallOptions, callSchema } from '../input/order.js'
import { invalid, parse } from '../input/parse.js'
import type { OrderState, OrderStatus } from '../machines/order/types.js'
import type { PiecedSender } from '../pieced/pieced-sender.js'
import type { CompiledPolicy } from '../policy/compiled-policy.js'
import type { CampaignStore } from '../port/campaign-store.js'
import type { Command } from '../port/commands.js'
import type { CompensationStore } from '../port/compensation-store.js'
import type { OrderStore } from '../port/order-store.js'
import type { Outbox } from '../port/outbox.js'
import type { Outcome, Status } from '../port/outcomes.js'
import type { ReservationStore } from '../port/reservation-store.js'
import type { Scheduler } from '../scheduler.js'
import type { CallsUnderWay } from './calls-under-way.js'
import type { DueHolds } from './due-holds.js'
import type { ReplayedReservations } from './replayed-reservation.js'
import type { Sender } from './sender.js'
import type { SoldOutMemory } from './sold-out-memory.js'
import type { StoreTime } from './store-time.js'

/** What the desk's parts share. */
export interface DeskParts {
  readonly store: ReservationStore
  readonly orders: OrderStore | null
  readonly replayed: ReplayedReservations
  readonly campaigns: CampaignStore | null
  readonly compensations: CompensationStore | null
  /** What the worker relays; `null`: nothing waits to be sent there. */
  readonly outbox: Outbox | null
  readonly policy: CompiledPolicy
  readonly sender: Sender
  /** The sender again, where orders may lie in several partitions; `null`: the store has one. */
  readonly pieced: PiecedSender | null
  /** The store and the ledger that follows it; `null`: none does. */
  readonly chain: Chain | null
  /** What was sold out a moment ago; `null`: the store is always asked. */
  readonly soldOut: SoldOutMemory | null
  readonly time: StoreTime
  readonly due: DueHolds
  readonly calls: CallsUnderWay
  /** How long a call waits unless it says so itself, ms. */
  readonly deadlineMs: number
  readonly newId: () => string
  readonly scheduler: Scheduler
}

/** One deadline for all that a call asks of the store, however often that is. */
export class DeskCall implements Call {
  readonly endsAt: number

  constructor(
    private readonly scheduler: Scheduler,
    /** The caller's whole patience, ms. */
    readonly patienceMs: number,
    readonly signal: AbortSignal | undefined,
  ) {
    this.endsAt = scheduler.now() + patienceMs
  }

  /** What is left of it. */
  get deadlineMs(): number {
    return this.endsAt - this.scheduler.now()
  }
}

/** A call with its own deadline and signal, or the desk's. */
export function callOf(parts: DeskParts, options?: CallOptions): DeskCall {
  if (options === undefined) return new DeskCall(parts.scheduler, parts.deadlineMs, undefined)
  const { deadline, signal } = parse(callSchema, options, 'options')
  return new DeskCall(parts.scheduler, deadline ?? parts.deadlineMs, signal)
}

/** Sends a command and learns the store's time from the reply. */
export async function ask(parts: DeskParts, command: Command, call: Call): Promise<Outcome> {
  const { outcome, now } = await parts.sender.send(command, call)
  parts.time.heard(now)
  return outcome
}

/** The store of orders; a desk on a reservation store alone has none. */
export function ordersOf(parts: DeskParts): OrderStore {
  return present(parts.orders, 'orders')
}

/** An order whose reservation is known to be so; `null` if there is none. */
export async function orderOf(parts: DeskParts, id: string, reservation: Status): Promise<OrderState | null> {
  const orders = ordersOf(parts)
  const [state = null] = await orders.readOrders([id])
  if (parts.chain === null || state === null || isOrderOf(reservation, state.status)) return state
  // The ledger is not so far.
  await parts.chain.catchingUp.now(callOf(parts))
  return (await orders.readOrders([id]))[0] ?? null
}

/** Whether an order can be its reservation as its buyer sees it. */
function isOrderOf(reservation: Status, order: OrderStatus): boolean {
  const isLive = reservation === 'held' || reservation === 'deferred'
  if (isLive || order === 'awaiting-payment') return isLive && order === 'awaiting-payment'
  return (reservation === 'confirmed') === (order === 'paid' || order === 'refunded')
}

export function campaignsOf(parts: DeskParts): CampaignStore {
  return present(parts.campaigns, 'campaigns')
}

export function compensationsOf(parts: DeskParts): CompensationStore {
  return present(parts.compensations, 'compensations')
}

/** What a store that its ledger cannot follow any more is made anew by. */
export function rebuildOf({ chain }: DeskParts): Rebuild {
  if (chain !== null) return chain.rebuild
  throw invalid('ledger', 'is missing: there is nothing to rebuild a store from')
}

/** Whether units of the SKU lie in several accounts, as if they were one: of such nothing can be owed. */
export function isInBuckets({ store, chain }: DeskParts, sku: string): boolean {
  return isSpread(store, sku) || (chain?.vault ?? null) !== null
}

function present<Store>(store: Store | null, what: string): Store {
  if (store !== null) return store
  throw invalid('ledger', `is missing: this desk's store keeps no ${what}`)
}

/** An outcome that the command cannot have: the store is broken. */
export function unexpected(command: Command['kind'], outcome: Outcome): HoldfastError {
  return new HoldfastError('store-failed', `the store answered ${command} with ${outcome.kind}`)
}
