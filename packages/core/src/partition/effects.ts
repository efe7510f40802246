import * as risk from '../machines/buyer-risk/index.js'
import { unreachable } from '../machines/decider.js'
import * as limit from '../machines/purchase-limit/index.js'
import { usesGivenBack, usesOf } from '../machines/reservation/evolve.js'
import * as reservation from '../machines/reservation/index.js'
import { returnMovementOf } from '../machines/reservation/return-units.js'
import type { HeldLine, KnownReservation } from '../machines/reservation/types.js'
import * as stock from '../machines/stock-account/index.js'
import type { StockAccountEvent } from '../machines/stock-account/types.js'
import * as guard from '../machines/unpaid-order-guard/index.js'
import type { AccountKey } from '../port/claims.js'
import type { GrantedLine, GrantedUse, ReservationEvent, Shrunk } from '../port/events.js'
import { isPieceId, isWhole } from './piece-names.js'
import type { Cause, PartitionState } from './state.js'

/**
 * Makes the changes that a reservation's event tells of: its own state, its accounts, counters, guards and strikes.
 * `before` is the partition's state of it; returns the state after the event.
 */
export function evolveReservation(
  partition: PartitionState,
  before: KnownReservation | undefined,
  event: ReservationEvent,
): KnownReservation | undefined {
  const after = reservation.evolve(before ?? reservation.ABSENT, event)
  if (after.status === 'absent') return undefined
  partition.putReservation(event.id, after, event)
  // What it claims, its pieces have.
  if (after.status === 'tombstoned' || isWhole(event.id, after.home)) return after
  // Of a fresh grant nobody asks what it was.
  const was = before === undefined || before.status === 'tombstoned' ? after : before
  changeAccounts(partition, was, event)
  changeCounters(partition, was, event)
  changeGuards(partition, after, event)
  if ((event.type === 'expired' || event.type === 'released') && event.struck)
    strike(partition, was, event.at)
  return after
}

/** Changes one account in place and tells the partition why. */
export function changeAccount(
  partition: PartitionState,
  key: AccountKey,
  change: StockAccountEvent,
  why: Cause,
): void {
  const account = partition.account(key)
  if (account === undefined) return
  stock.evolve(account, change)
  partition.accountChanged(account, change, why)
}

/** One that claims something, or did. */
type Claiming = Exclude<KnownReservation, { status: 'tombstoned' }>

function changeAccounts(partition: PartitionState, was: Claiming, event: ReservationEvent): void {
  switch (event.type) {
    case 'granted':
      if (event.stock === 'deferred') return
      for (const line of event.lines) {
        changeAccount(partition, line.account, taken(line), event)
      }
      return
    case 'confirmed':
      for (const line of event.lines) {
        if (line.quantity > 0) changeAccount(partition, line.account, sale(was, line), event)
      }
      return
    case 'released':
    case 'expired':
      giveBackUnits(partition, was, event)
      return
    case 'shrunk':
      if (was.status === 'held') shrinkUnits(partition, was.lines, event, event)
      return
    case 'filled':
      changeAccount(
        partition,
        event.account,
        { type: 'filled', quantity: event.quantity, into: was.status === 'held' ? 'reserved' : 'sold' },
        event,
      )
      return
    case 'returned':
      for (const { account, quantity } of event.lines) {
        changeAccount(
          partition,
          account,
          { type: 'returned', quantity, owed: 0, restock: event.restocked },
          event,
        )
        partition.putMovement(account, event.movement, returnMovementOf(event))
      }
      return
    case 'extended':
    case 'refund-required':
    case 'tombstoned':
      return
    default:
      unreachable(event)
  }
}

function taken({ quantity, owed }: GrantedLine): StockAccountEvent {
  const known = owed === 0 ? TAKEN[quantity] : undefined
  return known ?? { type: 'taken', quantity: quantity - owed, owed }
}

/** Few units at once, none of them owed: nearly every order, and histories keep the change of each. */
const TAKEN: readonly StockAccountEvent[] = Array.from({ length: 16 }, (_, quantity) =>
  Object.freeze({ type: 'taken', quantity, owed: 0 }),
)

/** A held line's units leave `reserved`; one that had taken none (deferred, or late) takes them from stock. */
function sale(was: Claiming, line: GrantedLine): StockAccountEvent {
  const quantity = line.quantity - line.owed
  if (was.status === 'held') return { type: 'sold', quantity }
  return { type: 'sold-from-stock', quantity, owed: line.owed }
}

function giveBackUnits(partition: PartitionState, was: Claiming, why: Cause): void {
  if (was.status !== 'held' && was.status !== 'confirmed') return
  for (const line of was.lines) {
    const quantity = line.quantity - line.owed - line.returned
    const { owed } = line
    const change: StockAccountEvent =
      was.status === 'held'
        ? { type: 'given-back', quantity, owed }
        : { type: 'returned', quantity, owed, restock: true }
    if (quantity > 0 || owed > 0) changeAccount(partition, line.account, change, why)
  }
}

function shrinkUnits(
  partition: PartitionState,
  before: readonly HeldLine[],
  event: Shrunk,
  why: Cause,
): void {
  event.lines.forEach((line, index) => {
    const old = before[index] as HeldLine
    if (old.quantity === line.quantity) return
    const owed = old.owed - line.owed
    const quantity = old.quantity - line.quantity - owed
    changeAccount(partition, line.account, { type: 'given-back', quantity, owed }, why)
  })
}

function changeCounters(partition: PartitionState, was: Claiming, event: ReservationEvent): void {
  switch (event.type) {
    case 'granted':
      for (const use of event.uses) claim(partition, use)
      return
    case 'confirmed':
      // A late payment claims again what the expiry gave back.
      if (was.status === 'expired') for (const use of event.uses) claim(partition, use)
      return
    case 'released':
    case 'expired':
    case 'refund-required':
      if (!countsUses(was)) return
      for (const use of was.uses) giveBack(partition, use.counter, use.quantity)
      return
    case 'shrunk':
      usesOf(was.uses, event.lines).forEach((use, index) => {
        giveBack(partition, use.counter, (was.uses[index]?.quantity ?? 0) - use.quantity)
      })
      return
    case 'returned':
      if (!event.usesGivenBack) return
      for (const { use, quantity } of usesGivenBack(was, event.lines))
        giveBack(partition, use.counter, quantity)
      return
    case 'extended':
    case 'filled':
    case 'tombstoned':
      return
    default:
      unreachable(event)
  }
}

/** Whether the reservation's uses stand in their counters. */
function countsUses(state: Claiming): boolean {
  return state.status === 'held' || state.status === 'deferred' || state.status === 'confirmed'
}

function claim(partition: PartitionState, use: GrantedUse): void {
  limit.evolve(partition.counterToChange(use.counter), { type: 'claimed', quantity: use.quantity })
}

/** To the counter first claimed, whatever the window is by then. */
function giveBack(partition: PartitionState, counter: string, quantity: number): void {
  if (quantity > 0) limit.evolve(partition.counterToChange(counter), { type: 'given-back', quantity })
}

function changeGuards(partition: PartitionState, after: Claiming, event: ReservationEvent): void {
  if (event.type === 'granted' || event.type === 'extended') {
    const expiresAt = expiryOfGuard(event.id, after as Claiming & { readonly expiresAt: number })
    for (const name of after.guards) openGuard(partition, name, event.id, expiresAt)
  } else if (after.status !== 'held' && after.status !== 'deferred') {
    // It may be another order's by now: freeing asks.
    for (const name of after.guards) freeGuard(partition, name, event.id)
  }
}

/** A piece's guard is free when its home says so, whatever this partition's clock says. */
export function expiryOfGuard(id: string, { expiresAt }: { readonly expiresAt: number }): number {
  return isPieceId(id) ? NEVER : expiresAt
}

/** Beyond all instants, ms. */
const NEVER = Number.MAX_SAFE_INTEGER

export function openGuard(partition: PartitionState, name: string, id: string, expiresAt: number): void {
  const state = guard.evolve(guard.initialState(), { type: 'opened', id, expiresAt })
  if (state.status === 'open') partition.putGuard(name, state)
}

export function freeGuard(partition: PartitionState, name: string, id: string): void {
  const state = partition.guard(name)
  if (state === undefined) return
  const { events } = guard.decide({ kind: 'free', id }, state)
  if (events.length > 0) partition.putGuard(name, undefined)
}

function strike(partition: PartitionState, was: Claiming, now: number): void {
  if (was.strike === null) return
  const { strikes, strikeMs } = was.strike
  let state = partition.strikes(strikes) ?? risk.initialState()
  for (const event of risk.decide({ kind: 'strike', strikeMs, now }, state).events)
    state = risk.evolve(state, event)
  partition.putStrikes(strikes, state)
}
