import * as z from 'zod'
import { durationSchema } from './duration.js'
import { idSchema, whole } from './fields.js'
import { callback, having } from './options.js'

/** Options of a consumer; durations are parsed to ms. */
export const consumerOptionsSchema = z.strictObject({
  source: having('start', 'close'),
  inbox: having('look', 'begin', 'handle', 'fail'),
  /** By which the inbox tells consumers apart. */
  name: idSchema.optional(),
  topics: z.array(z.string().min(1)).min(1).optional(),
  topicOf: callback.optional(),
  deadLetters: having('connect', 'publishBatch').optional(),
  /** Failed attempts after which a message is poison. */
  attempts: whole(1, 1_000).optional(),
  retryAfter: durationSchema.optional(),
  /** Messages that one transaction handles at most. */
  batchLimit: whole(1, 10_000).optional(),
  /** How long the inbox remembers what is done. */
  retention: durationSchema.optional(),
  scheduler: having('now', 'timer', 'defer').optional(),
})
