import { AssertionError, deepStrictEqual } from 'node:assert/strict'

/**
 * Fails unless both read the same once written as JSON: what crosses a network or a file does not tell −0 from 0, nor
 * an absent field from an undefined one.
 * @param what what is compared, for the message
 */
export function assertSame(actual: unknown, expected: unknown, what: string): void {
  try {
    deepStrictEqual(asJson(actual), asJson(expected))
  } catch (error) {
    const difference = error instanceof Error ? error.message : String(error)
    throw new AssertionError({ message: `${what}\n${difference}`, actual, expected, operator: 'assertSame' })
  }
}

function asJson(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value, nothingLost))
}

/** JSON would write NaN as null and refuse a bigint: both are answers that no store may give. */
function nothingLost(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value
}
