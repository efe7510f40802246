import * as z from 'zod'
import { idSchema, instantSchema, unitsFrom } from './fields.js'
import { endsAfterItOpens } from './stock.js'

/** An account that a campaign opens and closes; without `pool`, the campaign's own by the policy. */
export interface CampaignItemInput {
  readonly sku: string
  readonly pool?: string | undefined
  /** Units that may be owed past stock while the campaign runs; by default 0. */
  readonly backorderLimit?: number | undefined
}

const itemsSchema = z
  .array(
    z.strictObject({ sku: idSchema, pool: idSchema.optional(), backorderLimit: unitsFrom(0).optional() }),
  )
  .min(1, 'must hold at least one item')
  .max(1_000, 'must hold at most 1000 items')
  .superRefine((items, context) => {
    const seen = new Set<string>()
    items.forEach(({ sku, pool }, index) => {
      const key = JSON.stringify([sku, pool])
      if (seen.has(key))
        context.addIssue({ code: 'custom', path: [index], message: 'is in the list already' })
      seen.add(key)
    })
  })

/** A campaign to come. */
export interface ScheduleCampaign {
  readonly id: string
  /** First instant of the sale; `null` or left out: when it is opened by hand. */
  readonly opensAt?: Date | null | undefined
  /** First instant after the sale; `null` or left out: when it is closed by hand. */
  readonly closesAt?: Date | null | undefined
  /** 1 to 1,000 accounts, each once. */
  readonly items: readonly CampaignItemInput[]
}
/** Instants are parsed to ms since the epoch. */
export const scheduleCampaignSchema = z
  .strictObject({
    id: idSchema,
    opensAt: instantSchema.nullable().optional(),
    closesAt: instantSchema.nullable().optional(),
    items: itemsSchema,
  })
  .refine(endsAfterItOpens, { path: ['closesAt'], error: 'must be later than `opensAt`' })

/** The items that a campaign is to have from now on. */
export interface ChangeCampaignItems {
  readonly id: string
  readonly items: readonly CampaignItemInput[]
}
export const changeCampaignItemsSchema = z.strictObject({ id: idSchema, items: itemsSchema })

/** Which campaign to open, close or withdraw. */
export interface CampaignReference {
  readonly id: string
}
export const campaignReferenceSchema = z.strictObject({ id: idSchema })
