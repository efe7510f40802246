import type { KeyQuery, Page } from '@holdfast/core/adapter'
import { packedId } from '../ids.js'
import { accountText, subjectBegins } from '../keys.js'
import { accountOfRecord } from '../records/account-record.js'
import { isMarker, reservationOf } from '../records/reservation-record.js'
import { type SubjectRecord, subjectOf } from '../records/subject-record.js'
import type { Words } from '../words.js'
import type { PartitionContents, Record } from './partition-contents.js'

/** What is kept under keys, all of one instant; each key once. */
export async function readKeys(
  contents: PartitionContents,
  words: Words,
  query: KeyQuery,
): Promise<Omit<Page, 'events' | 'ledger' | 'cursor'>> {
  const ids = distinct(query.reservations)
  const names = [...query.counters, ...query.guards, ...query.strikes]
  const subjects = distinct(names.map((name) => name.slice(subjectBegins(name))))
  const accounts = new Map(query.accounts.map((key) => [accountText(key), key]))
  const found = await contents.found({
    accounts: [...accounts.keys()],
    reservations: ids.map(packedId),
    subjects,
  })
  return words.read(found.epoch, () => {
    const records = present(found.subjects, subjects, (subject, record) => subjectOf(subject, record, words))
    return {
      now: found.now,
      accounts: present(found.accounts, [...accounts.values()], accountOfRecord),
      reservations: present(found.reservations.map(unlessMarked), ids, (id, record) => ({
        id,
        state: reservationOf(record, words),
      })),
      counters: named(records, query.counters, 'counters'),
      guards: named(records, query.guards, 'guards'),
      strikes: named(records, query.strikes, 'strikes'),
    }
  })
}

function unlessMarked(record: Record): Record {
  return record === null || isMarker(record) ? null : record
}

function distinct(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)]
}

function present<Key, Read>(
  records: readonly Record[],
  keys: readonly Key[],
  read: (key: Key, record: Buffer) => Read,
): readonly Read[] {
  return keys.flatMap((key, at) => {
    const record = records[at] ?? null
    return record === null ? [] : [read(key, record)]
  })
}

function named<Kind extends keyof SubjectRecord>(
  records: readonly SubjectRecord[],
  names: readonly string[],
  kind: Kind,
): SubjectRecord[Kind][number][] {
  const asked = new Set(names)
  return records.flatMap((record) => record[kind].filter(({ name }) => asked.has(name)))
}
