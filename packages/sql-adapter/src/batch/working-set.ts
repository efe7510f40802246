import {
  type AccountKey,
  type Cause,
  ChangedAccounts,
  type HeldLine,
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
} from '@holdfast/core/adapter'
import { LoadedSet } from './loaded-set.js'

/** The part of a partition that a batch touches: filled by a dialect, changed by core's rules. */
export class WorkingSet extends LoadedSet implements PartitionState {
  readonly changedAccounts = new ChangedAccounts()
  readonly ledger: LedgerEntry[] = []

  account(key: AccountKey): StockAccountState | undefined {
    return this.accounts.get(this.keptAs(key))
  }

  createAccount(key: AccountKey): StockAccountState {
    return this.accounts.create(this.keptAs(key))
  }

  accountChanged(account: StockAccountState, change: StockAccountEvent, cause: Cause): void {
    this.changedAccounts.note(account, change, cause)
    this.accounts.changedInPlace(account)
    const entry = ledgerEntry(account.key, change, cause)
    if (entry !== null) this.ledger.push(entry)
  }

  reservation(id: string): KnownReservation | undefined {
    return this.orders.reservation(id)
  }

  putReservation(id: string, state: KnownReservation, event: ReservationEvent): void {
    const before = this.orders.reservation(id)
    this.orders.put(id, state, event)
    this.noteOwed(id, before, state)
  }

  archive({ lines, uses }: Extract<KnownReservation, { status: 'confirmed' }>): void {
    for (const line of lines) {
      const account = this.account(line.account)
      if (account === undefined) continue
      account.archived += line.quantity - line.owed - line.returned
      this.accounts.changedInPlace(account)
    }
    const { counters } = this.subjects
    for (const { counter, quantity } of uses) {
      const state = counters.get(counter)
      if (state !== undefined) counters.toChange(counter, () => state).archived += quantity
    }
  }

  due(now: number, most: number): readonly string[] {
    return this.orders.due(now, most)
  }

  nextDueAt(): number | null {
    return this.orders.nextDueAt()
  }

  owed(key: AccountKey, most: number): readonly string[] {
    return this.owedUnits.ids(key, most)
  }

  counter(name: string): LimitState | undefined {
    return this.subjects.counters.get(name)
  }

  counterToChange(name: string): LimitState {
    return this.subjects.counters.toChange(name, limit.initialState)
  }

  guard(name: string): OpenGuard | undefined {
    return this.subjects.guards.get(name)
  }

  putGuard(name: string, state: OpenGuard | undefined): void {
    this.subjects.guards.put(name, state)
  }

  strikes(name: string): StrikeState | undefined {
    return this.subjects.strikes.get(name)
  }

  putStrikes(name: string, state: StrikeState): void {
    this.subjects.strikes.put(name, state)
  }

  movement(key: AccountKey, movement: string): string | undefined {
    return this.movements.get(key, movement)
  }

  putMovement(key: AccountKey, movement: string, data: string): void {
    this.movements.put(this.keptAs(key), movement, data)
  }

  /** Under which name the account is kept. */
  keptAs(key: AccountKey): AccountKey {
    return key
  }

  protected noteOwed(id: string, before: KnownReservation | undefined, after: KnownReservation): void {
    if (after.status === 'tombstoned') return
    for (let index = 0; index < after.lines.length; index++) {
      const line = after.lines[index] as HeldLine
      const isOwed = owes(after, index)
      if (isOwed === owes(before, index)) continue
      // Later than all that is stored, and later than what this batch put before.
      const place = this.position.events + this.orders.versions.length
      this.owedUnits.put(this.keptAs(line.account), id, isOwed ? place : null)
    }
  }
}

function owes(state: KnownReservation | undefined, line: number): boolean {
  if (state?.status !== 'held' && state?.status !== 'confirmed') return false
  return (state.lines[line]?.owed ?? 0) > 0
}
