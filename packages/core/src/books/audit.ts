import type { ReservationStore } from '../port/reservation-store.js'
import { Books, type Checked, type Findings } from './books.js'
import {
  type Difference,
  differencesOfAccount,
  differencesOfCounter,
  differencesOfGuard,
} from './differences.js'

export interface AuditReport {
  readonly ok: boolean
  readonly accountsChecked: number
  readonly reservationsChecked: number
  readonly countersChecked: number
  readonly guardsChecked: number
  readonly ledgerEntriesChecked: number
  readonly differences: readonly Difference[]
  /**
   * Whether the store was compared with the ledger that follows it: not while either changes. Absent where none follows.
   * Their differences are among the others.
   */
  readonly comparedWithLedger?: boolean
}

/**
 * Compares, in one consistent state of each partition, every account with its reservations and with the ledger,
 * every counter with the uses that stand in it, and every guard with the order that keeps it.
 */
export async function audit(store: ReservationStore): Promise<AuditReport> {
  const checked: Checked[] = []
  const differences: Difference[] = []
  for (const partition of await store.partitions()) {
    const books = await store.snapshot(partition, Books.load)
    checked.push(books.checked)
    differences.push(...differencesOf(books.findings()))
  }
  const sum = (figure: keyof Checked) => checked.reduce((total, one) => total + one[figure], 0)
  return {
    ok: differences.length === 0,
    accountsChecked: sum('accounts'),
    reservationsChecked: sum('reservations'),
    countersChecked: sum('counters'),
    guardsChecked: sum('guards'),
    ledgerEntriesChecked: sum('ledger'),
    differences,
  }
}

function differencesOf({ accounts, counters, guards }: Findings): readonly Difference[] {
  return [
    ...accounts.flatMap(differencesOfAccount),
    ...counters.flatMap(differencesOfCounter),
    ...guards.flatMap(differencesOfGuard),
  ]
}
