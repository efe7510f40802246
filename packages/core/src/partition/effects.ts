import * as risk from '../machines/buyer-risk/index.js'
import { unreachable } from '../machines/decider.js'
import * as limit from '../machines/purchase-limit/index.js'
import { usesGivenBack, usesOf } from '../machines/reservation/evolve.js'
import * as reservation from '../machines/reservation/index.js'
import { returnMovementOf } from '../machines/reservation/return-units.js'
import type { HeldLine, KnownReservation, ReservationState } from '../machines/reservation/types.js'
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
  if (isWhole(event.id, after.home)) return after
  changeAccounts(partition, before, after, event)
  changeCounters(partition, before, event)
  changeGuards(partition, before, after, event)
  if ((event.type === 'expired' || event.type === 'released') && event.struck)
    strike(partition, before, event.at)
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

type Live = Exclude<KnownReservation, { status: 'tombstoned' }>

function changeAccounts(
  partition: PartitionState,
  before: KnownReservation | undefined,
  after: KnownReservation,
  event: ReservationEvent,
): void {
  if (after.status === 'tombstoned') return
  switch (event.type) {
    case 'granted':
      if (event.stock === 'deferred') return
      for (const line of event.lines) {
        changeAccount(partition, line.account, taken(line), event)
      }
      return
    case 'confirmed':
      for (const line of event.lines) {
        if (line.quantity > 0) changeAccount(partition, line.account, sale(before, line), event)
      }
      return
    case 'released':
    case 'expired':
      if (before !== undefined && before.status !== 'tombstoned') giveBackUnits(partition, before, event)
      return
    case 'shrunk':
      if (before?.status === 'held') shrinkUnits(partition, before.lines, event, event)
      return
    case 'filled':
      changeAccount(
        partition,
        event.account,
        { type: 'filled', quantity: event.quantity, into: before?.status === 'held' ? 'reserved' : 'sold' },
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
function sale(before: ReservationState | undefined, line: GrantedLine): StockAccountEvent {
  const quantity = line.quantity - line.owed
  if (before?.status === 'held') return { type: 'sold', quantity }
  return { type: 'sold-from-stock', quantity, owed: line.owed }
}

function giveBackUnits(partition: PartitionState, before: Live, why: Cause): void {
  if (before.status !== 'held' && before.status !== 'confirmed') return
  for (const line of before.lines) {
    const quantity = line.quantity - line.owed - line.returned
    const { owed } = line
    const change: StockAccountEvent =
      before.status === 'held'
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
    const old = before[index]
    if (old === undefined || old.quantity === line.quantity) return
    const owed = old.owed - line.owed
    const quantity = old.quantity - line.quantity - owed
    changeAccount(partition, line.account, { type: 'given-back', quantity, owed }, why)
  })
}

function changeCounters(
  partition: PartitionState,
  before: KnownReservation | undefined,
  event: ReservationEvent,
): void {
  switch (event.type) {
    case 'granted':
      for (const use of event.uses) claim(partition, use)
      return
    case 'confirmed':
      // A late payment claims again what the expiry gave back.
      if (before?.status === 'expired') for (const use of event.uses) claim(partition, use)
      return
    case 'released':
    case 'expired':
    case 'refund-required':
      if (before === undefined || !countsUses(before)) return
      for (const use of before.uses) giveBack(partition, use.counter, use.quantity)
      return
    case 'shrunk':
      if (before === undefined || before.status === 'tombstoned') return
      usesOf(before.uses, event.lines).forEach((use, index) => {
        giveBack(partition, use.counter, (before.uses[index]?.quantity ?? 0) - use.quantity)
      })
      return
    case 'returned':
      if (before === undefined || before.status === 'tombstoned' || !event.usesGivenBack) return
      for (const { use, quantity } of usesGivenBack(before, event.lines))
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
function countsUses(
  state: KnownReservation,
): state is Extract<KnownReservation, { status: 'held' | 'deferred' | 'confirmed' }> {
  return state.status === 'held' || state.status === 'deferred' || state.status === 'confirmed'
}

function claim(partition: PartitionState, use: GrantedUse): void {
  limit.evolve(partition.counterToChange(use.counter), { type: 'claimed', quantity: use.quantity })
}

/** To the counter first claimed, whatever the window is by then. */
function giveBack(partition: PartitionState, counter: string, quantity: number): void {
  if (quantity > 0) limit.evolve(partition.counterToChange(counter), { type: 'given-back', quantity })
}

function changeGuards(
  partition: PartitionState,
  before: KnownReservation | undefined,
  after: KnownReservation,
  event: ReservationEvent,
): void {
  if (after.status === 'tombstoned') return
  const isLive = after.status === 'held' || after.status === 'deferred'
  if (event.type === 'granted' || event.type === 'extended') {
    if (!isLive) return
    const expiresAt = expiryOfGuard(event.id, after)
    for (const name of after.guards) openGuard(partition, name, event.id, expiresAt)
  } else if (!isLive && (before?.status === 'held' || before?.status === 'deferred')) {
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

function strike(partition: PartitionState, before: KnownReservation | undefined, now: number): void {
  if (before === undefined || before.status === 'tombstoned' || before.strike === null) return
  const { strikes, strikeMs } = before.strike
  let state = partition.strikes(strikes) ?? risk.initialState()
  for (const event of risk.decide({ kind: 'strike', strikeMs, now }, state).events)
    state = risk.evolve(state, event)
  partition.putStrikes(strikes, state)
}
