import { MemoryPartition } from '../memory/partition.js'
import { TouchedKeys } from '../partition/keys.js'
import type { Reserve } from '../port/commands.js'
import type { Outcome } from '../port/outcomes.js'
import type { KeyQuery, Page, ReservationStore } from '../port/reservation-store.js'

/**
 * What the store would answer at this moment, with nothing written: what the order touches is read and decided here,
 * by the same rules, on a copy. `now`: the store's clock of that moment.
 */
export async function previewOutcome(
  store: ReservationStore,
  command: Reserve,
): Promise<{ readonly outcome: Outcome; readonly now: number }> {
  const [partition] = store.partitionsOf(command)
  const keys = new TouchedKeys()
  keys.addCommand(command)
  return store.snapshot(partition ?? '', async (read) => {
    const first = await read(queryOf(keys))
    // Guards that are due bring in their holders, which are expired before the order is looked at.
    for (const { state } of first.guards) if (state.status === 'open') keys.reservations.add(state.id)
    const held = await read(queryOf(keys))
    for (const { state } of held.reservations) if (state.status !== 'absent') keys.addReservation(state)
    const page = await read(queryOf(keys))
    const [outcome] = copyOf(page).runner.run([command], page.now).outcomes
    return { outcome: outcome ?? { kind: 'unknown-id' }, now: page.now }
  })
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
  for (const { name, used, archived } of page.counters) copy.counters.set(name, { used, archived })
  for (const { name, state } of page.guards) if (state.status === 'open') copy.guards.set(name, state)
  for (const { name, state } of page.strikes) copy.strikeRecords.set(name, state)
  return copy
}
