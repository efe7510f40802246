import type { LedgerEntry } from '@holdfast/core/adapter'
import { accountOf, accountText } from '../keys.js'

/** Figures of a ledger entry, in the order in which `lua/messages/acknowledge.lua` adds them up. */
const FIGURES = ['available', 'reserved', 'sold', 'backordered', 'supplied'] as const

/** What the ledger entries before those in the stream come to: one entry per account. */
export function carriedForward(kept: readonly (readonly [account: Buffer, sums: Buffer])[]): LedgerEntry[] {
  return kept.map(([text, sums]) => {
    const [at = 0, available = 0, reserved = 0, sold = 0, backordered = 0, supplied = 0] = String(sums)
      .split(' ')
      .map(Number)
    const figures = { available, reserved, sold, backordered, supplied }
    const why = { cause: 'carried-forward', reservation: null, movement: null }
    return { account: accountOf(text), at, ...why, ...figures }
  })
}

/** Sums of ledger entries, by account. */
export class Sums {
  private readonly byAccount = new Map<string, number[]>()

  static of(entries: readonly LedgerEntry[]): Sums {
    const sums = new Sums()
    for (const entry of entries) sums.add(entry)
    return sums
  }

  add(entry: LedgerEntry): void {
    const text = accountText(entry.account)
    let sums = this.byAccount.get(text)
    if (sums === undefined) {
      sums = [entry.at, ...FIGURES.map(() => 0)]
      this.byAccount.set(text, sums)
    }
    sums[0] = entry.at
    for (const [index, figure] of FIGURES.entries()) sums[index + 1] = (sums[index + 1] ?? 0) + entry[figure]
  }

  addAll(other: Sums): void {
    for (const [text, more] of other.byAccount) {
      const sums = this.byAccount.get(text)
      if (sums === undefined) this.byAccount.set(text, [...more])
      else
        for (const [index, one] of more.entries()) sums[index] = index === 0 ? one : (sums[index] ?? 0) + one
    }
  }

  /** The accounts, and behind all of them the figures of each, the time first. */
  encoded(): readonly (string | number)[] {
    return [...this.byAccount.keys(), ...[...this.byAccount.values()].flat()]
  }

  get size(): number {
    return this.byAccount.size
  }
}
