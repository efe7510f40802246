import * as z from 'zod'
import { idSchema, instantSchema } from './fields.js'
import { idFault, mapSchema, ownKindFault } from './map.js'

/**
 * Who buys. Each text is 1–128 UTF-16 units. Phone, address, IP and the shop's own kinds are normalised and hashed
 * under a secret key before anything is stored, and ignored unless a rule of the policy counts them.
 */
export interface Buyer {
  /** The shop's id of the account, compared byte for byte. */
  readonly user: string
  readonly phone?: string | undefined
  readonly address?: string | undefined
  readonly ip?: string | undefined
  /** Where the buyer is, in the shop's own terms: the policy maps it to a pool. */
  readonly region?: string | undefined
  /** The shop's own kinds of identity by name: `{ device: 'A1' }`. At most 16. */
  readonly other?: Readonly<Record<string, string>> | undefined
}

const MOST_OWN_KINDS = 16

const ownIdentitiesSchema = mapSchema<string>(
  'must be an object of own kinds and their identities',
  (kind, identity) => ownKindFault(kind) ?? idFault(identity),
  MOST_OWN_KINDS,
)

/** A `Buyer`; own kinds are parsed to a map. */
export const buyerSchema = z.strictObject({
  user: idSchema,
  phone: idSchema.optional(),
  address: idSchema.optional(),
  ip: idSchema.optional(),
  region: idSchema.optional(),
  other: ownIdentitiesSchema.optional(),
})

/** Which of a buyer's limits to tell. */
export interface LimitsQuery {
  readonly buyer: Buyer
  /** SKUs whose own limits are told as well; at most 100. */
  readonly skus?: readonly string[] | undefined
  /** The campaign, for limits that count in it. */
  readonly campaign?: string | undefined
}
export const limitsSchema = z.strictObject({
  buyer: buyerSchema,
  skus: z.array(idSchema).max(100, 'at most 100 SKUs').optional(),
  campaign: idSchema.optional(),
})

/** The shop's own word on a buyer. */
export interface TagBuyer {
  readonly buyer: Buyer
  /** `null` lifts the tag, so that strikes alone count; `'none'` overrules them. */
  readonly effect: 'none' | 'defer-stock' | 'refuse' | null
  /** When the tag ends by itself; without it, it stays until lifted. */
  readonly until?: Date | undefined
}
export const tagSchema = z
  .strictObject({
    buyer: buyerSchema,
    effect: z
      .enum(['none', 'defer-stock', 'refuse'], "must be 'none', 'defer-stock', 'refuse' or null")
      .nullable(),
    until: instantSchema.optional(),
  })
  .refine(({ effect, until }) => effect !== null || until === undefined, {
    path: ['until'],
    error: 'must be left out where a tag is lifted',
  })

/** Lets a buyer's strikes be forgotten. */
export interface ForgiveBuyer {
  readonly buyer: Buyer
}
export const forgiveSchema = z.strictObject({ buyer: buyerSchema })

/** Who asks for a ticket: only its buyer gets an answer. */
export interface TicketQuery {
  readonly buyer: Buyer
}
export const ticketSchema = z.strictObject({ buyer: buyerSchema })
