import { AssertionError } from 'node:assert/strict'

/** @throws AssertionError naming the law and what breaks it */
export function law(name: string, holds: boolean, found: unknown): void {
  if (!holds)
    throw new AssertionError({ message: `${name}: broken by ${JSON.stringify(found)}`, operator: 'law' })
}
