import { isSpread } from '../buckets/is-spread.js'
import { isLive } from '../machines/reservation/decision.js'
import type { OpenGuard } from '../machines/unpaid-order-guard/types.js'
import { MemoryPartition } from '../memory/partition.js'
import { TouchedKeys } from '../partition/keys.js'
import { pieceNamed } from '../partition/piece-names.js'
import type { Reserve } from '../port/commands.js'
import type { Outcome } from '../port/outcomes.js'
import type { KeyQuery, Page, ReservationStore } from '../port/reservation-store.js'
import { readEverywhere } from './read-everywhere.js'

/**
 * What the store would answer at this moment, with nothing written: what the order touches is read and decided here,
 * by the same rules, on a copy. `now`: the store's clock of that moment.
 */
export async function previewOutcome(
  store: ReservationStore,
  command: Reserve,
): Promise<{ readonly outcome: Outcome; readonly now: number }> {
  // Several partitions have no state in common: each is read as it is at a moment of its own.
  if (store.capabilities.partitions === 'many') {
    const { outcome, now } = await outcomeOf(command, (query) => readEverywhere(store, query))
    return { outcome: asSum(store, outcome), now }
  }
  const [partition] = store.partitionsOf(command)
  return store.snapshot(partition ?? '', (read) => outcomeOf(command, read))
}

async function outcomeOf(command: Reserve, read: (query: KeyQuery) => Promise<Page>) {
  const keys = new TouchedKeys()
  keys.addCommand(command)
  const first = await read(queryOf(keys))
  // Guards that are due bring in their holders, which are expired before the order is looked at.
  for (const { state } of first.guards) if (state.status === 'open') keys.reservations.add(holderOf(state.id))
  const held = await read(queryOf(keys))
  for (const { state } of held.reservations) if (state.status !== 'absent') keys.addReservation(state)
  const page = await read(queryOf(keys))
  const [outcome] = copyOf(page).runner.run([command], page.now).outcomes
  return { outcome: outcome ?? ({ kind: 'unknown-id' } as const), now: page.now }
}

/** Figures of a spread SKU are sums of what its buckets had, each at its moment. */
function asSum(store: ReservationStore, outcome: Outcome): Outcome {
  if (outcome.kind !== 'insufficient-stock') return outcome
  const isSum = outcome.short.some(({ account }) => isSpread(store, account.sku))
  return isSum ? { ...outcome, exact: false } : outcome
}

/** The order whose guard it is: a piece keeps it as long as its order is open. */
function holderOf(id: string): string {
  return pieceNamed(id)?.id ?? id
}

function queryOf(keys: TouchedKeys): KeyQuery {
  return {
    kind: 'keys',
    accounts: keys.accounts(),
    reservations: [...keys.reservations],
    counters: [...keys.counters],
    guards: [...keys.guards],
    strikes: [...keys.strikes],
  }
}

function copyOf(page: Page): MemoryPartition {
  const copy = new MemoryPartition('preview', 0, () => {})
  for (const account of page.accounts) Object.assign(copy.createAccount(account.key), account)
  for (const { id, state } of page.reservations)
    if (state.status !== 'absent') copy.reservations.put(id, state)
  for (const { name, used, archived } of page.counters)
    Object.assign(copy.counterToChange(name), { used, archived })
  for (const { name, state } of page.guards) {
    const open = state.status === 'open' ? kept(state, page) : null
    if (open !== null) copy.putGuard(name, open)
  }
  for (const { name, state } of page.strikes) copy.strikeRecords.set(name, state)
  return copy
}

/** A guard as its order keeps it; `null`: the order ended, and its piece has not heard of it yet. */
function kept(guard: OpenGuard, { reservations }: Page): OpenGuard | null {
  const piece = pieceNamed(guard.id)
  if (piece === null) return guard
  const order = reservations.find(({ id, state }) => id === piece.id && isLive(state))?.state
  return order !== undefined && isLive(order) ? { ...guard, id: piece.id, expiresAt: order.expiresAt } : null
}
