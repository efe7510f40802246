import { HoldfastError } from '../errors.js'
import type { StockAccountState } from '../machines/stock-account/types.js'
import type { AccountKey } from '../port/claims.js'
import type { Movement, ReservationEvent, StockChanged, StockConfigured, StoreEvent } from '../port/events.js'
import type { CarriedPosition, FeedEntry } from '../port/feed.js'
import { changeAccount, evolveReservation } from './effects.js'
import { isWhole } from './piece-names.js'
import type { PartitionState } from './state.js'

/**
 * Those of the entries that come after what was carried last.
 *
 * @throws HoldfastError `stream-gap`, `fenced`
 */
export function entriesBehind(
  partition: string,
  carried: CarriedPosition | null,
  entries: readonly FeedEntry[],
): readonly FeedEntry[] {
  let last: Pick<CarriedPosition, 'epoch' | 'sequence'> | null = carried
  return entries.filter((entry) => {
    const { epoch, sequence } = entry
    // Whoever was first at a partition begins at its beginning; another epoch begins where the ledger says so.
    last ??= { epoch, sequence: 0 }
    if (epoch < last.epoch) throw new HoldfastError('fenced', `${partition}: epoch ${epoch} is over`)
    if (epoch === last.epoch && sequence <= last.sequence) return false
    if (epoch > last.epoch || sequence > last.sequence + 1)
      throw new HoldfastError(
        'stream-gap',
        `${partition}: after ${last.epoch}-${last.sequence} comes ${epoch}-${sequence}`,
      )
    last = entry
    return true
  })
}

/** Makes the changes that another store's events tell of: its decisions are not decided again. */
export class Carrying {
  constructor(private readonly partition: PartitionState) {}

  /** What one batch did. The events of accounts come last in it, but accounts may be met before. */
  entry(events: readonly StoreEvent[]): void {
    const returns = new Set<string>()
    for (const event of events) {
      if (event.aggregate === 'stock-account') this.account(event.account)
      else if (event.type === 'returned')
        for (const { account } of event.lines) returns.add(nameOf(account, event.movement))
    }
    const transfers = new Map<string, StockChanged[]>()
    for (const event of events) if (event.type === 'changed') noteTransfers(event, transfers)
    for (const event of events) this.event(event, returns, transfers)
  }

  private event(
    event: StoreEvent,
    returns: ReadonlySet<string>,
    transfers: ReadonlyMap<string, readonly StockChanged[]>,
  ): void {
    if (event.aggregate === 'reservation') this.reservation(event)
    else if (event.type === 'configured') this.configured(event)
    else {
      for (const movement of event.movements) {
        // The reservation's own event has moved them.
        if (!returns.has(nameOf(event.account, movement.movement))) this.moved(event, movement, transfers)
      }
      this.account(event.account).version += 1
    }
  }

  private reservation(event: ReservationEvent): void {
    const { partition } = this
    const before = partition.reservation(event.id)
    if (event.type === 'granted' && before?.status === 'confirmed' && !isWhole(event.id, before.home))
      partition.archive?.(before)
    if (event.type !== 'granted') evolveReservation(partition, before, event)
    // The store had forgotten an id that ended, or has met a late payment of one that it had lost: what it was stays known.
    else if (before === undefined || !('data' in before)) evolveReservation(partition, undefined, event)
    else evolveReservation(partition, undefined, { ...event, data: event.data ?? before.data })
  }

  private configured(event: StockConfigured): void {
    const { account, at, opensAt, closesAt, backorderLimit, configVersion: version } = event
    const change = { type: 'configured', version, opensAt, closesAt, backorderLimit } as const
    changeAccount(this.partition, account, change, {
      ...{ type: 'movement', at },
      ...{ cause: 'configured', movement: null },
    })
  }

  private moved(
    { account, at }: StockChanged,
    { movement, cause, delta }: Movement,
    transfers: ReadonlyMap<string, readonly StockChanged[]>,
  ): void {
    const { partition } = this
    changeAccount(partition, account, { type: 'supplied', delta }, { type: 'movement', at, cause, movement })
    const pools = transfers.get(nameOf({ ...account, pool: '' }, movement)) ?? []
    const other = pools.find(({ account: { pool } }) => pool !== account.pool)?.account.pool
    const isTransfer = cause === 'transfer' && other !== undefined
    const [from, to] = delta < 0 ? [account.pool, other] : [other, account.pool]
    const data = isTransfer ? ['transfer', account.sku, from, to, Math.abs(delta)] : ['supply', delta, cause]
    partition.putMovement(account, movement, JSON.stringify(data))
  }

  private account(key: AccountKey): StockAccountState {
    return this.partition.account(key) ?? this.partition.createAccount(key)
  }
}

/** Accounts that a transfer moved units between: both ends lie in one batch. */
function noteTransfers(event: StockChanged, transfers: Map<string, StockChanged[]>): void {
  for (const { movement, cause } of event.movements) {
    if (cause !== 'transfer') continue
    const name = nameOf({ ...event.account, pool: '' }, movement)
    const known = transfers.get(name)
    if (known === undefined) transfers.set(name, [event])
    else known.push(event)
  }
}

function nameOf({ sku, pool }: AccountKey, movement: string): string {
  return JSON.stringify([sku, pool, movement])
}
