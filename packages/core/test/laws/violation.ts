import { isDeepStrictEqual } from 'node:util'

export type Law = 'L1' | 'L2' | 'L3' | 'L4' | 'L5' | 'L6' | 'L7' | 'L8' | 'L9' | 'L10' | 'L11'

/** A law that was broken, and how. */
export class Violation extends Error {
  constructor(law: Law, what: string) {
    super(`${law} is broken: ${what}`)
  }
}

/** What was found must be what is expected; both are told. */
export function mustBe(law: Law, what: string, found: unknown, expected: unknown): void {
  if (isDeepStrictEqual(found, expected)) return
  throw new Violation(law, `${what} is ${JSON.stringify(found)}, must be ${JSON.stringify(expected)}`)
}
