import { createSecretKey, type KeyObject } from 'node:crypto'
import * as z from 'zod'
import { parseUnder } from '../input/parse.js'
import { isWellFormed, utf8Length } from '../input/text.js'

/**
 * A secret under which phone numbers, addresses, IPs and the shop's own kinds of identity are hashed.
 *
 * The first key of a list names what is written; the others only find what was written before. To rotate, add the new
 * key at the end in every process, then move it to the front, and drop the old one when the longest window has passed.
 */
export interface HashKey {
  /** 1–32 characters of `A–Z a–z 0–9 _ -`: it stands in every name made under the key. */
  readonly id: string
  /** At least 16 bytes; text counts in UTF-8. Keep it out of the database that holds the names. */
  readonly secret: string | Uint8Array
}

/** A key ready for use. */
export interface LoadedKey {
  readonly id: string
  readonly secret: KeyObject
}

const LEAST_SECRET = 16
const MOST_KEYS = 8

const secretSchema = z
  .union([z.string(), z.instanceof(Uint8Array)], 'must be text or bytes')
  .refine((secret) => secretBytes(secret) >= LEAST_SECRET, `must have at least ${LEAST_SECRET} bytes`)
  .refine((secret) => typeof secret !== 'string' || isWellFormed(secret), 'must be well-formed text')

const hashKeysSchema = z
  .array(
    z.strictObject({
      id: z
        .string('must be a string')
        .regex(/^[A-Za-z0-9_-]{1,32}$/, 'must be 1 to 32 characters of A-Z a-z 0-9 _ -'),
      secret: secretSchema,
    }),
  )
  .min(1, 'must hold at least one key')
  .max(MOST_KEYS, `must hold at most ${MOST_KEYS} keys`)
  .superRefine((keys, context) => {
    keys.forEach(({ id }, index) => {
      if (keys.findIndex((key) => key.id === id) < index) {
        context.addIssue({ code: 'custom', path: [index, 'id'], message: 'is the id of another key' })
      }
    })
  })

function secretBytes(secret: string | Uint8Array): number {
  return typeof secret === 'string' ? utf8Length(secret) : secret.length
}

/** Checks and copies the keys. @throws HoldfastError `invalid-argument` at `hashKeys[…]` */
export function loadHashKeys(keys: unknown): readonly LoadedKey[] {
  return parseUnder(hashKeysSchema, keys, 'hashKeys').map(({ id, secret }) => ({
    id,
    secret: typeof secret === 'string' ? createSecretKey(secret, 'utf8') : createSecretKey(secret),
  }))
}
