import * as z from 'zod'
import { durationSchema } from './duration.js'
import { idSchema, whole } from './fields.js'
import { callback, having } from './options.js'

/** `order.paid`: what it tells of, a dot, what happened. */
const typeSchema = idSchema.regex(/^[^.]+\..+$/, 'must be the aggregate, a dot and what happened: order.paid')

/** The name of a header: lower case, as HTTP and Kafka carry it; CloudEvents' own are the relay's to write. */
const headerSchema = z.string().regex(/^[a-z0-9-]+$/, 'must be of small letters, digits and dashes')

/** A message as a shop writes it. */
export const newMessageSchema = z.strictObject({
  id: idSchema.optional(),
  type: typeSchema,
  key: idSchema,
  data: z.unknown(),
  headers: z.record(headerSchema, z.string()).optional(),
})

/** Options of what sends messages; durations are parsed to ms. */
export const messagesOptionsSchema = z.strictObject({
  transactions: having('run', 'check'),
  outbox: having('write').optional(),
  halfMessages: having('prepare', 'decide').optional(),
  checkAt: z.string().min(1).max(2_048).optional(),
  checkAfter: durationSchema.optional(),
  relay: having('wake').optional(),
  newId: callback.optional(),
})

/** Options of a checker; durations are parsed to ms. */
export const checkerOptionsSchema = z.strictObject({
  halfMessages: having('takeDue', 'report', 'removeDecided'),
  check: callback,
  every: durationSchema.optional(),
  checks: whole(1, 1_000).optional(),
  retryAfter: durationSchema.optional(),
  retention: durationSchema.optional(),
  batchLimit: whole(1, 10_000).optional(),
  scheduler: having('now', 'timer', 'defer').optional(),
})
