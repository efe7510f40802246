import { aggregateIdOf, type LedgerEntry } from '@holdfast/core/adapter'
import type { LoadedSet } from '../batch/loaded-set.js'
import type { Changes, PartitionRow, ToldRow } from '../dialects/work.js'
import { countersOf, type OutboxEvent, payloadOf, withoutCounters } from '../rows/event-row.js'
import { GrantedPayloads } from '../rows/granted-payload.js'

/** The one partition of an SQL store: whatever lies in one database can be changed in one transaction. */
export const PARTITION = 'main'

/**
 * What a transaction writes: all that differs from what was loaded, and its events as rows of the outbox at the next
 * positions. `null` where nothing differs.
 */
export function changesOf(
  loaded: LoadedSet,
  events: readonly OutboxEvent[],
  also: Partial<Changes> & { readonly ledger?: readonly LedgerEntry[] } = {},
): Changes | null {
  const position = nextPosition(loaded.position, events.length)
  const rows = eventRows(loaded, events, position)
  const { grants, orders, lapsed } = loaded.orders.changed()
  const changes: Changes = {
    partition: position,
    accounts: loaded.accounts.changed(),
    grants,
    orders,
    lapsed,
    subjects: loaded.subjects.changed(),
    owed: loaded.owedUnits.changed(),
    movements: loaded.movements.added,
    events: rows,
    ledger: [],
    leases: [],
    carried: [],
    campaigns: [],
    compensations: [],
    compensationLeases: [],
    rows: [],
    ...also,
  }
  const isEmpty = Object.values(changes).every((list) => Array.isArray(list) === false || list.length === 0)
  return isEmpty ? null : changes
}

function nextPosition({ epoch, sequence, events }: PartitionRow, added: number): PartitionRow {
  return added === 0 ? { epoch, sequence, events } : { epoch, sequence: sequence + 1, events: events + added }
}

function eventRows(
  loaded: LoadedSet,
  events: readonly OutboxEvent[],
  { epoch, sequence }: PartitionRow,
): readonly ToldRow[] {
  const first = loaded.position.events + 1
  const place = `${PARTITION}/${epoch}/${sequence}/`
  const rows = new EventRows(loaded, first)
  let reservationEvents = 0
  return events.map((event, index) => {
    const ofReservation = event.aggregate === 'reservation'
    const version = ofReservation ? (loaded.orders.versions[reservationEvents++] ?? null) : null
    return rows.next(place + index, event, version)
  })
}

/** Rows of the outbox, one behind the other. */
export class EventRows {
  private readonly grants = new GrantedPayloads()

  constructor(
    private readonly loaded: LoadedSet,
    private seq: number,
  ) {}

  next(id: string, event: OutboxEvent, orderVersion: number | null): ToldRow {
    const { aggregate: aggregatetype, type, version, at } = event
    const seq = this.seq++
    const aggregateid = aggregateIdOf(event)
    if (type === 'changed') {
      const changed = { account: event.account, withoutCounters: withoutCounters(event) }
      const payload = changed.withoutCounters + countersOf(event)
      return { seq, id, aggregatetype, aggregateid, type, payload, version, orderVersion, at, changed }
    }
    const isGrant = type === 'granted'
    const payload = isGrant ? this.grants.of(event) : payloadOf(event)
    if (isGrant) this.loaded.orders.grantWritten(event.id, payload)
    return { seq, id, aggregatetype, aggregateid, type, payload, version, orderVersion, at }
  }
}
