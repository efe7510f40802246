import * as z from 'zod'
import type { OrderStatus } from '../machines/order/types.js'
import { cursorSchema, idSchema, pageLimitSchema } from './fields.js'

/** Which page of a listing. */
export interface PageQuery {
  /** Where the page before ended, as it was told; without it, the first page. */
  readonly cursor?: string | undefined
  /** Most entries of the page, 1 to 1,000. */
  readonly limit?: number | undefined
}
const page = { cursor: cursorSchema.optional(), limit: pageLimitSchema.optional() }

export const pageSchema = z.strictObject(page)

const STATUSES = {
  queued: true,
  'awaiting-payment': true,
  paid: true,
  rejected: true,
  cancelled: true,
  expired: true,
  'rolled-back': true,
  'refund-required': true,
  refunded: true,
} satisfies Record<OrderStatus, true>

export interface OrdersQuery extends PageQuery {
  readonly status?: OrderStatus | undefined
}
export const ordersSchema = z.strictObject({
  status: z.enum(Object.keys(STATUSES) as OrderStatus[], 'must be the status of an order').optional(),
  ...page,
})

export interface AccountsQuery extends PageQuery {
  /** Only this SKU's. */
  readonly sku?: string | undefined
}
export const accountsSchema = z.strictObject({ sku: idSchema.optional(), ...page })

export interface LedgerQuery extends PageQuery {
  readonly sku: string
  readonly pool?: string | undefined
}
export const ledgerSchema = z.strictObject({ sku: idSchema, pool: idSchema.optional(), ...page })
