import { invalid } from '../input/parse.js'
import type { StockAccountState } from '../machines/stock-account/types.js'
import { isBetweenBuckets, isTransit } from '../partition/bucket-names.js'
import { accountName } from '../port/account-name.js'
import type { AccountKey } from '../port/claims.js'
import {
  EMPTY_PAGE,
  type LedgerEntry,
  type ListQuery,
  NO_KEYS,
  type Page,
  type ReservationStore,
} from '../port/reservation-store.js'
import { isSpread } from './is-spread.js'

/**
 * Accounts as a shop knows them: buckets of one are told as their sum, with the settings of the first. The buckets are
 * read at moments of their own, and units in flight between them are in none, or in two for a moment.
 */
export function mergedAccounts(accounts: readonly StockAccountState[]): readonly StockAccountState[] {
  const merged = new Map<string, StockAccountState>()
  for (const account of accounts) {
    const key = accountName(account.key)
    const first = merged.get(key)
    merged.set(key, first === undefined ? account : summed(first, account))
  }
  return [...merged.values()]
}

/** Both as one, with the settings of the first. */
export function summed(one: StockAccountState, other: StockAccountState): StockAccountState {
  return {
    ...one,
    available: one.available + other.available,
    reserved: one.reserved + other.reserved,
    sold: one.sold + other.sold,
    backordered: one.backordered + other.backordered,
    supplied: one.supplied + other.supplied,
    archived: one.archived + other.archived,
  }
}

/** A page of one partition's accounts: those that are spread stand in the first partition's, as sums. */
export async function withoutBuckets(
  store: ReservationStore,
  accounts: readonly StockAccountState[],
  isFirst: boolean,
): Promise<readonly StockAccountState[]> {
  const isOfBuckets = ({ key }: StockAccountState) => isSpread(store, key.sku)
  const own = accounts.filter(({ key }) => !isTransit(key))
  const keys = own.filter(isOfBuckets).map(({ key }) => key)
  if (keys.length === 0) return own
  if (!isFirst) return own.filter((account) => !isOfBuckets(account))
  const sums = mergedAccounts(await bucketsOf(store, keys))
  const sumOf = ({ key: { sku, pool } }: StockAccountState) =>
    sums.find(({ key }) => key.sku === sku && key.pool === pool)
  return own.map((account) => sumOf(account) ?? account)
}

async function bucketsOf(
  store: ReservationStore,
  accounts: readonly AccountKey[],
): Promise<readonly StockAccountState[]> {
  const query = { ...NO_KEYS, accounts }
  const partitions = await store.partitions()
  const pages = await Promise.all(partitions.map((partition) => store.read(partition, query)))
  return pages.flatMap((page) => page.accounts)
}

/** Where a listing of one bucket goes on: its cursor, and entries of that page that were told; `null`: at its end. */
type Position = readonly [cursor: string | null, passed: number] | null

/** What has an account's ledger in several partitions. */
interface KeepsLedgers {
  partitions(): Promise<readonly string[]>
  read(partition: string, query: ListQuery): Promise<Page>
}

/**
 * The ledger of a spread account, as if it were one: the entries of all buckets by their time, without those that moved
 * units between them.
 */
export async function mergedLedger(store: KeepsLedgers, query: ListQuery): Promise<Page> {
  const partitions = await store.partitions()
  let positions = positionsIn(query.cursor, partitions.length)
  for (;;) {
    const reading = partitions.map((partition, at) => read(store, partition, query, positions[at] ?? null))
    const buckets = await Promise.all(reading)
    const ledger = merged(buckets, query.limit)
    positions = buckets.map((bucket) => bucket.position)
    const isLast = positions.every((position) => position === null)
    if (ledger.length === 0 && !isLast) continue
    const now = Math.max(...buckets.map((bucket) => bucket.now))
    return { ...EMPTY_PAGE, now, ledger, cursor: isLast ? null : JSON.stringify(positions) }
  }
}

/** The oldest first, as far as that can be told: until of one bucket only its next page knows. */
function merged(buckets: readonly LedgerOfBucket[], limit: number): readonly LedgerEntry[] {
  const told: LedgerEntry[] = []
  while (told.length < limit && buckets.every(({ isUnread }) => !isUnread)) {
    let oldest: LedgerOfBucket | undefined
    for (const bucket of buckets)
      if (bucket.head !== undefined && (oldest?.head === undefined || bucket.head.at < oldest.head.at))
        oldest = bucket
    const entry = oldest?.take()
    if (entry === undefined) break
    if (!isBetweenBuckets(entry.movement) && !isTransit(entry.account)) told.push(entry)
  }
  return told
}

/** One page of one bucket's ledger, from a position on. */
class LedgerOfBucket {
  private taken = 0

  constructor(
    readonly now: number,
    private readonly begin: Exclude<Position, null>,
    private readonly entries: readonly LedgerEntry[],
    private readonly next: string | null,
  ) {}

  get head(): LedgerEntry | undefined {
    return this.entries[this.taken]
  }

  /** Whether its next entry is on another page. */
  get isUnread(): boolean {
    return this.head === undefined && this.next !== null
  }

  get position(): Position {
    if (this.head !== undefined) return [this.begin[0], this.begin[1] + this.taken]
    return this.next === null ? null : [this.next, 0]
  }

  take(): LedgerEntry | undefined {
    return this.entries[this.taken++]
  }
}

async function read(
  store: KeepsLedgers,
  partition: string,
  query: ListQuery,
  position: Position,
): Promise<LedgerOfBucket> {
  if (position === null) return new LedgerOfBucket(0, [null, 0], [], null)
  const [cursor, passed] = position
  const {
    now,
    ledger,
    cursor: next,
  } = await store.read(partition, { ...query, cursor, limit: query.limit + passed })
  return new LedgerOfBucket(now, position, ledger.slice(passed), next)
}

function positionsIn(cursor: string | null, partitions: number): readonly Position[] {
  if (cursor === null) return Array.from({ length: partitions }, () => [null, 0] as const)
  const positions = parsed(cursor)
  if (positions?.length !== partitions || !positions.every(isPosition))
    throw invalid('cursor', 'is not one that this listing gave')
  return positions
}

function parsed(cursor: string): readonly unknown[] | null {
  try {
    const value: unknown = JSON.parse(cursor)
    return Array.isArray(value) ? value : null
  } catch {
    return null
  }
}

function isPosition(value: unknown): value is Position {
  if (value === null) return true
  if (!Array.isArray(value) || value.length !== 2) return false
  const [cursor, passed] = value as unknown[]
  return (
    (cursor === null || typeof cursor === 'string') && Number.isSafeInteger(passed) && (passed as number) >= 0
  )
}
