import { mergedAccounts } from '../buckets/merged-reading.js'
import type { StockAccountState } from '../machines/stock-account/types.js'
import { accountName } from '../port/account-name.js'
import type { AccountKey } from '../port/claims.js'
import { NO_KEYS, type Page, type ReservationStore } from '../port/reservation-store.js'
import type { Scheduler } from '../scheduler.js'
import type { StoreTime } from './store-time.js'

/** Accounts that one read asks for at most. */
const MOST_AT_ONCE = 500
/** Accounts whose last reading is remembered; with more of them all are forgotten. */
const MOST_REMEMBERED = 1_000

type Account = StockAccountState | undefined

interface Asked {
  readonly key: AccountKey
  readonly answer: Promise<Account>
  readonly resolve: (account: Account) => void
  readonly reject: (error: unknown) => void
}

interface Reading {
  readonly account: Account
  /** Scheduler's clock at which it was asked for. */
  readonly at: number
}

/**
 * Accounts as those who only look see them: one read is under way at a time, and all who ask meanwhile share the next,
 * each account once. So reads do not grow with the number of readers, and none sees what was so before it asked.
 */
export class AccountReads {
  private waiting = new Map<string, Asked>()
  private readonly readings = new Map<string, Reading>()
  private isUnderWay = false

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
    const asked = this.waiting.get(name) ?? this.ask(name, key)
    return asked.answer
  }

  private ask(name: string, key: AccountKey): Asked {
    const asked = askedFor(key)
    this.waiting.set(name, asked)
    this.wake()
    return asked
  }

  private wake(): void {
    if (this.isUnderWay || this.waiting.size === 0) return
    this.isUnderWay = true
    // Once those who ask in this very moment have done so.
    queueMicrotask(() => void this.leave())
  }

  private async leave(): Promise<void> {
    const all = [...this.waiting]
    const asked = all.slice(0, MOST_AT_ONCE)
    this.waiting = new Map(all.slice(MOST_AT_ONCE))
    try {
      const at = this.scheduler.now()
      const accounts = await this.accounts(asked.map(([, { key }]) => key))
      for (const [name, { resolve }] of asked) {
        const account = accounts.get(name)
        this.remember(name, { account, at })
        resolve(account)
      }
    } catch (error) {
      for (const [, { reject }] of asked) reject(error)
    }
    this.isUnderWay = false
    this.wake()
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

function askedFor(key: AccountKey): Asked {
  let settle: Pick<Asked, 'resolve' | 'reject'> | undefined
  const answer = new Promise<Account>((resolve, reject) => {
    settle = { resolve, reject }
  })
  return { key, answer, ...(settle as Pick<Asked, 'resolve' | 'reject'>) }
}
