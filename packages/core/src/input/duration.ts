import * as z from 'zod'

/**
 * A length of time, the sum of its fields: `{ minutes: 15 }`, `{ days: 1, hours: 12 }`. Each field is a whole number,
 * 0 or more; the sum is at least 1 ms and at most 3,650 days. A day is 24 hours.
 */
export interface Duration {
  readonly days?: number | undefined
  readonly hours?: number | undefined
  readonly minutes?: number | undefined
  readonly seconds?: number | undefined
  readonly milliseconds?: number | undefined
}

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Longest duration, in ms: ten years. */
const LONGEST = 3_650 * DAY

const amount = z.int('must be a whole number').min(0, 'must not be negative').optional()

/** A `Duration`; parsed to ms. */
export const durationSchema = z
  .strictObject(
    { days: amount, hours: amount, minutes: amount, seconds: amount, milliseconds: amount },
    { error: durationMessage },
  )
  .transform((duration, context) => {
    const ms = milliseconds(duration)
    if (ms >= 1 && ms <= LONGEST) return ms
    context.addIssue({ code: 'custom', message: 'must be at least 1 millisecond and at most 3650 days' })
    return z.NEVER
  })

function durationMessage(issue: { readonly code?: string | undefined }): string | undefined {
  return issue.code === 'invalid_type' ? 'must be a duration such as { minutes: 15 }' : undefined
}

function milliseconds({
  days = 0,
  hours = 0,
  minutes = 0,
  seconds = 0,
  milliseconds: rest = 0,
}: Duration): number {
  return days * DAY + hours * HOUR + minutes * MINUTE + seconds * SECOND + rest
}
