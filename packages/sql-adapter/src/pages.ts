import {
  EMPTY_PAGE,
  HoldfastError,
  type ListQuery,
  type OrderPage,
  type OrderQuery,
  type Page,
  type StoreEvent,
} from '@holdfast/core/adapter'
import type { Awaitable, Lists } from './dialects/dialect.js'
import { decodeEvent } from './rows/event-row.js'
import { DecodedOrder, type StoredOrderRow } from './rows/order-row.js'
import { recordKey } from './rows/record-key.js'
import { type KindOfRecord, type RecordStates, recordsOf } from './rows/subject-row.js'

/** A page of a listing; its cursor is the place of its last entry, `null` if there is no entry behind it. */
export async function pageOf(lists: Lists, query: ListQuery): Promise<Page> {
  return { ...EMPTY_PAGE, now: await lists.now(), ...(await entriesOf(lists, query)) }
}

async function entriesOf(lists: Lists, query: ListQuery): Promise<Partial<Page>> {
  const { of, cursor, limit, account, fillable = false } = query
  switch (of) {
    case 'accounts': {
      const after = cursor === null ? null : accountIn(cursor)
      const found = await lists.accounts(account, after, limit + 1, fillable)
      const { entries, cursor: next } = cut(found, limit)
      return {
        accounts: entries,
        cursor: next === null ? null : JSON.stringify([next.key.sku, next.key.pool]),
      }
    }
    case 'reservations': {
      const { entries, cursor: next } = cut(await lists.reservations(numberIn(cursor), limit + 1), limit)
      const reservations = entries.flatMap((row) => {
        const state = new DecodedOrder(row).reservation()
        return state === undefined ? [] : { id: row.id, state }
      })
      return { reservations, cursor: next === null ? null : String(next.number) }
    }
    case 'counters': {
      const { entries, next } = await recordPage(lists, 'counters', cursor, limit)
      return { counters: entries.map(({ name, state }) => ({ name, ...state })), cursor: next }
    }
    case 'guards': {
      const { entries, next } = await recordPage(lists, 'guards', cursor, limit)
      return { guards: entries, cursor: next }
    }
    case 'strikes': {
      const { entries, next } = await recordPage(lists, 'strikes', cursor, limit)
      return { strikes: entries, cursor: next }
    }
    case 'events': {
      const { entries, cursor: next } = cut(await lists.events(numberIn(cursor), limit + 1), limit)
      // The listing holds rows of reservations and stock accounts alone.
      const events = entries.map((row) => ({ id: row.id, event: decodeEvent(row) as StoreEvent }))
      return { events, cursor: next === null ? null : String(next.seq) }
    }
    case 'ledger': {
      const { entries, cursor: next } = cut(await lists.ledger(account, numberIn(cursor), limit + 1), limit)
      return { ledger: entries.map(({ entry }) => entry), cursor: next === null ? null : String(next.number) }
    }
  }
}

/** By subject, then scope; the cursor is the last one's name. */
async function recordPage<Kind extends KindOfRecord>(
  lists: Lists,
  kind: Kind,
  after: string | null,
  limit: number,
) {
  const place = after === null ? null : recordKey(after)
  // The first may be that of the page before, and one more than asked for tells whether there are more.
  const rows = await lists.subjects(kind, place?.subject ?? '', limit + 2)
  const found: { readonly name: string; readonly state: RecordStates[Kind] }[] = []
  for (const { subject, records } of rows) {
    for (const { scope, state } of recordsOf(records, kind)) {
      if (place === null || subject !== place.subject || scope > place.scope)
        found.push({ name: scope + subject, state })
    }
  }
  const { entries, cursor: last } = cut(found, limit)
  return { entries, next: last === null ? null : last.name }
}

export async function orderPageOf(lists: Lists, { status, cursor, limit }: OrderQuery): Promise<OrderPage> {
  const rows = await orderRows(lists, status, cursor, limit + 1)
  const { entries, cursor: last } = cut(rows, limit)
  const orders = entries.flatMap((row) => new DecodedOrder(row).order() ?? [])
  if (last === null) return { orders, cursor: null }
  const place = status === 'awaiting-payment' ? `${last.dueAt}-${last.number}` : String(last.number)
  return { orders, cursor: place }
}

function orderRows(
  lists: Lists,
  status: OrderQuery['status'],
  cursor: string | null,
  limit: number,
): Awaitable<readonly StoredOrderRow[]> {
  if (status === undefined) return lists.orders(numberIn(cursor), limit)
  if (status !== 'awaiting-payment') return lists.ordersOfStatus(status, numberIn(cursor), limit)
  const [dueAt = null, number = null] = cursor?.split('-') ?? []
  return lists.ordersAwaiting(numberIn(dueAt), numberIn(number), limit)
}

/** The first `limit` of one more entries than asked for, and the last of them if there are more. */
export function cut<T>(
  entries: readonly T[],
  limit: number,
): { readonly entries: readonly T[]; readonly cursor: T | null } {
  if (entries.length <= limit) return { entries, cursor: null }
  return { entries: entries.slice(0, limit), cursor: entries[limit - 1] ?? null }
}

/** @throws HoldfastError `invalid-argument` (`cursor`) */
export function numberIn(cursor: string | null): number {
  const number = cursor === null ? 0 : Number(cursor)
  if (Number.isSafeInteger(number) && number >= 0) return number
  throw notOurs()
}

function accountIn(cursor: string): { readonly sku: string; readonly pool: string } {
  try {
    const [sku, pool] = JSON.parse(cursor) as unknown[]
    if (typeof sku === 'string' && typeof pool === 'string') return { sku, pool }
  } catch {
    // Answered below.
  }
  throw notOurs()
}

function notOurs(): HoldfastError {
  return new HoldfastError('invalid-argument', 'cursor: is not one that this listing gave', {
    path: 'cursor',
  })
}
