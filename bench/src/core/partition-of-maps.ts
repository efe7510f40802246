import type { AccountKey } from '@holdfast/core/adapter'
import {
  BatchRunner,
  type Cause,
  ChangedAccounts,
  type KnownReservation,
  type LimitState,
  limit,
  type OpenGuard,
  type PartitionState,
  type StockAccountEvent,
  type StockAccountState,
  type StrikeState,
  stock,
} from '@holdfast/core/adapter'

/** What core decides on, in maps and nothing more: no history, no orders, no deadlines. Pools are not told apart. */
export class PartitionOfMaps implements PartitionState {
  readonly #changed = new ChangedAccounts()
  readonly runner = new BatchRunner(this, this.#changed)
  readonly accounts = new Map<string, StockAccountState>()
  readonly reservations = new Map<string, KnownReservation>()
  readonly counters = new Map<string, LimitState>()
  readonly guards = new Map<string, OpenGuard>()
  readonly #strikes = new Map<string, StrikeState>()
  readonly #movements = new Map<string, string>()

  account(key: AccountKey): StockAccountState | undefined {
    return this.accounts.get(key.sku)
  }

  createAccount(key: AccountKey): StockAccountState {
    const state = stock.initialState(key)
    this.accounts.set(key.sku, state)
    return state
  }

  accountChanged(account: StockAccountState, change: StockAccountEvent, cause: Cause): void {
    this.#changed.note(account, change, cause)
  }

  reservation(id: string): KnownReservation | undefined {
    return this.reservations.get(id)
  }

  putReservation(id: string, state: KnownReservation): void {
    this.reservations.set(id, state)
  }

  due(): readonly string[] {
    return []
  }

  nextDueAt(): number | null {
    return null
  }

  owed(): readonly string[] {
    return []
  }

  counter(name: string): LimitState | undefined {
    return this.counters.get(name)
  }

  counterToChange(name: string): LimitState {
    let state = this.counters.get(name)
    if (state === undefined) {
      state = limit.initialState()
      this.counters.set(name, state)
    }
    return state
  }

  guard(name: string): OpenGuard | undefined {
    return this.guards.get(name)
  }

  putGuard(name: string, state: OpenGuard | undefined): void {
    if (state === undefined) this.guards.delete(name)
    else this.guards.set(name, state)
  }

  strikes(name: string): StrikeState | undefined {
    return this.#strikes.get(name)
  }

  putStrikes(name: string, state: StrikeState): void {
    this.#strikes.set(name, state)
  }

  movement({ sku }: AccountKey, movement: string): string | undefined {
    return this.#movements.get(`${sku} ${movement}`)
  }

  putMovement({ sku }: AccountKey, movement: string, data: string): void {
    this.#movements.set(`${sku} ${movement}`, data)
  }
}
