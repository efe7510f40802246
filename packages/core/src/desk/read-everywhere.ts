import { isSpread } from '../buckets/is-spread.js'
import { mergedAccounts, mergedLedger, withoutBuckets } from '../buckets/merged-reading.js'
import { invalid } from '../input/parse.js'
import {
  EMPTY_PAGE,
  type KeyQuery,
  type ListQuery,
  type Page,
  type Query,
  type ReservationStore,
} from '../port/reservation-store.js'

/**
 * A read of all partitions; each key lies in one of them, but for accounts of which each has a bucket, told as their sum.
 * `now` is the clock of the first.
 */
export async function readEverywhere(store: ReservationStore, query: Query): Promise<Page> {
  const partitions = await store.partitions()
  if (partitions.length <= 1) return store.read(partitions[0] ?? '', query)
  if (query.kind === 'keys') return readKeys(store, partitions, query)
  const isOfBuckets = query.of === 'ledger' && isSpread(store, query.account?.sku ?? '')
  return isOfBuckets ? mergedLedger(store, query) : list(store, partitions, query)
}

async function readKeys(
  store: ReservationStore,
  partitions: readonly string[],
  query: KeyQuery,
): Promise<Page> {
  const pages = await Promise.all(partitions.map((partition) => store.read(partition, query)))
  return {
    ...EMPTY_PAGE,
    now: pages[0]?.now ?? 0,
    accounts: mergedAccounts(pages.flatMap(({ accounts }) => accounts)),
    reservations: pages.flatMap(({ reservations }) => reservations),
    counters: pages.flatMap(({ counters }) => counters),
    guards: pages.flatMap(({ guards }) => guards),
    strikes: pages.flatMap(({ strikes }) => strikes),
  }
}

/** One partition after another: the cursor says which, and where in it. */
async function list(store: ReservationStore, partitions: readonly string[], query: ListQuery): Promise<Page> {
  const [at, within] = query.cursor === null ? [0, null] : positionIn(query.cursor, partitions.length)
  for (let index = at, cursor = within; ; index++, cursor = null) {
    const read = await store.read(partitions[index] as string, { ...query, cursor })
    const page = { ...read, accounts: await withoutBuckets(store, read.accounts, index === 0) }
    const isLast = index === partitions.length - 1
    if (page.cursor !== null) return { ...page, cursor: `${index}:${page.cursor}` }
    if (isLast || countOf(page) > 0) return { ...page, cursor: isLast ? null : `${index + 1}:` }
  }
}

function positionIn(cursor: string, partitions: number): readonly [index: number, within: string | null] {
  const colon = cursor.indexOf(':')
  const index = Number(cursor.slice(0, colon))
  if (colon < 1 || !Number.isSafeInteger(index) || index < 0 || index >= partitions)
    throw invalid('cursor', 'is not one that this listing gave')
  const within = cursor.slice(colon + 1)
  return [index, within === '' ? null : within]
}

function countOf({ accounts, reservations, counters, guards, strikes, events, ledger }: Page): number {
  return [accounts, reservations, counters, guards, strikes, events, ledger].reduce(
    (sum, entries) => sum + entries.length,
    0,
  )
}
