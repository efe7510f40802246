import type * as core from '@holdfast/core/adapter'
import type { ClassicLevel } from 'classic-level'

export type Level = ClassicLevel<string, unknown>

/**
 * What is kept, by kind: each is a sublevel. LevelDB sorts keys by their bytes, as core wants lists sorted.
 * `place`: the lower, the sooner it gets the units that it is owed. `index`: ids, under the keys of `indexKeys`.
 * `numbers`: `epoch`, and the last `sequence` and `place` given.
 */
export interface Kept {
  accounts: core.StockAccountState
  reservations: { readonly id: string; readonly state: core.KnownReservation; readonly place: number }
  counters: core.LimitState
  guards: core.OpenGuard
  strikes: core.StrikeState
  movements: string
  events: core.KeptEvent
  ledger: core.LedgerEntry
  index: string
  numbers: number
}

export function tableOf<Kind extends keyof Kept>(level: Level, kind: Kind) {
  return level.sublevel<string, Kept[Kind]>(kind, { valueEncoding: 'json' })
}

/** Both names are ended, so that no key is the beginning of another, and sorted as by themselves. */
export function accountKey({ sku, pool }: core.AccountKey): string {
  return [sku, pool].map((name) => `${name.replaceAll('\0', '\0\x01')}\0\0`).join('')
}

/** A number that sorts as a text: 16 digits hold every safe integer. */
export const digits = (number: number) => String(number).padStart(16, '0')

/** The accounts that owe units to a reservation. */
export function owing(state: core.KnownReservation | undefined): readonly string[] {
  if (state?.status !== 'held' && state?.status !== 'confirmed') return []
  return state.lines.filter(({ owed }) => owed > 0).map(({ account }) => accountKey(account))
}

/** Where the index has a reservation: by its deadline while it is live, and by its place where it is owed units. */
export function indexKeys(kept: Kept['reservations'] | undefined): readonly string[] {
  if (kept === undefined) return []
  const { id, state, place } = kept
  const live = 'expiresAt' in state ? [`due/${digits(state.expiresAt)}/${id}`] : []
  return [...live, ...owing(state).map((account) => `owed/${account}${digits(place)}`)]
}
