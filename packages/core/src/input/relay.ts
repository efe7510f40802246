import * as z from 'zod'
import { durationSchema } from './duration.js'
import { idSchema, whole } from './fields.js'
import { callback, having } from './options.js'

/** Options of a relay; durations are parsed to ms. */
export const relayOptionsSchema = z.strictObject({
  outbox: having('shards', 'lease'),
  publisher: having('connect', 'publishBatch', 'trackOf'),
  /** CloudEvents' `source`: whose ids these are. */
  source: idSchema.optional(),
  topicOf: callback.optional(),
  /** Names the relay in the store. */
  owner: idSchema.optional(),
  /** How long a relay that died keeps others from its shards. */
  leaseFor: durationSchema.optional(),
  /** Messages of one read. */
  batchLimit: whole(1, 100_000).optional(),
  poison: z.union([z.enum(['block-key', 'park-key', 'skip-after-n']), callback]).optional(),
  /** Failed attempts after which a message is poison. */
  attempts: whole(1, 1_000).optional(),
  retryAfter: durationSchema.optional(),
  scheduler: having('now', 'timer', 'defer').optional(),
})
