import type { GuardState, StrikeState } from '@holdfast/core/adapter'
import type { Words } from '../words.js'
import { Cursor } from './cursor.js'

/** What is kept of one subject, under the names that core knows. */
export interface SubjectRecord {
  readonly counters: readonly { readonly name: string; readonly used: number; readonly archived: number }[]
  readonly guards: readonly { readonly name: string; readonly state: GuardState }[]
  readonly strikes: readonly { readonly name: string; readonly state: StrikeState }[]
}

const EFFECTS = [null, 'none', 'defer-stock', 'refuse'] as const

/** `lua/includes/subject-record.lua` writes it. */
export function subjectOf(subject: string, record: Buffer, words: Words): SubjectRecord {
  const cursor = new Cursor(record)
  const counters: SubjectRecord['counters'][number][] = []
  const guards: SubjectRecord['guards'][number][] = []
  const strikes: SubjectRecord['strikes'][number][] = []
  while (!cursor.isAtEnd) {
    const kind = cursor.byte()
    const name = words.root(cursor.word()) + subject
    if (kind === 1) counters.push({ name, used: cursor.large(), archived: cursor.large() })
    else if (kind === 4) counters.push({ name, used: cursor.count(), archived: 0 })
    else if (kind === 5) {
      const used = cursor.count()
      counters.push({ name, used, archived: used })
    } else if (kind === 2) {
      const expiresAt = cursor.large()
      guards.push({ name, state: { status: 'open', id: cursor.id(), expiresAt } })
    } else strikes.push({ name, state: strikesAt(cursor) })
  }
  return { counters, guards, strikes }
}

function strikesAt(cursor: Cursor): StrikeState {
  const [count, until] = [cursor.count(), cursor.large()]
  const effect = EFFECTS[cursor.byte()]
  const tagUntil = cursor.large()
  return { count, until, tag: effect ? { effect, until: tagUntil === 0 ? null : tagUntil } : null }
}
