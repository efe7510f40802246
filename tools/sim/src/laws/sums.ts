import type { AccountKey, KnownReservation } from '@holdfast/core/adapter'

export interface AccountSums {
  reserved: number
  sold: number
  owed: number
  /** Units sold by ids that were forgotten. */
  archived: number
}

export interface CounterSums {
  used: number
  /** Uses kept by ids that were forgotten. */
  archived: number
}

/** What the reservations of a partition, as they were read, add up to: follows each change instead of adding up anew. */
export class Sums {
  readonly reservations = new Map<string, KnownReservation>()
  private readonly accounts = new Map<string, AccountSums>()
  readonly counters = new Map<string, CounterSums>()

  account(key: AccountKey): AccountSums {
    const name = accountName(key)
    let sums = this.accounts.get(name)
    if (sums === undefined) {
      sums = { reserved: 0, sold: 0, owed: 0, archived: 0 }
      this.accounts.set(name, sums)
    }
    return sums
  }

  counter(name: string): CounterSums {
    let sums = this.counters.get(name)
    if (sums === undefined) {
      sums = { used: 0, archived: 0 }
      this.counters.set(name, sums)
    }
    return sums
  }

  /** The reservation stands differently from now on. */
  replace(id: string, after: KnownReservation): void {
    const before = this.reservations.get(id)
    if (before !== undefined) this.add(before, -1)
    this.reservations.set(id, after)
    this.add(after, 1)
  }

  /** Its retention is over; what it keeps for good stays counted. */
  forget(id: string): void {
    const before = this.reservations.get(id)
    if (before === undefined) return
    this.add(before, -1)
    this.reservations.delete(id)
    if (before.status !== 'confirmed') return
    for (const { account, quantity, owed, returned } of before.lines) {
      this.account(account).archived += quantity - owed - returned
    }
    for (const { counter, quantity } of before.uses) this.counter(counter).archived += quantity
  }

  private add(state: KnownReservation, sign: 1 | -1): void {
    if (state.status !== 'held' && state.status !== 'deferred' && state.status !== 'confirmed') return
    for (const { counter, quantity } of state.uses) this.counter(counter).used += sign * quantity
    if (state.status === 'deferred') return
    for (const { account, quantity, owed, returned } of state.lines) {
      const sums = this.account(account)
      const units = sign * (quantity - owed - returned)
      if (state.status === 'held') sums.reserved += units
      else sums.sold += units
      sums.owed += sign * owed
    }
  }
}

function accountName({ sku, pool }: AccountKey): string {
  return `${sku}\0${pool}`
}
