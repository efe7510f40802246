import { afterEach } from 'vitest'
import type { Duration } from '../input/duration.js'
import type { RequestedLine } from '../input/order.js'
import { MemoryStore } from '../memory/store.js'
import type { Policy } from '../policy/types.js'
import type { CampaignStore } from '../port/campaign-store.js'
import type { CompensationStore } from '../port/compensation-store.js'
import type { OrderStore } from '../port/order-store.js'
import type { ReservationStore } from '../port/reservation-store.js'
import type { DeskOptions, JoinsTransactions } from './desk-options.js'
import { DeskWorker, type WorkerOptions } from './desk-worker.js'
import { OrderDesk } from './order-desk.js'

// What the desk's tests sell from: a store whose clock the test moves. The same tests run on any store that keeps
// orders, campaigns and compensations too: another package names its own with `sellFrom` and imports them.

/** A store that one desk may sell from with nothing beside it. */
export type ShopStore = ReservationStore &
  OrderStore &
  CampaignStore &
  CompensationStore &
  Partial<JoinsTransactions>

export type OpenStore = (options: {
  readonly clock: VirtualClock
  readonly retention?: Duration
}) => ShopStore | Promise<ShopStore>

/** A Monday, noon, in Berlin. */
export const START = Date.UTC(2026, 5, 1, 10)
export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

export class VirtualClock {
  constructor(private time = START) {}

  now(): number {
    return this.time
  }

  pass(ms: number): void {
    this.time += ms
  }

  set(instant: number): void {
    this.time = instant
  }
}

let openStore: OpenStore = (options) => new MemoryStore(options)

/** Has the tests imported from now on sell from another store. */
export function sellFrom(open: OpenStore): void {
  openStore = open
}

export interface Shop {
  readonly desk: OrderDesk
  readonly store: ShopStore
  readonly clock: VirtualClock
  /** A desk of another process on the same store. */
  another(options?: Partial<DeskOptions>): OrderDesk
  /** A worker of the first desk, driven by `runOnce`. */
  worker(options?: WorkerOptions): DeskWorker
  /** One SKU of the default pool, with so many units. */
  stock(sku: string, quantity: number): Promise<void>
}

const opened: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of opened.splice(0)) await close()
})

/** A shop on a fresh store, closed after the test. */
export async function openShop(
  policy: Policy = {},
  options: Partial<DeskOptions> & {
    readonly retention?: Duration
    /** Puts something between the desk and its store. */
    readonly around?: (store: ShopStore) => ShopStore
  } = {},
): Promise<Shop> {
  const { retention, around = (store) => store, ...deskOptions } = options
  const clock = new VirtualClock()
  const store = around(await openStore(retention === undefined ? { clock } : { clock, retention }))
  const another = (other: Partial<DeskOptions> = {}) =>
    new OrderDesk({ store, policy, clock: () => clock.now(), ...deskOptions, ...other })
  const desk = another()
  opened.push(() => desk.close())
  let deliveries = 0
  return {
    desk,
    store,
    clock,
    another,
    worker: (workerOptions) => new DeskWorker(desk, workerOptions),
    async stock(sku, quantity) {
      deliveries += 1
      await desk.restock({ id: `stock-${deliveries}`, sku, quantity })
    },
  }
}

/** An order of one line, or of the lines given. */
export function orderOf(
  id: string,
  user: string,
  lines: readonly RequestedLine[] | string = 'PHONE',
  quantity = 1,
) {
  return { id, buyer: { user }, lines: typeof lines === 'string' ? [{ sku: lines, quantity }] : lines }
}

export type StoreCall = (method: string, args: readonly unknown[]) => unknown

/** The store, each of whose methods tells `called` first; what that throws or waits for comes before the store. */
export function watched<Store extends object>(store: Store, called: StoreCall): Store {
  return new Proxy(store, {
    get(target, name, receiver) {
      const value = Reflect.get(target, name, receiver) as unknown
      if (typeof value !== 'function' || typeof name !== 'string') return value
      const method = value.bind(target) as (...args: readonly unknown[]) => unknown
      if (name === 'partitionsOf') return method
      return (...args: readonly unknown[]) => {
        const before = called(name, args)
        return before instanceof Promise ? before.then(() => method(...args)) : method(...args)
      }
    },
  })
}
