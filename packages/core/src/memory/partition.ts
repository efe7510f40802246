import TinyQueue from 'tinyqueue'
import type { StrikeState } from '../machines/buyer-risk/types.js'
import type { LimitState } from '../machines/purchase-limit/types.js'
import type { KnownReservation } from '../machines/reservation/types.js'
import * as stock from '../machines/stock-account/index.js'
import type { StockAccountEvent, StockAccountState } from '../machines/stock-account/types.js'
import type { OpenGuard } from '../machines/unpaid-order-guard/types.js'
import { BatchRunner, ChangedAccounts } from '../partition/batch.js'
import { Carrying } from '../partition/carried.js'
import { isWhole } from '../partition/piece-names.js'
import type { Cause, PartitionState } from '../partition/state.js'
import type { AccountKey } from '../port/claims.js'
import type { Granted, ReservationEvent, StoreEvent } from '../port/events.js'
import type { AccountNames, FeedEntry } from '../port/feed.js'
import { History } from './history.js'
import type { MemoryHomes } from './homes.js'
import { KeptGrant, openGuardOf } from './kept-grant.js'
import { inByteOrder } from './order-of-ids.js'
import { Reservations } from './reservations.js'
import { SubjectTable } from './subject-table.js'

/** A hold by its deadline. */
export interface Due {
  readonly id: string
  readonly expiresAt: number
}

/** An account with what belongs to it alone. */
interface AccountBook {
  readonly state: StockAccountState
  readonly movements: Map<string, string>
  /** Ids that are owed units, in the order of their grants. */
  readonly owed: Set<string>
}

/**
 * Carries a reservation's event into its order. `granted`: the grant, if nothing else had happened to the reservation
 * before; `after`: the reservation behind the event.
 */
export type Project = (event: ReservationEvent, granted: Granted | undefined, after: KnownReservation) => void

/** One partition in maps: the reference that other stores are compared with. */
export class MemoryPartition implements PartitionState {
  private readonly changed = new ChangedAccounts()
  readonly runner = new BatchRunner(this, this.changed)
  readonly books = new Map<string, Map<string, AccountBook>>()
  private readonly subjects = new SubjectTable()
  readonly strikeRecords = new Map<string, StrikeState>()
  /** Holds by deadline; an entry whose hold has ended or moved is passed over. */
  readonly deadlines = new TinyQueue<Due>([], soonerDue)
  readonly history: History
  /** Ids in the order in which they ended, for retention. */
  readonly ended: { readonly id: string; readonly version: number; readonly endedAt: number }[] = []
  private owedIds = 0
  /** The latest grant, if it was made smaller: what else it changed is told after it. */
  private lastGrant: KeptGrant | null = null
  /** What it was made of. */
  private lastEvent: Granted | null = null
  /** Grants of the batch that is being applied, in their order. */
  private grants: (Granted | KeptGrant)[] = []

  /** Of the accounts of the store that is being followed, where they are kept under others. */
  private names: AccountNames | undefined

  /** `project` is told of every reservation's event. */
  constructor(
    readonly name: string,
    readonly epoch: number,
    private readonly project: Project,
    readonly reservations = new Reservations(),
    /** Where orders lie in pieces: in stores of several partitions. */
    readonly homes?: MemoryHomes,
  ) {
    this.history = new History(`${name}/${epoch}`)
  }

  account(key: AccountKey): StockAccountState | undefined {
    return this.book(key)?.state
  }

  createAccount(named: AccountKey): StockAccountState {
    const key = this.keptAs(named)
    const state = stock.initialState(key)
    let pools = this.books.get(key.sku)
    if (pools === undefined) {
      pools = new Map()
      this.books.set(key.sku, pools)
    }
    pools.set(key.pool, { state, movements: new Map(), owed: new Set() })
    return state
  }

  accountChanged(account: StockAccountState, change: StockAccountEvent, why: Cause): void {
    this.changed.note(account, change, why)
    const { lastGrant } = this
    const cause = lastGrant !== null && why === this.lastEvent ? lastGrant : why
    this.history.moved(account.key, change, cause)
  }

  reservation(id: string): KnownReservation | undefined {
    return this.reservations.get(id)
  }

  putReservation(id: string, state: KnownReservation, event: ReservationEvent): void {
    const granted = event.type === 'granted' ? undefined : this.reservations.grant(id)
    if (event.type === 'granted') {
      const kept = this.keepGrant(event)
      this.reservations.put(id, kept)
      this.deadlines.push(kept)
    } else {
      this.reservations.put(id, state)
      // The deadline of a hold that was extended stands in a second entry; the first is passed over.
      if (event.type === 'extended') this.deadlines.push(event)
    }
    if (state.status !== 'held' && state.status !== 'deferred')
      this.ended.push({ id, version: state.version, endedAt: state.endedAt })
    if (state.status !== 'tombstoned') this.noteOwed(id, state)
    this.project(event, granted, state)
  }

  /** Keeps what the batch told. */
  keepEvents(events: readonly StoreEvent[]): void {
    this.history.keep(events, this.grants)
    this.grants = []
  }

  /** Makes and keeps what a batch of another store did. */
  carry({ at, events }: FeedEntry, names?: AccountNames): void {
    this.names = names
    new Carrying(this).entry(events.map(({ event }) => event))
    this.names = undefined
    this.history.keepCarried(at, events)
    // Told by the other store's own events.
    this.changed.forget()
    this.grants = []
  }

  due(now: number, most: number): readonly string[] {
    const found: Due[] = []
    const ids = new Set<string>()
    for (let next = this.firstDeadline(); next !== undefined && next.expiresAt <= now; ) {
      this.deadlines.pop()
      if (!ids.has(next.id)) {
        if (found.length === most) {
          this.deadlines.push(next)
          break
        }
        ids.add(next.id)
        found.push(next)
      }
      next = this.firstDeadline()
    }
    // Handed out, not ended: whoever asked decides, and the hold is found again until it ends.
    for (const entry of found) this.deadlines.push(entry)
    return found.map((entry) => entry.id)
  }

  nextDueAt(): number | null {
    return this.firstDeadline()?.expiresAt ?? null
  }

  owed(key: AccountKey, most: number): readonly string[] {
    const ids: string[] = []
    for (const id of this.book(key)?.owed ?? []) {
      if (ids.length === most) break
      ids.push(id)
    }
    return ids
  }

  counter(name: string, subject?: string): LimitState | undefined {
    return this.subjects.counter(name, subject)
  }

  counterToChange(name: string): LimitState {
    const isOfLast = this.lastEvent?.uses[0]?.counter === name
    return this.subjects.counterToChange(name, (isOfLast && this.lastGrant) || undefined)
  }

  counters(): Iterable<readonly [name: string, state: LimitState]> {
    return this.subjects.counters()
  }

  guard(name: string, subject?: string): OpenGuard | undefined {
    const kept = this.subjects.guard(name, subject)
    return kept === undefined ? undefined : openGuardOf(kept)
  }

  putGuard(name: string, state: OpenGuard | undefined): void {
    const { lastGrant, lastEvent, subjects } = this
    if (state === undefined) subjects.deleteGuard(name)
    else if (lastGrant !== null && state.id === lastEvent?.id && state.expiresAt === lastEvent.expiresAt)
      subjects.putGuard(name, lastGrant)
    else subjects.putGuard(name, state)
  }

  *guards(): Iterable<{ readonly name: string; readonly state: OpenGuard }> {
    for (const [name, kept] of this.subjects.guards()) yield { name, state: openGuardOf(kept) }
  }

  strikes(name: string): StrikeState | undefined {
    return this.strikeRecords.get(name)
  }

  putStrikes(name: string, state: StrikeState): void {
    this.strikeRecords.set(name, state)
  }

  movement(key: AccountKey, movement: string): string | undefined {
    const book = this.book(key)
    return book === undefined ? this.homes?.movement(key, movement) : book.movements.get(movement)
  }

  putMovement(key: AccountKey, movement: string, data: string): void {
    const book = this.book(key)
    if (book === undefined) this.homes?.putMovement(key, movement, data)
    else book.movements.set(movement, data)
  }

  /** Forgets at most `most` ids that ended before `before`, and the history up to there. Returns the ids. */
  purge(before: number, most: number): readonly string[] {
    const forgotten: string[] = []
    let passed = 0
    for (; passed < this.ended.length && forgotten.length < most; passed++) {
      const { id, version, endedAt } = this.ended[passed] as (typeof this.ended)[number]
      if (endedAt > before) break
      const state = this.reservations.get(id)
      // A state of another version has an entry of its own behind this one.
      if (state === undefined || state.version !== version || isOwed(state)) continue
      this.forget(id, state)
      forgotten.push(id)
    }
    this.ended.splice(0, passed)
    this.history.trim(before)
    return forgotten
  }

  /** Forgets an ended id; what it keeps for good stays counted in the archives. */
  private forget(id: string, state: KnownReservation): void {
    if (state.status === 'confirmed' && !isWhole(id, state.home)) this.archive(state)
    this.reservations.delete(id)
    this.homes?.forget(id)
  }

  archive({ lines, uses }: Extract<KnownReservation, { status: 'confirmed' }>): void {
    for (const line of lines) {
      const account = this.account(line.account)
      if (account !== undefined) account.archived += line.quantity - line.owed - line.returned
    }
    for (const use of uses) this.counterToChange(use.counter).archived += use.quantity
  }

  private keepGrant(event: Granted): Granted | KeptGrant {
    this.lastGrant = KeptGrant.of(event, this.lastGrant)
    this.lastEvent = event
    const kept = this.lastGrant ?? event
    this.grants.push(kept)
    return kept
  }

  private keptAs(account: AccountKey): AccountKey {
    return this.names === undefined ? account : this.names(account)
  }

  private book(named: AccountKey): AccountBook | undefined {
    const key = this.keptAs(named)
    return this.books.get(key.sku)?.get(key.pool)
  }

  /** It is owed units now, or no longer. */
  noteOwed(id: string, state: Exclude<KnownReservation, { status: 'tombstoned' }>): void {
    const mayBeOwed = state.status === 'held' || state.status === 'confirmed'
    for (const line of state.lines) {
      const isOwed = line.owed > 0 && mayBeOwed
      if (!isOwed && this.owedIds === 0) continue
      if (isWhole(id, state.home)) return
      const owed = this.book(line.account)?.owed
      if (owed === undefined || owed.has(id) === isOwed) continue
      if (isOwed) owed.add(id)
      else owed.delete(id)
      this.owedIds += isOwed ? 1 : -1
    }
  }

  private firstDeadline(): Due | undefined {
    for (let next = this.deadlines.peek(); next !== undefined; next = this.deadlines.peek()) {
      const state = this.reservations.get(next.id)
      const isLive = state?.status === 'held' || state?.status === 'deferred'
      if (isLive && state.expiresAt === next.expiresAt) return next
      this.deadlines.pop()
    }
    return undefined
  }
}

function soonerDue(one: Due, other: Due): number {
  return one.expiresAt - other.expiresAt || inByteOrder(one.id, other.id)
}

function isOwed(state: KnownReservation): boolean {
  return state.status === 'confirmed' && state.lines.some((line) => line.owed > 0)
}
