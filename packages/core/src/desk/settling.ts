import type { CallOptions, RequestedLine } from '../input/order.js'
import { invalid, parse } from '../input/parse.js'
import {
  type CancelOrder,
  cancelSchema,
  type ExtendOrder,
  extendSchema,
  type RecordPayment,
  type RecordRefund,
  type ReturnUnits,
  recordPaymentSchema,
  recordRefundSchema,
  returnUnitsSchema,
  type ShrinkOrder,
  shrinkSchema,
} from '../input/settling.js'
import type { OrderLine, OrderStatus } from '../machines/order/types.js'
import { inByteOrder } from '../memory/order-of-ids.js'
import { accountName } from '../port/account-name.js'
import type { AccountKey, Units } from '../port/claims.js'
import type { Outcome } from '../port/outcomes.js'
import { type UnitsOf, unitsAsTold } from './orders-as-told.js'
import { fillOwed } from './owed-units.js'
import { ask, callOf, type DeskParts, ordersOf, unexpected } from './parts.js'
import { type RefundReason, refundAsTold } from './refusals.js'

/** Nothing was done: no order stands under this id, or it stands where the call does not reach it. */
export type NotSettled =
  | { readonly ok: false; readonly id: string; readonly reason: 'unknown-order' }
  | { readonly ok: false; readonly id: string; readonly reason: 'already'; readonly status: OrderStatus }

export type PaymentResult =
  | {
      readonly ok: true
      readonly id: string
      /** As it is now: a payment that is delivered again may meet an order refunded since. */
      readonly status: 'paid' | 'refunded'
      /** The same payment was recorded before. */
      readonly replayed: boolean
      /** It came after the deadline, and took units and limits again. */
      readonly late: boolean
      /** Units paid for that are owed past stock. */
      readonly owed: readonly UnitsOf[]
    }
  /** This payment must be given back; an order paid by another one stands. */
  | {
      readonly ok: false
      readonly id: string
      readonly reason: 'refund-required'
      readonly why: RefundReason
    }
  | { readonly ok: false; readonly id: string; readonly reason: 'unknown-order' }

export type RefundResult =
  | { readonly ok: true; readonly id: string; readonly status: 'refunded'; readonly replayed: boolean }
  | { readonly ok: false; readonly id: string; readonly reason: 'unknown-order' }
  | { readonly ok: false; readonly id: string; readonly reason: 'not-paid'; readonly status: OrderStatus }
  /** Another refund stands on this order. */
  | { readonly ok: false; readonly id: string; readonly reason: 'refund-differs'; readonly refundId: string }

export type CancelResult =
  | { readonly ok: true; readonly id: string; readonly status: 'cancelled'; readonly replayed: boolean }
  | NotSettled
export type ExtendResult = { readonly ok: true; readonly id: string; readonly payBy: Date } | NotSettled

/** More than the order's line holds. */
export interface Exceeds extends AccountKey {
  readonly ok: false
  readonly id: string
  readonly reason: 'exceeds'
  readonly held: number
}
export type ShrinkResult = { readonly ok: true; readonly id: string } | Exceeds | NotSettled
export type ReturnResult =
  | { readonly ok: true; readonly id: string; readonly replayed: boolean }
  /** The movement's id stands for something else on one of the accounts. */
  | { readonly ok: false; readonly id: string; readonly reason: 'id-reused' }
  | Exceeds
  | NotSettled

/** What happens to an order after it was placed. */
export class Settling {
  constructor(private readonly parts: DeskParts) {}

  async recordPayment(payment: RecordPayment, options?: CallOptions): Promise<PaymentResult> {
    const { orderId: id, paymentId, home = id } = parse(recordPaymentSchema, payment, 'payment')
    const call = callOf(this.parts, options)
    const command = { kind: 'confirm', id, home, payment: paymentId, retake: null } as const
    const outcome = await ask(this.parts, command, call)
    switch (outcome.kind) {
      case 'confirmed':
        return {
          ok: true,
          id,
          status: 'paid',
          replayed: false,
          late: outcome.late,
          owed: unitsAsTold(outcome.owed),
        }
      case 'already':
        return this.paidBefore(id)
      case 'refund-required':
        return refundRequired(id, refundAsTold(outcome.why, this.parts.policy))
      case 'unknown-id':
        return { ok: false, id, reason: 'unknown-order' }
      default:
        throw unexpected('confirm', outcome)
    }
  }

  async recordRefund(refund: RecordRefund): Promise<RefundResult> {
    const { orderId: id, refundId } = parse(recordRefundSchema, refund, 'refund')
    const { outcomes } = await ordersOf(this.parts).applyToOrders([{ kind: 'refund', id, refund: refundId }])
    const [outcome] = outcomes
    switch (outcome?.kind) {
      case 'refunded':
        return { ok: true, id, status: 'refunded', replayed: false }
      case 'already':
        return { ok: true, id, status: 'refunded', replayed: true }
      case 'refund-differs':
        return { ok: false, id, reason: 'refund-differs', refundId: outcome.refund }
      case 'not-paid':
        return { ok: false, id, reason: 'not-paid', status: outcome.status }
      default:
        return { ok: false, id, reason: 'unknown-order' }
    }
  }

  async cancel(order: CancelOrder, options?: CallOptions): Promise<CancelResult> {
    const { orderId: id, home = id, by, reason = null } = parse(cancelSchema, order, 'order')
    const call = callOf(this.parts, options)
    const outcome = await ask(this.parts, { kind: 'release', id, home, cause: by, reason }, call)
    switch (outcome.kind) {
      case 'released':
        return { ok: true, id, status: 'cancelled', replayed: false }
      // A ticket was cancelled before it was decided, or the id was not known and is taken from now on.
      case 'tombstoned':
      case 'already':
        return this.ended(id, outcome.kind === 'already')
      default:
        throw unexpected('release', outcome)
    }
  }

  async extend(order: ExtendOrder, options?: CallOptions): Promise<ExtendResult> {
    const { orderId: id, home = id, by } = parse(extendSchema, order, 'order')
    const outcome = await ask(
      this.parts,
      { kind: 'extend', id, home, holdMs: by },
      callOf(this.parts, options),
    )
    if (outcome.kind === 'extended') return { ok: true, id, payBy: new Date(outcome.expiresAt) }
    return this.notSettled('extend', id, outcome)
  }

  async shrink(order: ShrinkOrder, options?: CallOptions): Promise<ShrinkResult> {
    const { orderId: id, home = id, keep: lines } = parse(shrinkSchema, order, 'order')
    const call = callOf(this.parts, options)
    const keep = await this.units(id, lines, 'keep')
    if (keep === null) return unknown(id)
    const outcome = await ask(this.parts, { kind: 'shrink', id, home, keep }, call)
    if (outcome.kind === 'shrunk') return { ok: true, id }
    if (outcome.kind === 'exceeds') return exceeds(id, outcome)
    return this.notSettled('shrink', id, outcome)
  }

  async returnUnits(returned: ReturnUnits, options?: CallOptions): Promise<ReturnResult> {
    const { parts } = this
    const checked = parse(returnUnitsSchema, returned, 'returned')
    const { orderId: id, home = id, id: movement, restock = true } = checked
    const { giveBackUses = parts.policy.giveBackUses } = checked
    const call = callOf(parts, options)
    const units = await this.units(id, checked.lines, 'lines')
    if (units === null) return unknown(id)
    const command = { kind: 'return', id, home, movement, units, restock, giveBackUses } as const
    const outcome = await ask(parts, command, call)
    switch (outcome.kind) {
      case 'returned':
      case 'replayed-movement':
        // A call that died between the two is finished by its retry.
        if (restock) for (const { account } of units) await fillOwed(parts, account, call)
        return { ok: true, id, replayed: outcome.kind === 'replayed-movement' }
      case 'id-reused':
        return { ok: false, id, reason: 'id-reused' }
      case 'exceeds':
        return exceeds(id, outcome)
      default:
        return this.notSettled('return', id, outcome)
    }
  }

  /** The same payment, delivered again. */
  private async paidBefore(id: string): Promise<PaymentResult> {
    const [order] = await ordersOf(this.parts).readOrders([id])
    const status = order?.status === 'refunded' ? 'refunded' : 'paid'
    const late = order?.status === 'paid' && order.late
    const owed = order?.lines.filter((line) => line.owed > 0) ?? []
    return {
      ok: true,
      id,
      status,
      replayed: true,
      late,
      owed: owed.map(({ sku, pool, owed: quantity }) => ({ sku, pool, quantity })),
    }
  }

  /**
   * The units meant, sorted, so that the same ones in another order are the same: a line without a pool is the order's
   * own line of that SKU. `null` where that would have to be known of an order that is not.
   */
  private async units(
    id: string,
    lines: readonly RequestedLine[],
    field: 'keep' | 'lines',
  ): Promise<readonly Units[] | null> {
    const namesPools = lines.every((line) => line.pool !== undefined)
    const [order] = namesPools ? [] : await ordersOf(this.parts).readOrders([id])
    if (!namesPools && !order) return null
    const summed = new Map<string, { account: AccountKey; quantity: number }>()
    lines.forEach((line, index) => {
      const account = {
        sku: line.sku,
        pool: line.pool ?? poolOf(line, order?.lines ?? [], `${field}[${index}].pool`),
      }
      const key = accountName(account)
      summed.set(key, { account, quantity: (summed.get(key)?.quantity ?? 0) + line.quantity })
    })
    return [...summed.values()].sort(
      ({ account: one }, { account: other }) =>
        inByteOrder(one.sku, other.sku) || inByteOrder(one.pool, other.pool),
    )
  }

  private async ended(id: string, replayed: boolean): Promise<CancelResult> {
    const status = await this.status(id)
    if (status === 'cancelled') return { ok: true, id, status, replayed }
    return status === null ? unknown(id) : { ok: false, id, reason: 'already', status }
  }

  private async notSettled(command: 'extend' | 'shrink' | 'return', id: string, outcome: Outcome) {
    if (outcome.kind === 'unknown-id') return unknown(id)
    if (outcome.kind !== 'already') throw unexpected(command, outcome)
    const status = await this.status(id)
    return status === null ? unknown(id) : ({ ok: false, id, reason: 'already', status } as const)
  }

  private async status(id: string): Promise<OrderStatus | null> {
    const [order] = await ordersOf(this.parts).readOrders([id])
    return order?.status ?? null
  }
}

/** The pool from which the order has this SKU. A SKU that it has not is asked of no pool: it holds none of it. */
function poolOf({ sku }: RequestedLine, lines: readonly OrderLine[], path: string): string {
  const [pool = NO_POOL, ...others] = new Set(
    lines.filter((line) => line.sku === sku).map((line) => line.pool),
  )
  if (others.length === 0) return pool
  throw invalid(path, 'is missing: the order has this SKU from several pools')
}

/** No account has this pool: it is no id. */
const NO_POOL = ''

function refundRequired(id: string, why: RefundReason): PaymentResult {
  return { ok: false, id, reason: 'refund-required', why }
}

function unknown(id: string) {
  return { ok: false, id, reason: 'unknown-order' } as const
}

function exceeds(id: string, { account, held }: Extract<Outcome, { kind: 'exceeds' }>): Exceeds {
  return { ok: false, id, reason: 'exceeds', ...account, held }
}
