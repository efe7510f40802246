import { audit } from '../books/audit.js'
import { VirtualClock } from '../desk/shop.test-support.js'
import type { KnownReservation } from '../machines/reservation/types.js'
import type { StockAccountState } from '../machines/stock-account/types.js'
import { MemoryStore } from '../memory/store.js'
import { isBetweenBuckets, isTransit } from '../partition/bucket-names.js'
import { isElsewhere, isPieceId, isWhole } from '../partition/piece-names.js'
import type { Command, Reserve } from '../port/commands.js'
import type { Outcome } from '../port/outcomes.js'
import type { ReservationEntry } from '../port/reservation-store.js'
import type { Submit } from './homes.js'
import { PiecedSender } from './pieced-sender.js'

// A store of several partitions, with the commands of orders that span them, and the laws that hold there.

export const HOLD_MS = 60_000
const PATIENCE = { deadlineMs: Number.POSITIVE_INFINITY }
/** SKUs that lie in different partitions of the store. */
export const SKUS = ['A', 'B', 'C'] as const
const UNITS = 6
const MAX_USES = 4

/** How far each node's clock is from the next one's: none may be compared with another. */
const SKEW_MS = 17 * 60_000

/** Each partition on a node of its own, with a clock of its own. */
class Nodes extends MemoryStore {
  private skewMs = 0

  constructor(
    private readonly time: VirtualClock,
    spread: readonly string[],
  ) {
    super({ clock: { now: () => time.now() + this.skewMs }, partitions: 7, spread })
  }

  /** The partition's own time. */
  nowAt(partition: string): number {
    return this.time.now() + Number(partition.slice(1)) * SKEW_MS
  }

  // The store looks at its clock before it waits for anything.
  override apply(...args: Parameters<MemoryStore['apply']>): ReturnType<MemoryStore['apply']> {
    this.skewMs = this.nowAt(args[0]) - this.time.now()
    return super.apply(...args)
  }

  override read(...args: Parameters<MemoryStore['read']>): ReturnType<MemoryStore['read']> {
    this.skewMs = this.nowAt(args[0]) - this.time.now()
    return super.read(...args)
  }
}

export class PiecedWorld {
  readonly clock = new VirtualClock()
  readonly store: Nodes
  private tokens = 0
  /** Units of each SKU that were put in. */
  readonly put = new Map<string, number>()

  /** `spread`: SKUs whose units lie in buckets. */
  constructor(private readonly spread: readonly string[] = []) {
    this.store = new Nodes(this.clock, spread)
  }

  /** Straight to the store. */
  readonly direct: Submit = async (partition, command) => {
    const applied = await this.store.apply(partition, null, [command])
    if (applied.kind === 'fenced') throw new Error('fenced')
    const [outcome] = applied.outcomes
    if (outcome === undefined) throw new Error('no outcome')
    this.notePut(command, outcome)
    return { outcome, now: applied.now, epoch: applied.epoch }
  }

  /** Of the shop's own movements, what was put in is known. */
  private notePut(command: Command, { kind }: Outcome): void {
    if (kind !== 'supplied' || command.kind !== 'supply' || isBetweenBuckets(command.movement)) return
    const { sku } = command.account
    this.put.set(sku, (this.put.get(sku) ?? 0) + command.delta)
  }

  /** Another process, whose commands go by way of `submit`. */
  process(submit: Submit = this.direct): PiecedSender {
    return new PiecedSender(this.store, submit, () => `token-${++this.tokens}`)
  }

  async open(units: number = UNITS): Promise<void> {
    for (const sku of SKUS) {
      const account = { sku, pool: 'default' }
      const supply = {
        kind: 'supply',
        movement: `stock-${sku}`,
        account,
        delta: units,
        cause: 'restock',
      } as const
      await this.process().send(supply, PATIENCE)
    }
  }

  /** Sweeps, as workers do, until everything that was left behind is found. */
  async settle(): Promise<void> {
    for (let round = 0; round < 6; round++) {
      this.clock.pass(20_000)
      await this.process().send({ kind: 'sweep', limit: 1_000 }, PATIENCE)
      await this.process().rebalance()
    }
  }

  async reservations(): Promise<readonly (ReservationEntry & { readonly partition: string })[]> {
    const found = []
    for (const partition of await this.store.partitions()) {
      const query = { kind: 'list', of: 'reservations', cursor: null, limit: 100_000 } as const
      const page = await this.store.read(partition, query)
      found.push(...page.reservations.map((entry) => ({ ...entry, partition })))
    }
    return found
  }

  async whole(id: string): Promise<KnownReservation | null> {
    const all = await this.reservations()
    const state = all.find((entry) => entry.id === id)?.state
    return state === undefined || state.status === 'absent' ? null : state
  }

  /** Of all buckets, where the SKU has several. */
  async figures(sku: string): Promise<{ available: number; reserved: number; sold: number }> {
    const { figures } = await this.unitsOf(sku)
    return figures
  }

  /** Units in all buckets of a SKU, and those on their way between them. */
  async unitsOf(sku: string) {
    const figures = { available: 0, reserved: 0, sold: 0 }
    let supplied = 0
    let inFlight = 0
    for (const account of await this.accountsOf(sku)) {
      if (isTransit(account.key)) inFlight += account.available
      else {
        figures.available += account.available
        figures.reserved += account.reserved
        figures.sold += account.sold
        supplied += account.supplied
      }
    }
    return { figures, supplied, inFlight }
  }

  async accountsOf(sku: string): Promise<readonly StockAccountState[]> {
    const found: StockAccountState[] = []
    for (const partition of await this.store.partitions()) {
      const query = { kind: 'list', of: 'accounts', cursor: null, limit: 100, account: { sku } } as const
      found.push(...(await this.store.read(partition, query)).accounts)
    }
    return found
  }

  /** What must hold at every step: conservation, limits, guards (L1–L4). Empty where it does. */
  async faults(): Promise<readonly string[]> {
    const faults: string[] = []
    const { differences } = await audit(this.store)
    faults.push(...differences.map((one) => JSON.stringify(one)))
    for (const partition of await this.store.partitions()) {
      const query = { kind: 'list', of: 'counters', cursor: null, limit: 100_000 } as const
      for (const { name, used } of (await this.store.read(partition, query)).counters)
        if (used < 0 || used > MAX_USES) faults.push(`${name} is at ${used}`)
    }
    for (const sku of this.spread) faults.push(...(await this.doubledOrLost(sku)))
    const openBy = new Map<string, string>()
    for (const { id, state, partition } of await this.reservations()) {
      if (state.status !== 'held' && state.status !== 'deferred') continue
      if (isPieceId(id) || this.store.nowAt(partition) >= state.expiresAt) continue
      for (const guard of state.guards) {
        const other = openBy.get(guard)
        if (other !== undefined) faults.push(`${other} and ${id} are both unpaid under ${guard}`)
        openBy.set(guard, id)
      }
    }
    return faults
  }

  /** Units that have arrived are seen twice until that is noted where they came from; no unit is given twice, or lost. */
  private async doubledOrLost(sku: string): Promise<readonly string[]> {
    const { supplied, inFlight } = await this.unitsOf(sku)
    const put = this.put.get(sku) ?? 0
    if (supplied <= put && put <= supplied + inFlight) return []
    return [`${put} of ${sku} were put in: buckets have ${supplied}, and ${inFlight} are in flight`]
  }

  /** What must hold in the end: the pieces together are what their orders say, and nothing else is kept. */
  async leftovers(): Promise<readonly string[]> {
    const orders = new Map<string, number>()
    const pieces = new Map<string, number>()
    for (const { id, state } of await this.reservations()) {
      if (state.status !== 'held' && state.status !== 'deferred' && state.status !== 'confirmed') continue
      const into = isPieceId(id) || !isWhole(id, state.home) ? pieces : orders
      const isAtomic = !isPieceId(id) && !isWhole(id, state.home)
      for (const { account, quantity, returned } of state.lines) {
        if (isElsewhere(account) || state.status === 'deferred') continue
        count(into, `${state.status} ${account.sku}`, quantity - returned)
        if (isAtomic) count(orders, `${state.status} ${account.sku}`, quantity - returned)
      }
      for (const use of state.uses) {
        count(into, use.counter, use.quantity)
        if (isAtomic) count(orders, use.counter, use.quantity)
      }
    }
    const names = new Set([...orders.keys(), ...pieces.keys()])
    return [...names].flatMap((name) => {
      const [ordered, kept] = [orders.get(name) ?? 0, pieces.get(name) ?? 0]
      return ordered === kept ? [] : [`${name}: orders say ${ordered}, pieces keep ${kept}`]
    })
  }
}

function count(into: Map<string, number>, name: string, quantity: number): void {
  if (quantity !== 0) into.set(name, (into.get(name) ?? 0) + quantity)
}

/** An order of one unit of each SKU named, limited by the buyer's phone, one unpaid order a buyer. */
export function orderOf(
  id: string,
  buyer: string,
  skus: readonly string[],
  options: { readonly stock?: 'take' | 'defer'; readonly quantity?: number } = {},
): Reserve {
  const { stock = 'take', quantity = 1 } = options
  const units = skus.map((sku) => ({ account: { sku, pool: 'default' }, quantity }))
  return {
    kind: 'reserve',
    id,
    home: `buyer-${buyer}`,
    claims: {
      fingerprint: { buyer, lines: skus.join('+') },
      units,
      uses: [
        {
          counter: `limit/phones/shop/${buyer}`,
          prior: [],
          max: MAX_USES,
          lines: skus.map((_, line) => line),
          from: Number.MIN_SAFE_INTEGER,
          to: null,
        },
      ],
      backorder: false,
    },
    refuse: null,
    guards: [{ name: `unpaid/shop/${buyer}`, prior: [] }],
    risk: { strikes: `strikes/${buyer}`, prior: [], strikeMs: 1_000_000, deferAt: null, refuseAt: null },
    stock,
    notAfter: Number.MAX_SAFE_INTEGER,
    holdMs: HOLD_MS,
    maxHoldMs: HOLD_MS * 10,
    data: null,
    rows: null,
  }
}

export { PATIENCE }
