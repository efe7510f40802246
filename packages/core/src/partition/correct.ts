import { unreachable } from '../machines/decider.js'
import * as limit from '../machines/purchase-limit/index.js'
import { isLive } from '../machines/reservation/decision.js'
import type { KnownReservation } from '../machines/reservation/types.js'
import * as stock from '../machines/stock-account/index.js'
import type { Correct } from '../port/commands.js'
import type { Correction } from '../port/corrections.js'
import type { Tombstoned } from '../port/events.js'
import type { Outcome } from '../port/outcomes.js'
import { changeAccount, expiryOfGuard, freeGuard, openGuard } from './effects.js'
import type { MovementCause, PartitionState } from './state.js'

/** What stands in the ledger of an account that was corrected. */
const CAUSE = 'reconciled'

/** The answer to a correction whose id is known; `null`: it was not made yet. */
export function correctionMade({ correction }: Correct, known: KnownReservation | undefined): Outcome | null {
  if (known === undefined) return null
  const isSame = known.status === 'tombstoned' && known.reason === textOf(correction)
  return isSame ? { kind: 'already', status: known.status } : { kind: 'outdated' }
}

/** What a correction leaves under its id, so that it is made once: what it was. */
export function tombstoneOf({ id, home, correction }: Correct, now: number): Tombstoned {
  const reason = textOf(correction)
  return {
    aggregate: 'reservation',
    id,
    version: 1,
    at: now,
    type: 'tombstoned',
    home,
    cause: 'seller',
    reason,
  }
}

function textOf(correction: Correction): string {
  return JSON.stringify(correction)
}

/** Makes a correction, unless what it was planned on is no longer so. `current`: a reservation, expired if it is due. */
export function applyCorrection(
  partition: PartitionState,
  { id, correction }: Correct,
  now: number,
  current: (id: string) => KnownReservation | undefined,
): Outcome {
  switch (correction.of) {
    case 'account':
      return correctAccount(partition, correction, { type: 'movement', at: now, cause: CAUSE, movement: id })
    case 'counter':
      return correctCounter(partition, correction)
    case 'guard':
      return correctGuard(partition, correction, current)
    default:
      return unreachable(correction)
  }
}

const OUTDATED: Outcome = { kind: 'outdated' }
const CORRECTED: Outcome = { kind: 'corrected' }

type Of<Kind extends Correction['of']> = Extract<Correction, { of: Kind }>

function correctAccount(
  partition: PartitionState,
  { account: key, counters, archived, ledger }: Of<'account'>,
  why: MovementCause,
): Outcome {
  const account = partition.account(key)
  if (account === undefined) return OUTDATED
  const { events } = stock.decide({ kind: 'correct', counters, archived, ledger }, account)
  for (const event of events) changeAccount(partition, key, event, why)
  return events.length === 0 ? OUTDATED : CORRECTED
}

function correctCounter(partition: PartitionState, { counter, used }: Of<'counter'>): Outcome {
  const before = partition.counter(counter)?.used ?? 0
  if (before + used < 0 || !Number.isSafeInteger(before + used)) return OUTDATED
  const event = used > 0 ? 'claimed' : 'given-back'
  limit.evolve(partition.counterToChange(counter), { type: event, quantity: Math.abs(used) })
  return CORRECTED
}

/** Decided on what is there now: an order that keeps the guard by right goes on keeping it. */
function correctGuard(
  partition: PartitionState,
  { guard: name, found, order }: Of<'guard'>,
  current: (id: string) => KnownReservation | undefined,
): Outcome {
  const keeper = order === null ? undefined : current(order)
  const holder = found === null ? undefined : current(found)
  // Either of them may have been due, and have freed it just now.
  const holdsIt = partition.guard(name)?.id ?? null
  if ((holdsIt !== null && holdsIt !== found) || isKeptBy(holder, name)) return OUTDATED
  if (isKeptBy(keeper, name))
    openGuard(partition, name, order as string, expiryOfGuard(order as string, keeper))
  else if (holdsIt !== null) freeGuard(partition, name, holdsIt)
  else return OUTDATED
  return CORRECTED
}

type Live = Extract<KnownReservation, { status: 'held' | 'deferred' }>

function isKeptBy(state: KnownReservation | undefined, guard: string): state is Live {
  return state !== undefined && isLive(state) && state.guards.includes(guard)
}
