import type { StockAccountEvent, StockAccountState } from '../machines/stock-account/types.js'
import { ledgerEntry } from '../partition/ledger.js'
import type { Cause } from '../partition/state.js'
import type { AccountKey } from '../port/claims.js'
import type { Granted, StoreEvent } from '../port/events.js'
import type { KeptEvent, LedgerEntry } from '../port/reservation-store.js'
import { KeptGrant } from './kept-grant.js'

interface KeptBatch {
  /** What the ids of its events begin with. */
  readonly place: string
  readonly sequence: number
  readonly at: number
  readonly events: readonly (StoreEvent | KeptGrant)[]
}

/** What happened in a partition, as far back as retention reaches: its events by position, and its ledger. */
export class History {
  private readonly batches: KeptBatch[] = []
  // Three columns instead of an object a move: history is what a busy partition keeps most of.
  private readonly accounts: AccountKey[] = []
  private readonly changes: StockAccountEvent[] = []
  private readonly causes: (Cause | KeptGrant)[] = []
  /** What lies before retention, one entry per account. */
  private readonly carried = new Map<AccountKey, LedgerEntry>()
  private kept = 0
  /** When the last batch of this store's own was kept. */
  lastAt = 0

  /** `position`: partition/epoch, the beginning of every event's id. */
  constructor(private readonly position: string) {}

  moved(account: AccountKey, change: StockAccountEvent, why: Cause | KeptGrant): void {
    this.accounts.push(account)
    this.changes.push(change)
    this.causes.push(why)
  }

  /** Keeps a batch's events under the next sequence number; `grants` stand for those of their kind, in their order. */
  keep(events: readonly StoreEvent[], grants: readonly (StoreEvent | KeptGrant)[]): void {
    if (events.length === 0) return
    this.kept += 1
    let granted = 0
    const kept = events.map((event) => (event.type === 'granted' ? (grants[granted++] ?? event) : event))
    const [sequence, at] = [this.kept, (events[0] as StoreEvent).at]
    this.batches.push({ place: `${this.position}/${sequence}`, sequence, at, events: kept })
    this.lastAt = at
  }

  /** Keeps what another store told, under the ids that it has there. */
  keepCarried(at: number, events: readonly KeptEvent[]): void {
    const [first] = events
    if (first === undefined) return
    const place = first.id.slice(0, first.id.lastIndexOf('/'))
    this.batches.push({ place, sequence: 0, at, events: events.map(({ event }) => event) })
  }

  /** The account is as if all that made it so lay before retention. */
  loaded({ key, available, reserved, sold, backordered, supplied }: StockAccountState): void {
    const figures = { available, reserved, sold, backordered, supplied }
    const entry = { account: key, at: 0, cause: '', reservation: null, movement: null, ...figures }
    this.carried.set(key, carriedForward(entry))
  }

  /** Batches that left events, ever. */
  get sequence(): number {
    return this.kept
  }

  /** The batches of this store's own that came after so many, as far as they are kept. */
  *since(
    passed: number,
  ): Iterable<{ readonly sequence: number; readonly at: number; readonly events: readonly KeptEvent[] }> {
    for (const batch of this.batches) {
      const { sequence, at } = batch
      if (sequence > passed) yield { sequence, at, events: eventsOf(batch) }
    }
  }

  /** Events kept, oldest first. */
  *events(): Iterable<KeptEvent> {
    for (const batch of this.batches) yield* eventsOf(batch)
  }

  /** What moved the units, oldest first. */
  *ledger(): Iterable<LedgerEntry> {
    yield* this.carried.values()
    for (let move = 0; move < this.accounts.length; move++) {
      const entry = this.entry(move)
      if (entry !== null) yield entry
    }
  }

  /** Lets go of what happened at or before `before`; the ledger carries its sums forward. */
  trim(before: number): void {
    this.batches.splice(
      0,
      passed(this.batches, (batch) => batch.at <= before),
    )
    const old = passed(this.causes, (why) => why.at <= before)
    for (let move = 0; move < old; move++) this.carry(this.entry(move))
    for (const column of [this.accounts, this.changes, this.causes]) column.splice(0, old)
  }

  private entry(move: number): LedgerEntry | null {
    return ledgerEntry(
      this.accounts[move] as AccountKey,
      this.changes[move] as StockAccountEvent,
      told(this.causes[move] as Cause | KeptGrant),
    )
  }

  private carry(entry: LedgerEntry | null): void {
    if (entry === null) return
    const before = this.carried.get(entry.account)
    this.carried.set(entry.account, before === undefined ? carriedForward(entry) : added(before, entry))
  }
}

function eventsOf({ place, events }: KeptBatch): readonly KeptEvent[] {
  return events.map((event, index) => ({ id: `${place}/${index}`, event: told(event) }))
}

function told<Event>(kept: Event | KeptGrant): Event | Granted {
  return kept instanceof KeptGrant ? kept.event : kept
}

function carriedForward(entry: LedgerEntry): LedgerEntry {
  return { ...entry, cause: 'carried-forward', reservation: null, movement: null }
}

/** How many of the entries, oldest first, are past. */
function passed<T>(entries: readonly T[], isPast: (entry: T) => boolean): number {
  const first = entries.findIndex((entry) => !isPast(entry))
  return first < 0 ? entries.length : first
}

function added(one: LedgerEntry, other: LedgerEntry): LedgerEntry {
  return {
    ...carriedForward(other),
    available: one.available + other.available,
    reserved: one.reserved + other.reserved,
    sold: one.sold + other.sold,
    backordered: one.backordered + other.backordered,
    supplied: one.supplied + other.supplied,
  }
}
