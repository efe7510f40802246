import type { Contents } from '../port/rebuilding.js'
import type { MemoryPartition } from './partition.js'

/** All that a partition keeps. */
export function contentsOf(partition: MemoryPartition): Contents {
  const books = [...partition.books.values()].flatMap((pools) => [...pools.values()])
  return {
    accounts: books.map(({ state }) => ({ ...state })),
    reservations: [...partition.reservations.entries()],
    counters: [...partition.counters()].map(([name, { used, archived }]) => ({ name, used, archived })),
    guards: [...partition.guards()],
    strikes: [...partition.strikeRecords].map(([name, state]) => ({ name, state })),
    movements: books.flatMap(({ state: { key: account }, movements }) =>
      [...movements].map(([movement, data]) => ({ account, movement, data })),
    ),
    homes: [],
    owed: books.flatMap(({ state: { key: account }, owed }) => [...owed].map((id) => ({ account, id }))),
  }
}

/** Puts them into another; what is there already is put again. */
export function loadInto(partition: MemoryPartition, part: Contents): void {
  for (const account of part.accounts) {
    const { key, ...figures } = account
    const state = partition.account(key) ?? partition.createAccount(key)
    Object.assign(state, figures)
    partition.history.loaded(state)
  }
  for (const { id, state } of part.reservations) {
    partition.reservations.put(id, state)
    if (state.status === 'held' || state.status === 'deferred')
      partition.deadlines.push({ id, expiresAt: state.expiresAt })
    else partition.ended.push({ id, version: state.version, endedAt: state.endedAt })
  }
  for (const { name, used, archived } of part.counters)
    Object.assign(partition.counterToChange(name), { used, archived })
  for (const { name, state } of part.guards) partition.putGuard(name, state)
  for (const { name, state } of part.strikes) partition.putStrikes(name, state)
  for (const { account, movement, data } of part.movements) partition.putMovement(account, movement, data)
  for (const { id, home, record } of part.homes) partition.homes?.put(id, home, record, false, 0)
  for (const { id } of part.owed) {
    const state = partition.reservation(id)
    if (state !== undefined && state.status !== 'tombstoned') partition.noteOwed(id, state)
  }
}
