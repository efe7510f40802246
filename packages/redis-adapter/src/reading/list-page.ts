import {
  inByteOrder,
  type LedgerEntry,
  type ListQuery,
  type Page,
  type StockAccountState,
} from '@holdfast/core/adapter'
import { idOf } from '../ids.js'
import { accountOfRecord } from '../records/account-record.js'
import { carriedForward } from '../records/carried-record.js'
import { entryOf, type OutboxEntry } from '../records/outbox-entry.js'
import { isMarker, reservationOf } from '../records/reservation-record.js'
import { type SubjectRecord, subjectOf } from '../records/subject-record.js'
import type { Words } from '../words.js'
import type { Chunk, PartitionContents } from './partition-contents.js'
import { type Place, placeAfter, placeOf } from './place.js'

/** Each entry of the outbox tells of a batch: what is read of one is unpacked once for each of its pages. */
const OF_ENTRY = 100

export type Listed = Partial<Omit<Page, 'now'>> & Pick<Page, 'cursor'>

/** Reads one page of a listing after another. */
export class ListReader {
  constructor(
    private readonly partition: string,
    private readonly contents: PartitionContents,
    private readonly words: Words,
    private readonly epoch: number | null,
  ) {}

  async page(query: ListQuery): Promise<Listed> {
    const place = placeOf(query.cursor)
    switch (query.of) {
      case 'accounts':
        return this.accounts(query, place)
      case 'reservations': {
        const chunk = await this.contents.reservations(place.chunk, query.limit)
        const { entries, cursor } = await this.paged(chunk, query, place, ([id, record], words) =>
          isMarker(record) ? [] : [{ id: idOf(id), state: reservationOf(record, words) }],
        )
        return { reservations: entries, cursor }
      }
      case 'counters':
        return this.ofSubjects(query, place, 'counters')
      case 'guards':
        return this.ofSubjects(query, place, 'guards')
      case 'strikes':
        return this.ofSubjects(query, place, 'strikes')
      case 'events': {
        const { entries, cursor } = await this.ofOutbox(query, place, ({ events }) => events)
        return { events: entries, cursor }
      }
      case 'ledger': {
        const asked = ({ account }: LedgerEntry) => isAsked(query, account)
        const before = place.chunk === null ? carriedForward(await this.contents.carried()).filter(asked) : []
        const { entries, cursor } = await this.ofOutbox(
          query,
          place,
          ({ ledger }) => ledger.filter(asked),
          before,
        )
        return { ledger: entries, cursor }
      }
    }
  }

  private async accounts(query: ListQuery, place: Place): Promise<Listed> {
    const chunk = await this.contents.accounts()
    const all = await this.words.read(this.epoch, (words) =>
      chunk.entries.map(([number, record]) => accountOfRecord(words.account(Number(number)), record)),
    )
    const wanted = all.filter((account) => isAsked(query, account.key) && isFillable(query, account))
    wanted.sort(
      ({ key: one }, { key: other }) => inByteOrder(one.sku, other.sku) || inByteOrder(one.pool, other.pool),
    )
    const { entries, cursor } = sliced(wanted, null, query, place)
    return { accounts: entries, cursor }
  }

  private async ofSubjects<Kind extends keyof SubjectRecord>(
    query: ListQuery,
    place: Place,
    kind: Kind,
  ): Promise<Listed> {
    const chunk = await this.contents.subjects(place.chunk, query.limit)
    const { entries, cursor } = await this.paged(
      chunk,
      query,
      place,
      ([subject, record], words) => subjectOf(String(subject), record, words)[kind] as readonly unknown[],
    )
    return { [kind]: entries, cursor } as unknown as Listed
  }

  private async ofOutbox<Entry>(
    query: ListQuery,
    place: Place,
    of: (entry: OutboxEntry) => readonly Entry[],
    before: readonly Entry[] = [],
  ): Promise<{ readonly entries: readonly Entry[]; readonly cursor: string | null }> {
    const all: Entry[] = []
    for (let from = place; ; ) {
      const limit = query.limit - all.length
      const chunk = await this.contents.outbox(from.chunk, Math.ceil(limit / OF_ENTRY))
      const { entries, cursor } = await this.paged(
        chunk,
        { ...query, limit },
        from,
        (entry, words) => of(entryOf(this.partition, entry, words)),
        from.chunk === null ? before : [],
      )
      for (const entry of entries) all.push(entry)
      if (cursor === null || all.length === query.limit) return { entries: all, cursor }
      from = placeOf(cursor)
    }
  }

  private async paged<Kept, Entry>(
    { entries, next }: Chunk<Kept>,
    query: ListQuery,
    place: Place,
    of: (kept: Kept, words: Words) => readonly Entry[],
    before: readonly Entry[] = [],
  ): Promise<{ readonly entries: readonly Entry[]; readonly cursor: string | null }> {
    const told = await this.words.read(this.epoch, (words) => entries.flatMap((kept) => of(kept, words)))
    const all = before.length === 0 ? told : [...before, ...told]
    return sliced(all, next, query, place)
  }
}

function sliced<Entry>(all: readonly Entry[], next: string | null, { limit }: ListQuery, place: Place) {
  const entries = all.slice(place.passed, place.passed + limit)
  return { entries, cursor: placeAfter(place, entries.length, all.length, next) }
}

function isAsked({ account }: ListQuery, { sku, pool }: { readonly sku: string; readonly pool: string }) {
  return account === undefined || (account.sku === sku && (account.pool ?? pool) === pool)
}

function isFillable({ fillable = false }: ListQuery, { backordered, available }: StockAccountState): boolean {
  return !fillable || (backordered > 0 && available > 0)
}
