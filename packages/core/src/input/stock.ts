import * as z from 'zod'
import { type Duration, durationSchema } from './duration.js'
import { idSchema, instantSchema, unitsFrom } from './fields.js'

/** One stock account; without `pool`, the policy's default pool. */
interface OfAccount {
  readonly sku: string
  readonly pool?: string | undefined
}
const ofAccount = { sku: idSchema, pool: idSchema.optional() }

/** Units that were put in; a restock of 0, too, creates the account. */
export interface Restock extends OfAccount {
  /** The movement's own id, which makes its repetition harmless. */
  readonly id: string
  /** Whole units, 0 to 2^53 − 1. */
  readonly quantity: number
}
export const restockSchema = z.strictObject({ id: idSchema, ...ofAccount, quantity: unitsFrom(0) })

/** Units found or lost. */
export interface AdjustStock extends OfAccount {
  readonly id: string
  /** Whole units, positive or negative, never 0. */
  readonly delta: number
  /** Why: it stands in the ledger. */
  readonly cause: string
}
export const adjustSchema = z.strictObject({
  id: idSchema,
  ...ofAccount,
  delta: z.int('must be a whole number').refine((delta) => delta !== 0, 'must not be 0'),
  cause: idSchema,
})

/** Units moved from one pool of a SKU to another. */
export interface TransferStock {
  readonly id: string
  readonly sku: string
  readonly from: string
  readonly to: string
  readonly quantity: number
}
export const transferSchema = z
  .strictObject({ id: idSchema, sku: idSchema, from: idSchema, to: idSchema, quantity: unitsFrom(1) })
  .refine(({ from, to }) => from !== to, { path: ['to'], error: 'must be another pool than `from`' })

/** An account's sale window and backorder limit; what is left out stays as it is. */
export interface ConfigureStock extends OfAccount {
  /** First instant of the sale; `null`: open since ever. */
  readonly opensAt?: Date | null | undefined
  /** First instant after the sale; `null`: no end. */
  readonly closesAt?: Date | null | undefined
  /** Units that may be owed past stock. */
  readonly backorderLimit?: number | undefined
}
/** Instants are parsed to ms since the epoch. */
export const configureSchema = z
  .strictObject({
    ...ofAccount,
    opensAt: instantSchema.nullable().optional(),
    closesAt: instantSchema.nullable().optional(),
    backorderLimit: unitsFrom(0).optional(),
  })
  .refine(endsAfterItOpens, { path: ['closesAt'], error: 'must be later than `opensAt`' })

/** Whether a window that names both its instants is open for any time at all. */
export function endsAfterItOpens(window: {
  readonly opensAt?: number | null | undefined
  readonly closesAt?: number | null | undefined
}): boolean {
  const { opensAt, closesAt } = window
  return typeof opensAt !== 'number' || typeof closesAt !== 'number' || opensAt < closesAt
}

/** How many units can be had. */
export interface AvailabilityQuery extends OfAccount {
  /** An order whose own units count as available to it. */
  readonly holding?: string | undefined
  /** How old the figures may be: what was read for another call of this process is told again. Not with `holding`. */
  readonly maxAge?: Duration | undefined
}
export const availabilitySchema = z
  .strictObject({ ...ofAccount, holding: idSchema.optional(), maxAge: durationSchema.optional() })
  .refine(({ holding, maxAge }) => holding === undefined || maxAge === undefined, {
    path: ['maxAge'],
    error: 'must be absent where `holding` is asked for',
  })
