import * as z from 'zod'
import { fitsUtf8, isWellFormed } from './text.js'

/** Most units that one line may ask for. */
export const MOST_UNITS = 1_000_000_000
/** Most lines of one order. */
export const MOST_LINES = 100
/** Most bytes, in UTF-8, of an order's own `data`. */
const MOST_DATA = 4_096

/** Well-formed text of `least` to `most` UTF-16 units. */
function text(least: number, most: number) {
  return (
    z
      .string('must be a string')
      .min(least, least === 1 ? 'must not be empty' : `must have at least ${least} characters`)
      // Counted here: zod's own maximum counts code points.
      .refine((value) => value.length <= most, `must have at most ${most} characters (UTF-16 units)`)
      .refine(isWellFormed, 'must be well-formed text: it holds half of a surrogate pair')
  )
}

/** An id or a subject: 1–128 UTF-16 units, well-formed, compared byte for byte. */
export const idSchema = text(1, 128)

/** A whole number from `least` to `most`. */
export function whole(least: number, most: number) {
  return (
    z
      .int('must be a whole number')
      .min(least, `must be at least ${least}`)
      .max(most, `must be at most ${most}`)
      // −0 is a 0 that some engines tell apart.
      .transform((value) => value + 0)
  )
}

/** Units of one line: 1 to 1e9. */
export const quantitySchema = whole(1, MOST_UNITS)

/** Units of a movement or a limit of an account: 0, or at least `least`, to 2^53 − 1. */
export function unitsFrom(least: 0 | 1) {
  return whole(least, Number.MAX_SAFE_INTEGER)
}

/** An order's own text: well-formed, at most 4 KiB of UTF-8. */
export const dataSchema = z
  .string('must be a string')
  .refine(isWellFormed, { error: 'must be well-formed text: it holds half of a surrogate pair', abort: true })
  .refine((data) => fitsUtf8(data, MOST_DATA), `must take at most ${MOST_DATA} bytes of UTF-8`)

/** Whether `dataSchema` takes it. */
export function isData(value: unknown): value is string {
  return typeof value === 'string' && isWellFormed(value) && fitsUtf8(value, MOST_DATA)
}

/** A `Date`; parsed to ms since the epoch. */
export const instantSchema = z.date('must be a valid Date').transform((date) => date.getTime())

/** Entries of a page: 1 to 1,000. */
export const pageLimitSchema = whole(1, 1_000)

/** Where a page before ended, as it was told. */
export const cursorSchema = text(1, 4_096)

/** A person's words, for the record. */
export const reasonSchema = text(1, 512)
