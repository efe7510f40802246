import * as z from 'zod'
import { durationSchema } from './duration.js'
import { idSchema, whole } from './fields.js'

/** Something with these methods: stores are taken structurally. */
export function having(...methods: readonly string[]) {
  return z.custom<object>(
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      methods.every((method) => typeof (value as Record<string, unknown>)[method] === 'function'),
    `must be an object with the methods ${methods.join(', ')}`,
  )
}

export const callback = z.custom<(...values: never[]) => unknown>(
  (value) => typeof value === 'function',
  'must be a function',
)

/**
 * Options of the order desk. `policy` and `hashKeys` are checked by `compilePolicy`; durations are parsed to ms.
 */
export const deskOptionsSchema = z.strictObject({
  store: having('apply', 'read', 'partitionsOf'),
  ledger: having('applyToOrders', 'applyToCampaign', 'applyToCompensation').optional(),
  /** Units that the ledger lets the store have at a time. */
  lease: z.strictObject({ chunk: whole(1, 1_000_000_000) }).optional(),
  policy: z.unknown(),
  hashKeys: z.unknown().optional(),
  /** How long a call waits unless it says so itself. */
  deadline: durationSchema.optional(),
  /** Commands that may wait in the queue of one partition. */
  queueLimit: whole(1, 1_000_000).optional(),
  /** Commands that one batch may hold; at least 4, so that every lane has its share. */
  batchLimit: whole(4, 10_000).optional(),
  /** Batches of one partition that may be on their way at once. */
  inFlight: whole(1, 16).optional(),
  /** Whether first attempts at what was just sold out may be refused without asking the store. */
  soldOutMemory: z.boolean('must be true or false').optional(),
  /** The application's clock, ms since the epoch; it never decides, it only measures waiting. */
  clock: callback.optional(),
  /** Mints ids of orders. */
  newId: callback.optional(),
  /** Turns of the event loop and timers. */
  scheduler: having('now', 'timer', 'defer').optional(),
})

/** Options of the desk's worker; durations are parsed to ms. */
export const workerOptionsSchema = z.strictObject({
  /** How often a round is done while nothing is to do. */
  every: durationSchema.optional(),
  /** Entries that one round handles at most. */
  batchLimit: whole(1, 10_000).optional(),
  /** Attempts of a compensation before it waits for an operator. */
  attempts: whole(1, 1_000).optional(),
  /** Wait before the second attempt of a compensation; it doubles with each further one. */
  retryAfter: durationSchema.optional(),
  /** Tells people of an order that was rolled back. */
  notify: callback.optional(),
  /** Where to what waits in the outbox is sent; its options are checked by the relay. */
  publisher: having('connect', 'publishBatch', 'trackOf').optional(),
  relay: z.unknown().optional(),
})

/** Options of the store in memory; the retention is parsed to ms. */
export const memoryStoreOptionsSchema = z
  .strictObject({
    clock: having('now').optional(),
    retention: durationSchema.prefault({ days: 30 }),
    /** Several, so that orders may span them. */
    partitions: whole(1, 1_000).optional(),
    /** SKUs that are sold from all of them. */
    spread: z.array(idSchema, 'must be a list of SKUs').optional(),
  })
  .refine(({ partitions, spread = [] }) => partitions !== undefined || spread.length === 0, {
    path: ['spread'],
    error: 'needs partitions to spread over',
  })
