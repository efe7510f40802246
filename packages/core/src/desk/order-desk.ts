import { type AuditReport, audit } from '../books/audit.js'
import {
  planReconciliation,
  type ReconcileResult,
  type ReconciliationPlan,
  reconcile,
} from '../books/reconcile.js'
import type { RebuildPlan, RebuildResult } from '../carrying/rebuild.js'
import type { Coalescer, Drops } from '../coalescer/coalescer.js'
import type { ForgiveBuyer, LimitsQuery, TagBuyer, TicketQuery } from '../input/buyer.js'
import type { AccountsQuery, LedgerQuery, OrdersQuery, PageQuery } from '../input/listing.js'
import type { CallOptions, OrderRequest, PlaceOptions } from '../input/order.js'
import { invalid, parse } from '../input/parse.js'
import { type PlanRebuild, planRebuildSchema, rebuildSchema } from '../input/rebuild.js'
import { reconciliationSchema } from '../input/reconciliation.js'
import type {
  CancelOrder,
  ExtendOrder,
  RecordPayment,
  RecordRefund,
  ReturnUnits,
  RollBackOrder,
  ShrinkOrder,
} from '../input/settling.js'
import type {
  AdjustStock,
  AvailabilityQuery,
  ConfigureStock,
  Restock,
  TransferStock,
} from '../input/stock.js'
import { Buyers } from './buyers.js'
import type { CallsUnderWay } from './calls-under-way.js'
import { Campaigns } from './campaigns.js'
import { Compensations } from './compensations.js'
import { type DeskOptions, type DeskStore, openParts, partsWithin } from './desk-options.js'
import { callOf, type DeskParts, rebuildOf } from './parts.js'
import { Placing } from './placing.js'
import { Settling } from './settling.js'
import { Stocking } from './stocking.js'
import { Tickets } from './tickets.js'

/**
 * The façade a shop uses. Results are `{ok: true, …}` or `{ok: false, reason, …}`; an exception means that something
 * is broken, and bears a `code`. Every method may be called again with the same ids: nothing happens twice.
 */
export class OrderDesk {
  /** Sales that open and close together. */
  readonly campaigns: Campaigns
  /** @internal What the worker drives. */
  readonly tickets: Tickets
  /** @internal */
  readonly compensations: Compensations
  /** @internal */
  readonly parts: DeskParts
  private readonly placing: Placing
  private readonly settling: Settling
  private readonly stocking: Stocking
  private readonly buyers: Buyers
  private readonly coalescer: Coalescer | null
  private readonly store: DeskStore
  private readonly calls: CallsUnderWay
  private closing: Promise<void> | null = null

  constructor(options: DeskOptions)
  /** @internal A desk within a transaction shares the parts of the one it was made from. */
  constructor(options: DeskOptions, parts: DeskParts)
  constructor(options: DeskOptions, parts?: DeskParts) {
    const opened = parts === undefined ? openParts(options) : { parts, coalescer: null }
    this.coalescer = opened.coalescer
    this.store = options.store
    this.parts = opened.parts
    this.calls = this.parts.calls
    this.placing = new Placing(this.parts)
    this.settling = new Settling(this.parts)
    this.stocking = new Stocking(this.parts)
    this.buyers = new Buyers(this.parts)
    this.tickets = new Tickets(this.parts, this.placing)
    this.compensations = new Compensations(this.parts)
    this.campaigns = new Campaigns(this.parts, this.stocking)
  }

  /** Reserves units, limits and the unpaid-order guard, all or none. Without an `id`, one is minted and told. */
  place(order: OrderRequest, options?: PlaceOptions) {
    return this.placing.place(order, options)
  }

  /** What `place` would answer now, before it gives back what overdue holds still keep; nothing is changed. */
  preview(order: OrderRequest) {
    return this.calls.read(() => this.placing.preview(order))
  }

  /** Queues an order for the worker to decide, in turn. */
  submit(order: OrderRequest) {
    return this.calls.run(() => this.tickets.submit(order))
  }

  /** What became of a submitted order; only its buyer gets an answer. */
  ticket(ticket: string, query: TicketQuery) {
    return this.calls.read(() => this.tickets.ticket(ticket, query))
  }

  /** The order is paid: its units are sold. No money moves here. */
  recordPayment(payment: RecordPayment, options?: CallOptions) {
    return this.calls.run(() => this.settling.recordPayment(payment, options))
  }

  /** The order's payment was given back. No money moves here. */
  recordRefund(refund: RecordRefund) {
    return this.calls.run(() => this.settling.recordRefund(refund))
  }

  /** Ends an unpaid order, a submitted one too; an id that is not known yet is refused when it comes. */
  cancel(order: CancelOrder, options?: CallOptions) {
    return this.calls.run(() => this.settling.cancel(order, options))
  }

  /** Lets an unpaid order be paid later, within the policy's `extendUpTo`. */
  extend(order: ExtendOrder, options?: CallOptions) {
    return this.calls.run(() => this.settling.extend(order, options))
  }

  /** Keeps these lines of an unpaid order, in absolute quantities, and gives the rest back. */
  shrink(order: ShrinkOrder, options?: CallOptions) {
    return this.calls.run(() => this.settling.shrink(order, options))
  }

  /** Units of a paid order came back: into stock, or written off. */
  returnUnits(returned: ReturnUnits, options?: CallOptions) {
    return this.calls.run(() => this.settling.returnUnits(returned, options))
  }

  /** Undoes an order whose later step failed, paid or not, and has people told. */
  rollBack(order: RollBackOrder, options?: CallOptions) {
    return this.calls.run(() => this.compensations.rollBack(order, options))
  }

  /** Units were put in; 0 creates the account. */
  restock(restock: Restock, options?: CallOptions) {
    return this.calls.run(() => this.stocking.restock(restock, options))
  }

  /** Units were found or lost. */
  adjust(adjust: AdjustStock, options?: CallOptions) {
    return this.calls.run(() => this.stocking.adjust(adjust, options))
  }

  /** Moves units from one pool of a SKU to another. */
  transfer(transfer: TransferStock, options?: CallOptions) {
    return this.calls.run(() => this.stocking.transfer(transfer, options))
  }

  /** Sets an account's sale window and backorder limit; what is left out stays. */
  configure(settings: ConfigureStock, options?: CallOptions) {
    return this.calls.run(() => this.stocking.configure(settings, options))
  }

  /** One account's counters; with `holding`, that order's own units count as available to it. */
  availability(query: AvailabilityQuery) {
    return this.calls.read(() => this.stocking.availability(query))
  }

  /** All accounts, or one SKU's, sorted by SKU and pool within each partition of the store, a page of them. */
  accounts(query?: AccountsQuery) {
    return this.calls.read(() => this.stocking.accounts(query))
  }

  /** What moved the units of one account, and why, oldest first, a page of it. */
  ledger(query: LedgerQuery) {
    return this.calls.read(() => this.stocking.ledger(query))
  }

  /** An order as it is now; `null` if none stands under the id. */
  order(id: string) {
    return this.calls.read(() => this.tickets.order(id))
  }

  /** All orders, or those of one status, a page of them. */
  orders(query?: OrdersQuery) {
    return this.calls.read(() => this.tickets.orders(query))
  }

  /** How much of each limit a buyer has used. */
  limits(query: LimitsQuery) {
    return this.calls.read(() => this.buyers.limits(query))
  }

  /** A buyer's strikes, and what they make of the next order. */
  standing(query: ForgiveBuyer) {
    return this.calls.read(() => this.buyers.standing(query))
  }

  /** The shop's own word on a buyer, before what strikes say; `null` lifts it. */
  tag(tag: TagBuyer, options?: CallOptions) {
    return this.calls.run(() => this.buyers.tag(tag, options))
  }

  /** A buyer's strikes are forgotten. */
  forgive(query: ForgiveBuyer, options?: CallOptions) {
    return this.calls.run(() => this.buyers.forgive(query, options))
  }

  /** How far the undoing of an order is; `null` if nothing is being undone. */
  compensation(orderId: string) {
    return this.calls.read(() => this.compensations.compensation(orderId))
  }

  /** Compensations that wait for an operator, a page of them. */
  parked(query?: PageQuery) {
    return this.calls.read(() => this.compensations.parked(query))
  }

  /** Lets a parked compensation be tried again. */
  resume(orderId: string) {
    return this.calls.run(() => this.compensations.resume(orderId))
  }

  /**
   * Compares every account, counter and guard with the reservations and the ledger, in one consistent state; and the store
   * with the ledger that follows it, where one does.
   */
  audit(): Promise<AuditReport> {
    return this.calls.read(async () => {
      const report = await audit(this.store)
      const { chain } = this.parts
      if (chain === null) return report
      const between = await chain.differences(callOf(this.parts))
      // The store knows nothing of what it was not leased.
      const inVault = chain.vault === null ? [] : (await audit(chain.ledger)).differences
      const differences = [...report.differences, ...(between ?? []), ...inVault]
      return { ...report, differences, ok: differences.length === 0, comparedWithLedger: between !== null }
    })
  }

  /**
   * What would bring the records that an audit finds at odds back to agreeing, and what is left to people. Changes
   * nothing: review it, take out what you will, then `reconcile` it, within a day.
   */
  planReconciliation(): Promise<ReconciliationPlan> {
    return this.calls.read(() => planReconciliation(this.store))
  }

  /**
   * Makes the repairs of a plan while the sale goes on: by changes, never by values, each once under its own id, and
   * never so that more is available than the ledger shows. Each leaves an entry in the ledger, `reconciled`.
   */
  reconcile(plan: ReconciliationPlan): Promise<ReconcileResult> {
    return this.calls.run(() => {
      const checked = parse(reconciliationSchema, plan, 'plan')
      if (this.store.capabilities.corrections === true) return reconcile(this.store, checked)
      throw invalid('plan', 'this store makes no corrections')
    })
  }

  /**
   * Which partitions of the store its ledger cannot follow any more, because the store was emptied, or has older data than it
   * had, and what making them anew would lose. Changes nothing: review it, then `rebuild` them.
   */
  planRebuild(options?: PlanRebuild): Promise<RebuildPlan> {
    return this.calls.read(() => {
      const { evenIfFollowed = false } = parse(planRebuildSchema, options ?? {}, 'options')
      return rebuildOf(this.parts).plan(evenIfFollowed)
    })
  }

  /**
   * Makes the planned partitions again what the ledger has, under a new epoch; they are `fenced` meanwhile, and whoever still
   * writes to what they were is never carried. Where it died, whatever was done by then, plan again.
   */
  rebuild(plan: RebuildPlan): Promise<RebuildResult> {
    return this.calls.run(() => {
      const { partitions } = parse(rebuildSchema, plan, 'plan')
      return rebuildOf(this.parts).make(partitions)
    })
  }

  /**
   * The same desk within the caller's own transaction: what it does is kept if that commits. It bypasses the
   * coalescer, and holds the stock rows until the commit: call it as late as you can.
   */
  within(transaction: object): OrderDesk {
    if (typeof this.store.within !== 'function') {
      throw invalid('transaction', 'this store cannot join a transaction')
    }
    if ((typeof transaction !== 'object' && typeof transaction !== 'function') || transaction === null) {
      throw invalid('transaction', 'must be a transaction of the store')
    }
    const store = this.store.within(transaction)
    return new OrderDesk({ store, policy: {} }, partsWithin(this.parts, store))
  }

  /** Commands given up or refused so far: `overloaded`, `not-sent`, `unknown`. */
  get drops(): Drops {
    return this.coalescer?.drops ?? { overloaded: 0, notSent: 0, unknown: 0 }
  }

  /**
   * Waits for every call under way, takes no more, and closes what the store itself opened. A desk within a
   * transaction has nothing of its own to close.
   */
  close(): Promise<void> {
    this.closing ??= this.drain()
    return this.closing
  }

  private async drain(): Promise<void> {
    if (this.coalescer === null) return
    await this.calls.close()
    await this.coalescer.close()
    await this.store.close()
  }
}
