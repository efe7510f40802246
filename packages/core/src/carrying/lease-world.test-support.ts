import { audit } from '../books/audit.js'
import { DeskWorker } from '../desk/desk-worker.js'
import { OrderDesk } from '../desk/order-desk.js'
import { VirtualClock } from '../desk/shop.test-support.js'
import { MemoryStore, type MemoryStoreOptions } from '../memory/store.js'
import { bucketIn, bucketNamed, isBetweenBuckets, isTransit, VAULT } from '../partition/bucket-names.js'
import type { Policy } from '../policy/types.js'
import type { ReservationStore } from '../port/reservation-store.js'

// A ledger that leases units to its store, and processes that die when they ask either.

export interface Death {
  readonly name: string
  readonly at: number
  readonly when: 'before' | 'after'
}

const CHANGING = ['apply', 'carry', 'applyToOrders']
const LEASE_MS = 6_000

export class LeaseWorld {
  readonly clock = new VirtualClock()
  readonly store: MemoryStore
  readonly ledger: MemoryStore

  constructor(
    options: MemoryStoreOptions,
    private readonly chunk: number,
    private readonly policy: Policy = { holdFor: { minutes: 15 } },
  ) {
    this.store = new MemoryStore({ clock: this.clock, retention: { hours: 1 }, ...options })
    this.ledger = new MemoryStore({ clock: this.clock })
  }

  /** A process, each of whose changes goes through `around`. */
  process(around: Around = (_, call) => call()) {
    const [store, ledger] = [changedThrough(this.store, around), changedThrough(this.ledger, around)]
    const { chunk, policy, clock } = this
    const desk = new OrderDesk({ store, ledger, lease: { chunk }, policy, clock: () => clock.now() })
    return { desk, worker: new DeskWorker(desk) }
  }

  /** What the process asks in the call, one after the other. */
  async pointsOf(call: (process: Process) => Promise<unknown>): Promise<readonly string[]> {
    const points: string[] = []
    await call(
      this.process((name, change) => {
        points.push(name)
        return change()
      }),
    )
    return points
  }

  /** A process dies in the call; what it leased to carry is free after a while. */
  async die(call: (process: Process) => Promise<unknown>, { at, when }: Death): Promise<void> {
    let asked = 0
    await new Promise<void>((resolve, reject) => {
      const mortal = this.process(async (_, change) => {
        const now = asked++
        if (now < at) return change()
        if (now === at && when === 'after') await change()
        resolve()
        return new Promise(() => {})
      })
      call(mortal).then(() => reject(new Error('it did not die')), reject)
    })
    this.clock.pass(LEASE_MS)
  }

  /** Units of a SKU available in the ledger's vault and in the store, on their way, and taken from there. */
  async unitsOf(sku = 'A') {
    const sum = { vault: 0, store: 0, inFlight: 0, taken: 0 }
    for (const { key, available, reserved, sold } of await accountsOf(this.store, sku)) {
      sum[isTransit(key) ? 'inFlight' : 'store'] += available
      sum.taken += reserved + sold
    }
    for (const { key, available } of await accountsOf(this.ledger, sku)) {
      const told = bucketNamed(key)
      if (told?.partition === VAULT) sum[isTransit(told.account) ? 'inFlight' : 'vault'] += available
    }
    return sum
  }

  /** What must hold at every moment. Units that came are seen twice until it is noted where they came from. */
  async faults(): Promise<readonly string[]> {
    const audits = await Promise.all([audit(this.store), audit(this.ledger)])
    const faults = audits.flatMap(({ differences }) => differences.map((one) => JSON.stringify(one)))
    const { vault, store, taken, inFlight } = await this.unitsOf()
    const [put, there] = [await this.put(), vault + store + taken]
    if (there > put || there + inFlight < put)
      faults.push(`${put} were put in: there are ${there}, and ${inFlight} in flight`)
    return faults
  }

  /** Units of A that the shop put in. */
  private async put(): Promise<number> {
    const account = bucketIn(VAULT, { sku: 'A', pool: 'default' })
    const query = { kind: 'list', of: 'ledger', cursor: null, limit: 1_000, account } as const
    const { ledger } = await this.ledger.read('main', query)
    return ledger.reduce(
      (sum, { movement, supplied }) => sum + (isBetweenBuckets(movement) ? 0 : supplied),
      0,
    )
  }
}

export type Process = ReturnType<LeaseWorld['process']>
type Around = (name: string, change: () => Promise<unknown>) => Promise<unknown>

function changedThrough(store: MemoryStore, around: Around): MemoryStore {
  return new Proxy(store, {
    get(target, name) {
      const value = Reflect.get(target, name, target) as unknown
      if (typeof value !== 'function') return value
      const bound = (...args: unknown[]) => (value as (...args: unknown[]) => unknown).apply(target, args)
      if (!CHANGING.includes(String(name))) return bound
      return (...args: unknown[]) => around(String(name), async () => bound(...args))
    },
  })
}

async function accountsOf(store: ReservationStore, sku: string) {
  const query = { kind: 'list', of: 'accounts', cursor: null, limit: 1_000, account: { sku } } as const
  const partitions = await store.partitions()
  const pages = await Promise.all(partitions.map((partition) => store.read(partition, query)))
  return pages.flatMap(({ accounts }) => accounts)
}
