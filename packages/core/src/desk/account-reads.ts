import { mergedAccounts } from '../buckets/merged-reading.js'
import type { StockAccountState } from '../machines/stock-account/types.js'
import { accountName } from '../port/account-name.js'
import type { AccountKey } from '../port/claims.js'
import { NO_KEYS, type Page, type ReservationStore } from '../port/reservation-store.js'
import type { Scheduler } from '../scheduler.js'
import { SharedReads } from '../shared-reads.js'
import type { StoreTime } from './store-time.js'

/** Accounts whose last reading is remembered; with more of them all are forgotten. */
const MOST_REMEMBERED = 1_000

type Account = StockAccountState | undefined

interface Reading {
  readonly account: Account
  /** Scheduler's clock at which it was asked for. */
  readonly at: number
}

/** Accounts as those who only look see them: their reads are shared, and remembered for as long as is asked for. */
export class AccountReads {
  private readonly readings = new Map<string, Reading>()
  private readonly reads = new SharedReads<AccountKey, Account>((keys) => this.readAll(keys))

  constructor(
    private readonly store: ReservationStore,
    private readonly scheduler: Scheduler,
    private readonly time: StoreTime,
  ) {}

  /**
   * @param maxAgeMs how old a reading may be that is told again instead
   * @returns `undefined` for an account that does not exist
   */
  read(key: AccountKey, maxAgeMs: number): Promise<Account> {
    const name = accountName(key)
    if (maxAgeMs > 0) {
      const last = this.readings.get(name)
      if (last !== undefined && this.scheduler.now() - last.at < maxAgeMs)
        return Promise.resolve(last.account)
    }
    return this.reads.read(name, key)
  }

  private async readAll(keys: readonly AccountKey[]): Promise<readonly Account[]> {
    const at = this.scheduler.now()
    const found = await this.accounts(keys)
    return keys.map((key) => {
      const name = accountName(key)
      const account = found.get(name)
      this.remember(name, { account, at })
      return account
    })
  }

  /** Each is asked for where it lies, and nowhere else. */
  private async accounts(keys: readonly AccountKey[]): Promise<ReadonlyMap<string, StockAccountState>> {
    const byPartition = new Map<string, AccountKey[]>()
    for (const account of keys) {
      for (const partition of this.store.partitionsOf({ kind: 'fill', account, limit: 1 })) {
        const there = byPartition.get(partition)
        if (there === undefined) byPartition.set(partition, [account])
        else there.push(account)
      }
    }
    const reads = [...byPartition].map(([partition, accounts]) =>
      this.store.read(partition, { ...NO_KEYS, accounts }),
    )
    const found = new Map<string, StockAccountState>()
    const pages: readonly Page[] = await Promise.all(reads)
    for (const { now } of pages) this.time.heard(now)
    // Of a SKU that is spread, all buckets are one account.
    for (const account of mergedAccounts(pages.flatMap(({ accounts }) => accounts)))
      found.set(accountName(account.key), account)
    return found
  }

  private remember(name: string, reading: Reading): void {
    if (this.readings.size >= MOST_REMEMBERED && !this.readings.has(name)) this.readings.clear()
    this.readings.set(name, reading)
  }
}
