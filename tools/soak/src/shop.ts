import { DeskWorker, OrderDesk, type Policy } from '@holdfast/core'
import type { SoakClock } from './soak-clock.js'
import type { SoakedStore } from './stores.js'

const MINUTE = 60_000
const HOLD = { minutes: 15 }
/** How long an ended id is remembered. */
export const RETENTION = { hours: 1 }
const RETENTION_MS = 60 * MINUTE

const BUYERS = 40
const SKUS = 8
const ORDERS_A_ROUND = 50

const POLICY: Policy = {
  holdFor: HOLD,
  limits: [{ id: 'enough', per: 'user', scope: 'sku', max: 1_000_000_000 }],
  unpaidOrder: { per: 'user', scope: 'shop' },
  risk: { strikesFor: { hours: 1 }, deferFrom: 3 },
}

/** A shop of few buyers and few goods that never closes: whatever grows, grows by what happens and not by who comes. */
export class SoakShop {
  private readonly desk: OrderDesk
  private readonly worker: DeskWorker
  private readonly failures: unknown[] = []
  private random = 1
  private orders = 0
  readonly told = { placed: 0, refused: 0, paid: 0, cancelled: 0, expired: 0 }

  constructor(
    private readonly soaked: SoakedStore,
    private readonly clock: SoakClock,
  ) {
    // However slow the machine: it is not deadlines that are looked at here.
    const deadline = { minutes: 5 }
    const { store, ledger } = soaked
    this.desk = new OrderDesk({ store, ledger, policy: POLICY, clock: clock.now, deadline })
    this.worker = new DeskWorker(this.desk)
    this.worker.on('error', (error) => this.failures.push(error))
  }

  async open(): Promise<void> {
    for (let sku = 0; sku < SKUS; sku++)
      await this.desk.restock({ id: 'opening', sku: `sku ${sku}`, quantity: 1_000_000_000 })
  }

  /** Orders placed at once: half of them are paid, a quarter is cancelled, the rest is left to expire. */
  async round(): Promise<void> {
    const placed = await Promise.all(Array.from({ length: ORDERS_A_ROUND }, () => this.place()))
    const ids = placed.filter((id) => id !== null)
    this.clock.pass(5 * MINUTE)
    await Promise.all(ids.map((id, index) => this.settle(id, index % 4)))
    this.clock.pass(5 * MINUTE)
    this.told.expired += (await this.worker.runOnce()).expired
    await this.soaked.deliver()
  }

  /** Lets everything end, and everything that ended be forgotten. */
  async settleDown(): Promise<void> {
    this.clock.pass(2 * RETENTION_MS)
    await this.worker.runOnce()
    this.clock.pass(2 * RETENTION_MS)
    if (this.soaked.keeps === undefined) await this.untilForgotten()
    else await this.worker.runOnce()
    await this.soaked.deliver()
  }

  private async untilForgotten(): Promise<void> {
    for (let rest = Number.POSITIVE_INFINITY; ; ) {
      await this.worker.runOnce()
      const { orders } = await this.desk.orders({ limit: 1_000 })
      if (orders.length === 0 || orders.length >= rest) break
      rest = orders.length
    }
  }

  /** What the audit found against the laws, and what failed on the way. */
  async faults(): Promise<readonly unknown[]> {
    const { differences } = await this.desk.audit()
    return [...differences, ...this.failures]
  }

  close(): Promise<void> {
    return this.desk.close()
  }

  private async place(): Promise<string | null> {
    const id = `order ${++this.orders}`
    const placed = await this.desk.place({
      id,
      buyer: { user: `buyer ${this.below(BUYERS)}` },
      lines: [
        { sku: `sku ${this.below(SKUS)}`, quantity: 1 + this.below(3) },
        { sku: `sku ${this.below(SKUS)}`, quantity: 1 },
      ],
    })
    this.told[placed.ok ? 'placed' : 'refused'] += 1
    return placed.ok ? id : null
  }

  private async settle(orderId: string, turn: number): Promise<void> {
    if (turn < 2) {
      const paid = await this.desk.recordPayment({ orderId, paymentId: orderId })
      if (paid.ok) this.told.paid += 1
    } else if (turn === 2) {
      const cancelled = await this.desk.cancel({ orderId, by: 'seller' })
      if (cancelled.ok) this.told.cancelled += 1
    }
  }

  /** The same numbers in every run (an LCG of Numerical Recipes). */
  private below(limit: number): number {
    this.random = (Math.imul(this.random, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((this.random / 2 ** 32) * limit)
  }
}
