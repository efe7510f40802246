import type { AccountKey } from '../port/claims.js'

// Names of what moves units between the buckets of a spread SKU. No shop's own can be: pools and movements' ids have at
// most 128 UTF-16 units.

const LONGEST_ID = 128

function beyondIds(...parts: readonly (string | number)[]): string {
  return JSON.stringify(parts).padStart(LONGEST_ID + 1)
}

/**
 * Where units wait that have left a bucket for the one in the partition `to`: an account beside the bucket that they
 * left. What is available there is in flight.
 */
export function transitTo({ sku, pool }: AccountKey, to: string): AccountKey {
  return { sku, pool: beyondIds(pool, to) }
}

export function isTransit({ pool }: AccountKey): boolean {
  return pool.length > LONGEST_ID
}

/** Whether the movement brought units from one bucket to another, and changed nothing of what the shop supplied. */
export function isBetweenBuckets(movement: string | null): boolean {
  return movement !== null && movement.length > LONGEST_ID
}

/** Creates a bucket, or the account that leads to one: each once. */
export const OPENED = beyondIds('opened')

/**
 * Takes units out of a bucket. `version`: of the account that leads to `to`, as it was seen empty. It changes with the
 * units that come in and again when they are gone, so that of all who saw it alike one alone takes.
 */
export function debitId(to: string, version: number): string {
  return beyondIds('debit', to, version)
}

/** Brings them to the other bucket. `version`: of that account with the units in it; `epoch`: of where it lies. */
export function creditId(from: string, epoch: number, version: number): string {
  return beyondIds('credit', from, epoch, version)
}

/** Says that they were brought. */
export function clearId(version: number): string {
  return beyondIds('clear', version)
}
