import { type Command, TouchedKeys } from '@holdfast/core/adapter'
import type { ReferencePartition } from '../reference/reference-partition.js'
import type { VisibleState } from '../reference/visible-state.js'

/** Names of all that a command may read or change, given what stood there before; `null`: anything. */
export function touchedBy(
  commands: readonly Command[],
  before: ReferencePartition,
): ReadonlySet<string> | null {
  const keys = new TouchedKeys()
  for (const command of commands) keys.addCommand(command)
  if (keys.sweepLimit > 0) return null
  for (const { account, limit: _limit } of keys.fills) {
    for (const id of before.owed(account, Number.MAX_SAFE_INTEGER)) keys.reservations.add(id)
  }
  for (const name of keys.guards) {
    const guard = before.guard(name)
    if (guard !== undefined) keys.reservations.add(guard.id)
  }
  for (const id of keys.reservations) {
    const known = before.reservation(id)
    if (known !== undefined) keys.addReservation(known)
  }
  return new Set([
    ...keys.accounts().map((key) => named('account', JSON.stringify([key.sku, key.pool]))),
    ...[...keys.reservations].map((id) => named('reservation', id)),
    ...[...keys.counters].map((name) => named('counter', name)),
    ...[...keys.guards].map((name) => named('guard', name)),
    ...[...keys.strikes].map((name) => named('strikes', name)),
  ])
}

/** The part of a state that is named. */
export function onlyNamed(state: VisibleState, names: ReadonlySet<string> | null): VisibleState {
  if (names === null) return state
  return {
    accounts: state.accounts.filter(({ key }) =>
      names.has(named('account', JSON.stringify([key.sku, key.pool]))),
    ),
    reservations: state.reservations.filter(({ id }) => names.has(named('reservation', id))),
    counters: state.counters.filter(({ name }) => names.has(named('counter', name))),
    guards: state.guards.filter(({ name }) => names.has(named('guard', name))),
    strikes: state.strikes.filter(({ name }) => names.has(named('strikes', name))),
  }
}

function named(kind: string, name: string): string {
  return `${kind} ${name}`
}

/** Things that touch each other, directly or through others: each group with the names of all it touches. */
export function independentGroups<T>(
  things: readonly T[],
  namesOf: (thing: T) => ReadonlySet<string> | null,
): readonly { readonly members: readonly T[]; readonly names: ReadonlySet<string> | null }[] {
  let groups: { members: T[]; names: ReadonlySet<string> }[] = []
  for (const thing of things) {
    const names = namesOf(thing)
    if (names === null) return [{ members: things, names: null }]
    const meets = groups.filter((group) => [...names].some((name) => group.names.has(name)))
    const merged = {
      // In their own order: the search tries earlier calls first.
      members: [...meets.flatMap(({ members }) => members), thing],
      names: new Set([...names, ...meets.flatMap((group) => [...group.names])]),
    }
    groups = [...groups.filter((group) => !meets.includes(group)), merged]
  }
  return groups
}
