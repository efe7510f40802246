import {
  type AccountKey,
  type AccountNames,
  type CarriedPosition,
  Carrying,
  entriesBehind,
  type FeedEntry,
  HoldfastError,
  type KnownReservation,
  type StoreEvent,
} from '@holdfast/core/adapter'
import { CarriedSet } from '../batch/carried-set.js'
import { KeysBySubject } from '../batch/keys-by-subject.js'
import type { Changes, Wanted, Work } from '../dialects/work.js'
import { without } from '../rows/record-key.js'
import { changesOf, EventRows } from './changes-of.js'

/** What another store did becomes what this one is: nothing is decided again, and little of it has to be read. */
export class CarryEntries implements Work<CarriedPosition> {
  readonly rows: CarriedSet
  /** The position is written where it is as it was read alone. */
  readonly needsLock = false
  private readonly keys = new KeysBySubject()
  private step = 0

  /**
   * `looksUp`: whether ids of fresh grants, and of movements, are looked up too; they are known only where a ticket was submitted
   * before, or the other store had forgotten them.
   */
  constructor(
    private readonly partition: string,
    private readonly entries: readonly FeedEntry[],
    looksUp: boolean,
    names?: AccountNames,
  ) {
    this.rows = new CarriedSet(names)
    for (const { events } of entries) for (const { event } of events) this.touch(event, looksUp)
  }

  named(): Wanted {
    this.step = 1
    const { keys, partition } = this
    return {
      carried: [partition],
      accounts: this.kept(keys.accounts()),
      orders: keys.reservations,
      subjects: keys.subjects,
      movements: keys.movements.map(({ account, movement }) => ({
        account: this.rows.keptAs(account),
        movement,
      })),
    }
  }

  wants(): Wanted | null {
    this.step += 1
    if (this.step === 1) return this.named()
    return this.step === 2 ? this.ofReservations() : null
  }

  decide(): { readonly changes: Changes | null; readonly result: CarriedPosition } {
    const { rows, partition } = this
    const before = rows.carried.get(partition) ?? null
    const entries = entriesBehind(partition, before, this.entries)
    const last = entries.at(-1) ?? before
    if (last === null) throw new HoldfastError('store-failed', 'there was nothing to carry')
    const { epoch, sequence, at, digest } = last
    const position = { epoch, sequence, at, digest }
    if (entries.length === 0) return { changes: null, result: position }
    const carrying = new Carrying(rows)
    for (const { events } of entries) carrying.entry(events.map(({ event }) => event))
    const events = this.told(entries)
    const changes = changesOf(rows, [], {
      ...{ ledger: rows.ledger, events, carried: [{ partition, before, position }] },
      partition: { ...rows.position, events: rows.position.events + events.length },
    })
    return { changes, result: position }
  }

  private told(entries: readonly FeedEntry[]): Changes['events'] {
    const { rows } = this
    const told = new EventRows(rows, rows.position.events + 1)
    return entries.flatMap(({ events }) =>
      events.map(({ id, event }) => {
        const version = event.aggregate === 'reservation' ? rows.orderVersions.get(event) : null
        return told.next(id, event, version ?? null)
      }),
    )
  }

  /** What reservations that are there claim: what became of them changes it. */
  private ofReservations(): Wanted | null {
    const { rows, keys } = this
    if (rows.orders.size === 0) return null
    const touched = new KeysBySubject()
    for (const { reservation } of rows.orders.all())
      if (reservation !== undefined) touched.addReservation(reservation)
    return {
      accounts: this.kept(touched.accounts().filter((key) => rows.account(key) === undefined)),
      subjects: without(touched.subjects, keys.subjects),
    }
  }

  /** The accounts, under the names that they are kept under. */
  private kept(accounts: readonly AccountKey[]): readonly AccountKey[] {
    return accounts.map((account) => this.rows.keptAs(account))
  }

  private touch(event: StoreEvent, looksUp: boolean): void {
    const { keys } = this
    if (event.aggregate === 'stock-account') {
      const movements = looksUp && event.type === 'changed' ? event.movements : []
      keys.addAccount(event.account)
      for (const { movement } of movements) keys.addMovement(event.account, movement)
    } else if (event.type === 'granted') {
      keys.addReservation(event)
      if (looksUp) keys.reservations.add(event.id)
    } else {
      // One that was granted in an entry before is looked for in vain, and seldom.
      keys.reservations.add(event.id)
      if (event.type === 'confirmed')
        keys.addReservation({ ...NO_CLAIMS, lines: event.lines, uses: event.uses })
    }
  }
}

const NO_CLAIMS: Pick<Extract<KnownReservation, { status: 'held' }>, 'guards' | 'strike'> = {
  guards: [],
  strike: null,
}
