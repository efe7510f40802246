import { type AccountKey, AccountMap, type StockAccountState, stock } from '@holdfast/core/adapter'
import type { ChangedAccount } from '../dialects/work.js'

interface Entry {
  readonly number: number | null
  readonly state: StockAccountState
  isChanged: boolean
}

/** Stock accounts by key, as loaded and as changed since. */
export class TouchedAccounts {
  private readonly entries = new AccountMap<Entry>()
  private readonly touched: Entry[] = []

  load(number: number, state: StockAccountState): void {
    if (this.entries.get(state.key) === undefined)
      this.entries.add(state.key, { number, state, isChanged: false })
  }

  get(key: AccountKey): StockAccountState | undefined {
    return this.entries.get(key)?.state
  }

  create(key: AccountKey): StockAccountState {
    const entry: Entry = { number: null, state: stock.initialState(key), isChanged: false }
    this.entries.add(key, entry)
    this.note(entry)
    return entry.state
  }

  /** The account's state was changed in place. */
  changedInPlace({ key }: StockAccountState): void {
    const entry = this.entries.get(key)
    if (entry !== undefined) this.note(entry)
  }

  changed(): readonly ChangedAccount[] {
    return this.touched
  }

  private note(entry: Entry): void {
    if (entry.isChanged) return
    entry.isChanged = true
    this.touched.push(entry)
  }
}
