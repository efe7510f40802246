import type { StockAccountEvent } from '../machines/stock-account/types.js'
import { ledgerEntry } from '../partition/ledger.js'
import type { Cause } from '../partition/state.js'
import type { AccountKey } from '../port/claims.js'
import type { StoreEvent } from '../port/events.js'
import type { KeptEvent, LedgerEntry } from '../port/reservation-store.js'

/** A change of an account's counters, and why. */
export interface Moved {
  readonly account: AccountKey
  readonly change: StockAccountEvent
  readonly why: Cause
}

interface KeptBatch {
  readonly sequence: number
  readonly at: number
  readonly events: readonly StoreEvent[]
}

/** What happened in a partition, as far back as retention reaches: its events by position, and its ledger. */
export class History {
  private readonly batches: KeptBatch[] = []
  private readonly moves: Moved[] = []
  /** What lies before retention, one entry per account. */
  private readonly carried = new Map<AccountKey, LedgerEntry>()
  private sequence = 0

  /** `position`: partition/epoch, the beginning of every event's id. */
  constructor(private readonly position: string) {}

  moved(move: Moved): void {
    this.moves.push(move)
  }

  /** Keeps a batch's events under the next sequence number. */
  keep(events: readonly StoreEvent[]): void {
    if (events.length === 0) return
    this.sequence += 1
    this.batches.push({ sequence: this.sequence, at: (events[0] as StoreEvent).at, events })
  }

  /** Events kept, oldest first. */
  *events(): Iterable<KeptEvent> {
    for (const { sequence, events } of this.batches) {
      for (let index = 0; index < events.length; index++) {
        yield { id: `${this.position}/${sequence}/${index}`, event: events[index] as StoreEvent }
      }
    }
  }

  /** What moved the units, oldest first. */
  *ledger(): Iterable<LedgerEntry> {
    yield* this.carried.values()
    for (const { account, change, why } of this.moves) {
      const entry = ledgerEntry(account, change, why)
      if (entry !== null) yield entry
    }
  }

  /** Lets go of what happened at or before `before`; the ledger carries its sums forward. */
  trim(before: number): void {
    this.batches.splice(
      0,
      passed(this.batches, (batch) => batch.at <= before),
    )
    const old = this.moves.splice(
      0,
      passed(this.moves, (move) => move.why.at <= before),
    )
    for (const move of old) this.carry(move)
  }

  private carry({ account, change, why }: Moved): void {
    const { at } = why
    const entry = ledgerEntry(account, change, {
      at,
      cause: 'carried-forward',
      reservation: null,
      movement: null,
    })
    if (entry === null) return
    const before = this.carried.get(account)
    this.carried.set(account, before === undefined ? entry : added(before, entry))
  }
}

/** How many of the entries, oldest first, are past. */
function passed<T>(entries: readonly T[], isPast: (entry: T) => boolean): number {
  const first = entries.findIndex((entry) => !isPast(entry))
  return first < 0 ? entries.length : first
}

function added(one: LedgerEntry, other: LedgerEntry): LedgerEntry {
  return {
    ...other,
    available: one.available + other.available,
    reserved: one.reserved + other.reserved,
    sold: one.sold + other.sold,
    backordered: one.backordered + other.backordered,
    supplied: one.supplied + other.supplied,
  }
}
