import * as z from 'zod'
import type { Normaliser } from '../identity/normalisers.js'
import { isCountry } from '../identity/phone.js'
import { durationSchema } from '../input/duration.js'
import { idSchema, unitsFrom, whole } from '../input/fields.js'
import { idFault, mapSchema, ownKindFault } from '../input/map.js'
import { isTimeZone } from './calendar-windows.js'

const MOST_RULES = 100
const MOST_LISTED = 10_000
const MOST_STRIKES = 1_000_000

const SCOPES = "must be 'sku', 'campaign' or 'shop'"
const scopeSchema = z.enum(['sku', 'campaign', 'shop'], SCOPES)

const poolsByName = mapSchema<string>(
  'must be an object of names and their pools',
  (name, pool) =>
    idFault(name) === null ? idFault(pool) : 'is no id: well-formed text of 1 to 128 characters',
  MOST_LISTED,
).refine((map) => map.size > 0, 'must map at least one name')

const poolsSchema = z
  .strictObject({
    default: idSchema.optional(),
    byRegion: poolsByName.optional(),
    byCampaign: poolsByName.optional(),
  })
  .refine((pools) => Object.values(pools).some((value) => value !== undefined), 'must name at least one pool')

const windowSchema = z.union(
  [
    z.enum(['lifetime', 'campaign']),
    z.strictObject({
      calendar: z.enum(['day', 'week', 'month'], "must be 'day', 'week' or 'month'"),
      timeZone: z
        .string('must be the name of a time zone')
        .refine(isTimeZone, "must be the IANA name of a time zone, such as 'Europe/Berlin'"),
    }),
  ],
  "must be 'lifetime', 'campaign' or { calendar, timeZone }",
)

const listed = z
  .array(idSchema)
  .min(1, 'must name at least one: leave it out for all')
  .max(MOST_LISTED, `must name at most ${MOST_LISTED}`)

const limitSchema = z.strictObject({
  id: idSchema,
  per: idSchema,
  scope: scopeSchema,
  max: unitsFrom(1),
  window: windowSchema.default('lifetime'),
  skus: listed.optional(),
  campaigns: listed.optional(),
})

const limitsSchema = z
  .array(limitSchema)
  .max(MOST_RULES, `must hold at most ${MOST_RULES} limits`)
  .superRefine((limits, context) => {
    limits.forEach(({ id }, index) => {
      if (limits.findIndex((limit) => limit.id === id) < index) {
        context.addIssue({ code: 'custom', path: [index, 'id'], message: 'is the id of another limit' })
      }
    })
  })

const unpaidOrderRuleSchema = z.strictObject({ per: idSchema, scope: scopeSchema })

const unpaidOrderSchema = z
  .union(
    [
      unpaidOrderRuleSchema,
      z.array(unpaidOrderRuleSchema).max(MOST_RULES, `must hold at most ${MOST_RULES} rules`),
    ],
    'must be { per, scope } or a list of such',
  )
  .superRefine((rules, context) => {
    if (!Array.isArray(rules)) return
    rules.forEach(({ per, scope }, index) => {
      if (rules.findIndex((rule) => rule.per === per && rule.scope === scope) < index) {
        context.addIssue({ code: 'custom', path: [index], message: 'is in the list already' })
      }
    })
  })
  .transform((rules) => (Array.isArray(rules) ? rules : [rules]))

const riskSchema = z
  .strictObject({
    per: idSchema.default('user'),
    strikesFor: durationSchema,
    deferFrom: whole(1, MOST_STRIKES).optional(),
    refuseFrom: whole(1, MOST_STRIKES).optional(),
  })
  .refine(({ deferFrom = 0, refuseFrom = Number.POSITIVE_INFINITY }) => deferFrom < refuseFrom, {
    path: ['deferFrom'],
    error: 'must be less than `refuseFrom`, which would always go before it',
  })

const normaliserSchema = z.custom<Normaliser>((value) => typeof value === 'function', 'must be a function')

const identitiesSchema = z.strictObject({
  phone: z
    .strictObject({
      defaultCountry: z
        .string('must be a country code')
        .refine(isCountry, "must be the ISO 3166-1 alpha-2 code of a country, such as 'DE'")
        .optional(),
    })
    .optional(),
  ip: z.strictObject({ prefix4: whole(1, 32).default(32), prefix6: whole(1, 128).default(64) }).optional(),
  address: normaliserSchema.optional(),
  other: mapSchema<Normaliser>(
    'must be an object of own kinds and their normalisers',
    (kind, normalise) =>
      ownKindFault(kind) ?? (typeof normalise === 'function' ? null : 'must be a function'),
    MOST_RULES,
  ).optional(),
})

const flag = z.boolean('must be true or false').default(false)

/** A `Policy`; durations are parsed to ms, defaults filled in. */
export const policySchema = z
  .strictObject({
    holdFor: durationSchema.prefault({ minutes: 15 }),
    extendUpTo: durationSchema.optional(),
    retention: durationSchema.prefault({ days: 30 }),
    pools: poolsSchema.optional(),
    limits: limitsSchema.default([]),
    unpaidOrder: unpaidOrderSchema.default([]),
    backorder: flag,
    risk: riskSchema.optional(),
    returns: z.strictObject({ giveBackUses: flag }).optional(),
    identities: identitiesSchema.optional(),
  })
  .refine(({ holdFor, extendUpTo = holdFor }) => extendUpTo >= holdFor, {
    path: ['extendUpTo'],
    error: 'must not be shorter than `holdFor`',
  })

/** A policy whose form was checked. */
export type CheckedPolicy = z.output<typeof policySchema>
