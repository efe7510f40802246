import { HoldfastError } from '@holdfast/core/adapter'

/**
 * A whole number as a database gave it. Beyond 2^53 − 1 a double rounds, so that a figure there is an error, never
 * another figure.
 *
 * @throws HoldfastError `store-failed`
 */
export function safeInteger(value: unknown, column: string): number {
  if (Number.isSafeInteger(value)) return value as number
  throw new HoldfastError('store-failed', `column ${column} holds ${String(value)}, which is no safe integer`)
}

export function safeIntegerOrNull(value: unknown, column: string): number | null {
  return value === null ? null : safeInteger(value, column)
}
