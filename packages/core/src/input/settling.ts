import * as z from 'zod'
import { type Duration, durationSchema } from './duration.js'
import { idSchema, reasonSchema } from './fields.js'
import { linesSchema, type RequestedLine } from './order.js'

/** Which order. `home` is what `place` told beside it: with it, any store finds the order at once. */
interface OfOrder {
  readonly orderId: string
  readonly home?: string | undefined
}
const ofOrder = { orderId: idSchema, home: idSchema.optional() }

/** A payment that arrived; `paymentId` makes its repetition harmless. */
export interface RecordPayment extends OfOrder {
  readonly paymentId: string
}
export const recordPaymentSchema = z.compile(z.strictObject({ ...ofOrder, paymentId: idSchema }))

/** A refund that was made; `refundId` makes its repetition harmless. */
export interface RecordRefund extends OfOrder {
  readonly refundId: string
}
export const recordRefundSchema = z.strictObject({ ...ofOrder, refundId: idSchema })

/** Ends an unpaid order. Only the buyer's own cancelling may count as a strike. */
export interface CancelOrder extends OfOrder {
  readonly by: 'buyer' | 'seller'
  readonly reason?: string | undefined
}
export const cancelSchema = z.strictObject({
  ...ofOrder,
  by: z.enum(['buyer', 'seller'], "must be 'buyer' or 'seller'"),
  reason: reasonSchema.optional(),
})

/** Lets an order be paid later: `by` from now on, within the policy's `extendUpTo`. */
export interface ExtendOrder extends OfOrder {
  readonly by: Duration
}
/** `by` is parsed to ms. */
export const extendSchema = z.strictObject({ ...ofOrder, by: durationSchema })

/** Keeps these lines of an unpaid order, in absolute quantities, and gives the others back. */
export interface ShrinkOrder extends OfOrder {
  readonly keep: readonly RequestedLine[]
}
export const shrinkSchema = z.strictObject({ ...ofOrder, keep: linesSchema })

/** Units of a paid order that came back. */
export interface ReturnUnits extends OfOrder {
  /** The movement's own id, which makes its repetition harmless. */
  readonly id: string
  readonly lines: readonly RequestedLine[]
  /** Whether they can be sold again (the default) or are written off. */
  readonly restock?: boolean | undefined
  /** Whether the buyer's limits are eased; by default what the policy says. */
  readonly giveBackUses?: boolean | undefined
}
export const returnUnitsSchema = z.strictObject({
  ...ofOrder,
  id: idSchema,
  lines: linesSchema,
  restock: z.boolean('must be true or false').optional(),
  giveBackUses: z.boolean('must be true or false').optional(),
})

/** Undoes an order whose later step failed, paid or not. */
export interface RollBackOrder extends OfOrder {
  readonly reason: string
  /** Which run of the caller's process asks: a step of another run changes nothing. */
  readonly execution?: string | undefined
}
export const rollBackSchema = z.strictObject({
  ...ofOrder,
  reason: reasonSchema,
  execution: idSchema.optional(),
})
