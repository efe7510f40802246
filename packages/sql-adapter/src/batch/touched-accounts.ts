import { type AccountKey, type StockAccountState, stock } from '@holdfast/core/adapter'
import type { ChangedAccount } from '../dialects/work.js'

interface Entry {
  readonly number: number | null
  readonly state: StockAccountState
  isChanged: boolean
}

/** Stock accounts by key, as loaded and as changed since. */
export class TouchedAccounts {
  private readonly bySku = new Map<string, Map<string, Entry>>()
  private readonly touched: Entry[] = []

  load(number: number, state: StockAccountState): void {
    if (this.entry(state.key) === undefined) this.set(state.key, { number, state, isChanged: false })
  }

  get(key: AccountKey): StockAccountState | undefined {
    return this.entry(key)?.state
  }

  create(key: AccountKey): StockAccountState {
    const entry: Entry = { number: null, state: stock.initialState(key), isChanged: false }
    this.set(key, entry)
    this.note(entry)
    return entry.state
  }

  /** The account's state was changed in place. */
  changedInPlace({ key }: StockAccountState): void {
    const entry = this.entry(key)
    if (entry !== undefined) this.note(entry)
  }

  changed(): readonly ChangedAccount[] {
    return this.touched
  }

  private entry(key: AccountKey): Entry | undefined {
    return this.bySku.get(key.sku)?.get(key.pool)
  }

  private set(key: AccountKey, entry: Entry): void {
    let pools = this.bySku.get(key.sku)
    if (pools === undefined) {
      pools = new Map()
      this.bySku.set(key.sku, pools)
    }
    pools.set(key.pool, entry)
  }

  private note(entry: Entry): void {
    if (entry.isChanged) return
    entry.isChanged = true
    this.touched.push(entry)
  }
}
