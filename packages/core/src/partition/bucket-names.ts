import type { AccountKey } from '../port/claims.js'

// Names of what moves units between the buckets of a spread SKU. No shop's own can be: pools and movements' ids have at
// most 128 UTF-16 units.

const LONGEST_ID = 128
const TO = 'to'
const IN = 'in'

/** Texts one behind the other, the last of which may hold anything; as short as can be, for columns that keep them. */
function beyondPools(...parts: readonly string[]): string {
  return parts.join('/').padStart(LONGEST_ID + 1)
}

function beyondIds(...parts: readonly (string | number)[]): string {
  return JSON.stringify(parts).padStart(LONGEST_ID + 1)
}

/**
 * Where units wait that have left a bucket for the one in the partition `to`: an account beside the bucket that they
 * left. What is available there is in flight.
 */
export function transitTo({ sku, pool }: AccountKey, to: string): AccountKey {
  return { sku, pool: beyondPools(TO, to, pool) }
}

export function isTransit({ pool }: AccountKey): boolean {
  return pool.length > LONGEST_ID && pool.trimStart().startsWith(`${TO}/`)
}

/** The account whose units these are: itself, or the one that they left. */
export function unitsOf(key: AccountKey): AccountKey {
  if (!isTransit(key)) return key
  return { sku: key.sku, pool: key.pool.trimStart().split('/').slice(2).join('/') }
}

/** Where a ledger keeps units that it has not leased: a bucket beside those of the store's partitions. */
export const VAULT = 'vault'

/**
 * Under which name a ledger keeps a bucket of `partition`, or an account that leads from it to another: as an account of
 * its own, which that partition's history alone changes.
 */
export function bucketIn(partition: string, { sku, pool }: AccountKey): AccountKey {
  return { sku, pool: beyondPools(IN, partition, pool) }
}

/** Where the bucket that a ledger keeps under this name is, and what it is called there; `null`: it is no bucket's. */
export function bucketNamed({
  sku,
  pool,
}: AccountKey): { readonly partition: string; readonly account: AccountKey } | null {
  const [kind, partition, ...rest] = pool.length > LONGEST_ID ? pool.trimStart().split('/') : []
  if (kind !== IN || partition === undefined) return null
  return { partition, account: { sku, pool: rest.join('/') } }
}

/** What an account is called where it is: one that a ledger keeps as a bucket, and any other. */
export function accountTold(kept: AccountKey): AccountKey {
  return bucketNamed(kept)?.account ?? kept
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
