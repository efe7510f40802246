import type { OrderRequest, Placed } from '@holdfast/core'
import { law } from '../laws/law-broken.js'

/** An order as those who asked for it remember it, with all that they were told of it. */
export class AskedOrder {
  readonly payments: string[] = []
  readonly returns: string[] = []
  /** Whether it was told that its units are granted by this very call. */
  private isGranted = false
  private paidBy: string | null = null
  private readonly toGiveBack = new Set<string>()
  /** Where it lies, once that was told: what settles it says so, for stores of many partitions. */
  home: string | undefined
  mayBeRolledBack = false
  mayBeCancelled = false
  payBy: number | null = null

  constructor(
    readonly request: OrderRequest & { readonly id: string },
    /** Whether its retention may be over, so that the id begins anew. */
    private readonly mayBeForgotten: () => boolean,
  ) {}

  get id(): string {
    return this.request.id
  }

  get isPlaced(): boolean {
    return this.payBy !== null
  }

  get isPaid(): boolean {
    return this.paidBy !== null
  }

  /** The order was placed, it was told. */
  toldPlaced({ replayed: isReplayed, order: { home, payBy } }: Placed): void {
    law('L5 a grant is told once', isReplayed || !this.isGranted || this.mayBeForgotten(), () => ({
      order: this,
    }))
    if (!isReplayed) this.isGranted = true
    this.payBy = payBy.getTime()
    this.home = home
  }

  /** It was refused as undone before it was done. */
  toldTombstoned(): void {
    law('L7 refused as undone only where it was undone', this.mayBeCancelled || this.mayBeRolledBack, () => ({
      order: this,
    }))
  }

  toldPaid(payment: string): void {
    const found = () => ({ order: this, payment })
    const isOne = this.paidBy === null || this.paidBy === payment || this.mayBeForgotten()
    law('L9 an order is sold to one payment', isOne, found)
    const isFree = !this.toGiveBack.has(payment) || this.mayBeRolledBack || this.mayBeForgotten()
    law('L9 what was to be given back is never taken', isFree, found)
    this.paidBy = payment
  }

  toldToGiveBack(payment: string): void {
    // Answers overtake each other: of an order that was rolled back, either may be told first.
    const isLawful = this.paidBy !== payment || this.mayBeRolledBack || this.mayBeForgotten()
    law('L9 a payment that was taken stays taken', isLawful, () => ({ order: this, payment }))
    this.toGiveBack.add(payment)
  }

  /** What names it to a desk. */
  get named(): { readonly orderId: string; readonly home?: string } {
    return this.home === undefined ? { orderId: this.id } : { orderId: this.id, home: this.home }
  }

  /** What the order must be at the end, by what was told: `null` for anything. */
  expectedPayment(): string | null {
    return this.mayBeRolledBack || this.mayBeForgotten() ? null : this.paidBy
  }
}

/** Orders lately asked for: what settles an order finds one here. */
export class OrdersAskedFor {
  private readonly orders: AskedOrder[] = []
  private made = 0

  constructor(
    private readonly most: number,
    private readonly retentionMs: number,
    private readonly now: () => number,
  ) {}

  nextId(): string {
    return `o${this.made++}`
  }

  add(request: OrderRequest & { readonly id: string }): AskedOrder {
    const forgettableFrom = this.now() + this.retentionMs
    const order = new AskedOrder(request, () => this.now() >= forgettableFrom)
    this.orders.push(order)
    if (this.orders.length > this.most) this.orders.shift()
    return order
  }

  /** Oldest first. */
  get recent(): readonly AskedOrder[] {
    return this.orders
  }
}
