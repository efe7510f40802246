import {
  type AccountKey,
  type GrantedLine,
  isElsewhere,
  type LedgerEntry,
  ledgerEntry,
  type StockAccountEvent,
  type Units,
} from '@holdfast/core/adapter'
import type { Words } from '../words.js'
import type { linesAt } from './reservation-record.js'

type PackedLines = ReturnType<typeof linesAt>

/** What moved the units of accounts in one batch, made of its events: nothing is stored twice. */
export class LedgerOfBatch {
  readonly entries: LedgerEntry[] = []

  constructor(private readonly at: number) {}

  granted(id: string, lines: readonly GrantedLine[]): void {
    for (const { account, quantity, owed } of lines)
      this.moved('granted', id, account, { type: 'taken', quantity: quantity - owed, owed })
  }

  shrunk(id: string, before: PackedLines, lines: readonly GrantedLine[]): void {
    lines.forEach(({ account, quantity, owed }, index) => {
      const old = before[index]
      if (old === undefined || old.quantity === quantity) return
      const change = { quantity: old.quantity - quantity - (old.owed - owed), owed: old.owed - owed }
      this.moved('shrunk', id, account, { type: 'given-back', ...change })
    })
  }

  confirmed(id: string, wasHeld: boolean, lines: readonly GrantedLine[]): void {
    for (const { account, quantity: all, owed } of lines) {
      if (all === 0) continue
      const quantity = all - owed
      const change = wasHeld
        ? ({ type: 'sold', quantity } as const)
        : ({ type: 'sold-from-stock', quantity, owed } as const)
      this.moved('confirmed', id, account, change)
    }
  }

  givenBack(
    cause: 'expired' | 'released',
    id: string,
    before: string | null | undefined,
    lines: PackedLines,
    words: Words,
  ): void {
    if (before !== 'held' && before !== 'confirmed') return
    for (const { account, quantity: all, owed, returned } of lines) {
      const quantity = all - owed - returned
      if (quantity === 0 && owed === 0) continue
      const change =
        before === 'held'
          ? ({ type: 'given-back', quantity, owed } as const)
          : ({ type: 'returned', quantity, owed, restock: true } as const)
      this.moved(cause, id, words.account(account), change)
    }
  }

  filled(id: string, account: AccountKey, quantity: number, wasHeld: boolean): void {
    this.moved('filled', id, account, { type: 'filled', quantity, into: wasHeld ? 'reserved' : 'sold' })
  }

  returned(id: string, movement: string, restock: boolean, units: readonly Units[]): void {
    for (const { account, quantity } of units)
      this.moved('returned', id, account, { type: 'returned', quantity, owed: 0, restock }, movement)
  }

  supplied(account: AccountKey, movement: string, cause: string, delta: number): void {
    const why = { type: 'movement', at: this.at, cause, movement } as const
    this.put(ledgerEntry(account, { type: 'supplied', delta }, why))
  }

  private moved(
    cause: string,
    reservation: string,
    account: AccountKey,
    change: StockAccountEvent,
    movement: string | null = null,
  ): void {
    if (isElsewhere(account)) return
    const entry = ledgerEntry(account, change, { type: 'movement', at: this.at, cause, movement })
    this.put(entry && { ...entry, reservation })
  }

  private put(entry: LedgerEntry | null): void {
    if (entry !== null) this.entries.push(entry)
  }
}
