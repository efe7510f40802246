import {
  type AccountKey,
  type Cause,
  ChangedAccounts,
  inByteOrder,
  type KnownReservation,
  type LedgerEntry,
  type LimitState,
  ledgerEntry,
  limit,
  type OpenGuard,
  type PartitionState,
  type ReservationEvent,
  type StockAccountEvent,
  type StockAccountState,
  type StrikeState,
  stock,
} from '@holdfast/core/adapter'

/**
 * A partition kept as plainly as can be: no index, no heap, every question answered by looking at everything.
 * Slow, and therefore easy to believe. It can be copied, so that a search may try a command and take it back.
 */
export class ReferencePartition implements PartitionState {
  readonly changed = new ChangedAccounts()
  readonly accounts = new Map<string, StockAccountState>()
  readonly reservations = new Map<string, KnownReservation>()
  readonly counters = new Map<string, LimitState>()
  readonly guards = new Map<string, OpenGuard>()
  readonly strikeRecords = new Map<string, StrikeState>()
  readonly movements = new Map<string, string>()
  ledger: LedgerEntry[] = []
  /** Who is owed units of which account, those owed longest first. */
  private owing: { readonly account: string; readonly id: string }[] = []
  /** Told of every reservation's event, with the state that it made. */
  onEvent: (event: ReservationEvent, after: KnownReservation) => void = () => {}

  copy(): ReferencePartition {
    const copy = new ReferencePartition()
    for (const [key, state] of this.accounts) copy.accounts.set(key, { ...state })
    for (const [id, state] of this.reservations) copy.reservations.set(id, state)
    for (const [name, state] of this.counters) copy.counters.set(name, { ...state })
    for (const [name, state] of this.guards) copy.guards.set(name, state)
    for (const [name, state] of this.strikeRecords) copy.strikeRecords.set(name, state)
    for (const [key, data] of this.movements) copy.movements.set(key, data)
    copy.ledger = [...this.ledger]
    copy.owing = [...this.owing]
    return copy
  }

  /** All that decides what comes next, as text. */
  identity(): string {
    const { accounts, reservations, counters, guards, strikeRecords, movements, owing } = this
    const maps = [accounts, reservations, counters, guards, strikeRecords, movements] as const
    const entries = maps.map((map) =>
      [...(map as Map<string, unknown>)].sort(([one], [other]) => (one < other ? -1 : 1)),
    )
    return JSON.stringify([entries, owing])
  }

  account(key: AccountKey): StockAccountState | undefined {
    return this.accounts.get(keyOf(key))
  }

  createAccount(key: AccountKey): StockAccountState {
    const state = stock.initialState(key)
    this.accounts.set(keyOf(key), state)
    return state
  }

  accountChanged(account: StockAccountState, change: StockAccountEvent, cause: Cause): void {
    this.changed.note(account, change, cause)
    const entry = ledgerEntry(account.key, change, cause)
    if (entry !== null) this.ledger.push(entry)
  }

  reservation(id: string): KnownReservation | undefined {
    return this.reservations.get(id)
  }

  putReservation(id: string, state: KnownReservation, event: ReservationEvent): void {
    this.reservations.set(id, state)
    if (state.status !== 'tombstoned') {
      const mayBeOwed = state.status === 'held' || state.status === 'confirmed'
      for (const line of state.lines) this.noteOwed(keyOf(line.account), id, mayBeOwed && line.owed > 0)
    }
    this.onEvent(event, state)
  }

  due(now: number, most: number): readonly string[] {
    const due = this.live().filter((hold) => hold.expiresAt <= now)
    due.sort((one, other) => one.expiresAt - other.expiresAt || inByteOrder(one.id, other.id))
    return due.slice(0, most).map((hold) => hold.id)
  }

  nextDueAt(): number | null {
    const deadlines = this.live().map((hold) => hold.expiresAt)
    return deadlines.length === 0 ? null : Math.min(...deadlines)
  }

  owed(key: AccountKey, most: number): readonly string[] {
    const account = keyOf(key)
    return this.owing
      .filter((one) => one.account === account)
      .slice(0, most)
      .map((one) => one.id)
  }

  counter(name: string): LimitState | undefined {
    return this.counters.get(name)
  }

  counterToChange(name: string): LimitState {
    const state = this.counters.get(name) ?? limit.initialState()
    this.counters.set(name, state)
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
    return this.strikeRecords.get(name)
  }

  putStrikes(name: string, state: StrikeState): void {
    this.strikeRecords.set(name, state)
  }

  movement(key: AccountKey, movement: string): string | undefined {
    return this.movements.get(JSON.stringify([key.sku, key.pool, movement]))
  }

  putMovement(key: AccountKey, movement: string, data: string): void {
    this.movements.set(JSON.stringify([key.sku, key.pool, movement]), data)
  }

  private live(): { readonly id: string; readonly expiresAt: number }[] {
    const live: { id: string; expiresAt: number }[] = []
    for (const [id, state] of this.reservations) {
      if (state.status === 'held' || state.status === 'deferred')
        live.push({ id, expiresAt: state.expiresAt })
    }
    return live
  }

  private noteOwed(account: string, id: string, isOwed: boolean): void {
    const place = this.owing.findIndex((one) => one.account === account && one.id === id)
    if (isOwed && place < 0) this.owing.push({ account, id })
    if (!isOwed && place >= 0) this.owing.splice(place, 1)
  }
}

function keyOf({ sku, pool }: AccountKey): string {
  return JSON.stringify([sku, pool])
}
