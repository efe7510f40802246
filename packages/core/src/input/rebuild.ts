import * as z from 'zod'
import { idSchema, whole } from './fields.js'

/** What a plan of a rebuild is to tell of. */
export interface PlanRebuild {
  /** Partitions too that the ledger follows: what it has not carried of them yet would be lost. */
  readonly evenIfFollowed?: boolean | undefined
}

export const planRebuildSchema = z.strictObject({
  evenIfFollowed: z.boolean('must be true or false').optional(),
})

const count = whole(0, Number.MAX_SAFE_INTEGER)
const position = z.strictObject({ epoch: count, sequence: count, at: count }).nullable()

/** As `planRebuild` made it; partitions that people may have taken out of it stay as they are. */
export const rebuildSchema = z.strictObject({
  partitions: z.array(
    z.strictObject({
      partition: idSchema,
      found: z.enum(['emptied', 'other-epoch', 'gap', 'followed']),
      carried: position,
      end: position,
      lost: count.nullable(),
      epoch: count,
    }),
    'must be a list',
  ),
})
