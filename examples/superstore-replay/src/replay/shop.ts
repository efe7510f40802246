import {
  type DeskLedger,
  type DeskStore,
  DeskWorker,
  OrderDesk,
  type PlaceResult,
  type Policy,
} from '@holdfast/core'
import { EXPIRES_AFTER, type PlannedOrder } from '../plan/plan.js'
import { RETENTION } from '../store/retention.js'
import type { VirtualClock } from './virtual-clock.js'

/** Units that go into one account. */
export interface Delivery {
  readonly sku: string
  readonly pool: string
  readonly quantity: number
}

/** Deliveries of one instant that are under way at once: each has an account of its own, so their order is free. */
const DELIVERIES_AT_ONCE = 500

/** The shop around the order desk: its rules, its clock, and the calls that a shop makes. */
export class Shop {
  readonly desk: OrderDesk
  private readonly worker: DeskWorker

  constructor(
    { store, ledger }: { readonly store: DeskStore; readonly ledger?: DeskLedger | undefined },
    private readonly clock: VirtualClock,
    rules: { readonly regions: readonly string[]; readonly limit: number },
  ) {
    this.desk = new OrderDesk({ store, ledger, policy: policyOf(rules), clock: () => clock.now() })
    this.worker = new DeskWorker(this.desk)
  }

  /** `name`: what the deliveries' ids begin with, new for each instant. */
  async receive(name: string, deliveries: readonly Delivery[], at: number): Promise<void> {
    this.clock.moveTo(at)
    for (let first = 0; first < deliveries.length; first += DELIVERIES_AT_ONCE) {
      const some = deliveries.slice(first, first + DELIVERIES_AT_ONCE)
      await Promise.all(some.map((delivery) => this.receiveOne(name, delivery)))
    }
  }

  place({ id, buyer: user, region, lines, placedAt }: PlannedOrder): Promise<PlaceResult> {
    this.clock.moveTo(placedAt)
    return this.desk.place({ id, buyer: { user, region }, lines })
  }

  /** Pays the order, has its buyer cancel it, or lets it expire. */
  async settle({ id, fate }: PlannedOrder, at: number): Promise<void> {
    this.clock.moveTo(at)
    switch (fate) {
      case 'paid':
        return mustBeOk(await this.desk.recordPayment({ orderId: id, paymentId: `payment-${id}` }))
      case 'cancelled':
        return mustBeOk(await this.desk.cancel({ orderId: id, by: 'buyer' }))
      case 'expired': {
        const { expired } = await this.worker.runOnce()
        if (expired !== 1) throw new Error(`order ${id} was due to expire, ${expired} orders did`)
        return
      }
      default:
        return fate satisfies never
    }
  }

  private async receiveOne(name: string, { sku, pool, quantity }: Delivery): Promise<void> {
    mustBeOk(await this.desk.restock({ id: `${name}/${sku}/${pool}`, sku, pool, quantity }))
  }
}

function policyOf({ regions, limit: max }: { regions: readonly string[]; limit: number }): Policy {
  return {
    pools: { byRegion: Object.fromEntries(regions.map((region) => [region, region])) },
    limits: [{ id: 'per-product', per: 'user', scope: 'sku', max }],
    unpaidOrder: { per: 'user', scope: 'shop' },
    holdFor: { milliseconds: EXPIRES_AFTER },
    retention: RETENTION,
  }
}

/** The replay settles live orders on time: a refusal here means that something is broken. */
function mustBeOk(result: { readonly ok: boolean; readonly id: string; readonly reason?: string }): void {
  if (!result.ok) throw new Error(`${result.id} was refused: ${result.reason}`)
}
