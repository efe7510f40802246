import type { StockAccountState } from '../machines/stock-account/types.js'
import { transitTo } from '../partition/bucket-names.js'
import type { AccountKey } from '../port/claims.js'
import { NO_KEYS, type Page, type ReservationStore } from '../port/reservation-store.js'

/** Units on their way from a bucket, or the empty account that leads there. */
export interface Transit {
  /** In flight. */
  readonly units: number
  /** Of the account. */
  readonly version: number
}

/** What one partition has of a spread account. */
export interface Bucket {
  readonly partition: string
  readonly account: StockAccountState
  /** Its partition's clock, ms since the epoch. */
  readonly now: number
  /** By where they lead. */
  readonly transits: ReadonlyMap<string, Transit>
}

/** All buckets of an account, each at a moment of its own. */
export interface Look {
  readonly buckets: readonly Bucket[]
  /** Whether every partition answered in time. */
  readonly isComplete: boolean
}

/** Reads an account's buckets, side by side. `inTime`: gives up on a read, with `null`. */
export class Lookout {
  private readonly transits: ReadonlyMap<string, AccountKey>

  constructor(
    private readonly store: Pick<ReservationStore, 'read'>,
    private readonly partitions: readonly string[],
    private readonly account: AccountKey,
    private readonly inTime: (page: Promise<Page>) => Promise<Page | null>,
  ) {
    this.transits = new Map(partitions.map((to) => [to, transitTo(account, to)]))
  }

  async look(): Promise<Look> {
    const pages = await Promise.all(this.partitions.map((partition) => this.read(partition)))
    const buckets = this.partitions.flatMap((partition, at) => this.bucketOf(partition, pages[at] ?? null))
    return { buckets, isComplete: pages.every((page) => page !== null) }
  }

  private async read(partition: string): Promise<Page | null> {
    const accounts = [this.account]
    for (const [to, transit] of this.transits) if (to !== partition) accounts.push(transit)
    const query = { ...NO_KEYS, accounts }
    return this.inTime(this.store.read(partition, query))
  }

  private bucketOf(partition: string, page: Page | null): readonly Bucket[] {
    const accounts = new Map(page?.accounts.map((state) => [state.key.pool, state]))
    const account = accounts.get(this.account.pool)
    if (account === undefined) return []
    const transits = new Map<string, Transit>()
    for (const [to, { pool }] of this.transits) {
      const state = accounts.get(pool)
      if (state !== undefined) transits.set(to, { units: state.available, version: state.version })
    }
    return [{ partition, account, now: page?.now ?? 0, transits }]
  }
}
