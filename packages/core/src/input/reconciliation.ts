import * as z from 'zod'
import { idSchema, whole } from './fields.js'

const change = whole(-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)
const figures = {
  reserved: change,
  sold: change,
  backordered: change,
  supplied: change,
}
/** A counter's or a guard's name holds several ids. */
const name = z.string('must be a string').min(1, 'must not be empty')

const correctionSchema = z.discriminatedUnion(
  'of',
  [
    z.strictObject({
      of: z.literal('account'),
      account: z.strictObject({ sku: idSchema, pool: idSchema }),
      counters: z.strictObject({ available: change, ...figures }),
      archived: change,
      // However a plan came about, it makes no units.
      ledger: z.strictObject({ available: whole(-Number.MAX_SAFE_INTEGER, 0), ...figures }),
    }),
    z.strictObject({ of: z.literal('counter'), counter: name, used: change }),
    z.strictObject({
      of: z.literal('guard'),
      guard: name,
      found: name.nullable(),
      order: name.nullable(),
    }),
  ],
  "must be of 'account', 'counter' or 'guard'",
)

/** As `planReconciliation` made it; what people may have taken out of it is not made. */
export const reconciliationSchema = z.strictObject({
  validUntil: whole(0, Number.MAX_SAFE_INTEGER),
  repairs: z.array(
    z.strictObject({
      id: idSchema,
      partition: idSchema,
      correction: correctionSchema,
      mends: z.array(z.unknown()),
    }),
    'must be a list',
  ),
  left: z.array(z.unknown(), 'must be a list'),
})
