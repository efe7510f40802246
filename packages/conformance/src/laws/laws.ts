import type { KnownReservation, LedgerEntry, StoreEvent } from '@holdfast/core/adapter'
import type { VisibleState } from '../reference/visible-state.js'
import { law } from './law.js'
import { retell } from './retelling.js'

/** What a law is checked on: all that one partition shows. */
export interface Evidence {
  readonly state: VisibleState
  /** Oldest first. */
  readonly events: readonly StoreEvent[]
  readonly ledger: readonly LedgerEntry[]
}

/** Fails on the first law that does not hold. It asks no reference: a store convicts itself. */
export function assertLaws({ state, events, ledger }: Evidence): void {
  const sums = sumsOf(state)
  for (const account of state.accounts) {
    const { sku, pool } = account.key
    const key = keyOf(sku, pool)
    const { available, reserved, sold, backordered, supplied } = account
    const counters = { available, reserved, sold, backordered, supplied }
    law('L2 no counter below zero', Object.values(counters).every(isCount), { sku, pool, ...counters })
    law('L1 available + reserved + sold = supplied', available + reserved + sold === supplied, {
      sku,
      pool,
      ...counters,
    })
    const held = sums.get(`reserved ${key}`) ?? 0
    law('L1 reserved = units taken by held reservations', reserved === held, { sku, pool, reserved, held })
    const kept = (sums.get(`sold ${key}`) ?? 0) + account.archived
    law('L1 sold = taken − returned of confirmed reservations', sold === kept, { sku, pool, sold, kept })
    const owed = sums.get(`owed ${key}`) ?? 0
    law('L1 backordered = units owed', backordered === owed, { sku, pool, backordered, owed })
    assertLedger(account, ledger)
  }
  for (const { name, used, archived } of state.counters) {
    const claimed = (sums.get(`used ${name}`) ?? 0) + archived
    law('L3 a counter equals its uses', isCount(used) && used === claimed, { name, used, claimed })
    sums.delete(`used ${name}`)
  }
  for (const [name, claimed] of sums)
    if (name.startsWith('used '))
      law('L3 a counter equals its uses', claimed === 0, { name, claimed, used: 0 })
  assertGuards(state)
  retell(events, state)
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}

function keyOf(sku: string, pool: string): string {
  return JSON.stringify([sku, pool])
}

/** What the reservations add up to: units reserved, sold and owed by account, uses by counter. */
function sumsOf(state: VisibleState): Map<string, number> {
  const sums = new Map<string, number>()
  const add = (name: string, quantity: number) => sums.set(name, (sums.get(name) ?? 0) + quantity)
  for (const { state: reservation } of state.reservations) {
    const { status } = reservation
    if (status !== 'held' && status !== 'deferred' && status !== 'confirmed') continue
    for (const use of reservation.uses) add(`used ${use.counter}`, use.quantity)
    if (status === 'deferred') continue
    for (const { account, quantity, owed, returned } of reservation.lines) {
      const key = keyOf(account.sku, account.pool)
      add(`${status === 'held' ? 'reserved' : 'sold'} ${key}`, quantity - owed - returned)
      add(`owed ${key}`, owed)
    }
  }
  return sums
}

function assertLedger(account: VisibleState['accounts'][number], ledger: readonly LedgerEntry[]): void {
  const { sku, pool } = account.key
  for (const counter of ['available', 'reserved', 'sold', 'backordered', 'supplied'] as const) {
    let sum = 0
    for (const entry of ledger)
      if (entry.account.sku === sku && entry.account.pool === pool) sum += entry[counter]
    law('L1 the ledger adds up to the counters', sum === account[counter], {
      sku,
      pool,
      counter,
      ledger: sum,
      account: account[counter],
    })
  }
}

/** Every open slot belongs to a live reservation that claims it. */
function assertGuards(state: VisibleState): void {
  const reservations = new Map<string, KnownReservation>()
  for (const { id, state: reservation } of state.reservations)
    if (reservation.status !== 'absent') reservations.set(id, reservation)
  const names = new Set<string>()
  for (const { name, state: guard } of state.guards) {
    if (guard.status !== 'open') continue
    law('L4 at most one open order per slot', !names.has(name), { name })
    names.add(name)
    const holder = reservations.get(guard.id)
    const isHeld =
      (holder?.status === 'held' || holder?.status === 'deferred') &&
      holder.guards.includes(name) &&
      holder.expiresAt === guard.expiresAt
    law('L4 an open slot is held by its order', isHeld, { name, guard, holder })
  }
}
