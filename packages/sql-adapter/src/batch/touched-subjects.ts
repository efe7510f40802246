import type { LimitState, OpenGuard, StrikeState } from '@holdfast/core/adapter'
import type { ChangedSubject } from '../dialects/work.js'
import { recordKey } from '../rows/record-key.js'
import { allRecordsOf, KINDS, type RecordStates, SubjectRecords } from '../rows/subject-row.js'
import { TouchedRecords } from './touched-records.js'

/** Records of one subject, by kind; without a state: it is gone. */
type Scoped = {
  readonly [Kind in keyof RecordStates]: {
    readonly scope: string
    readonly state: RecordStates[Kind] | undefined
  }[]
}

/** Counters, guards and strikes by name, as loaded with their subjects and as changed since. */
export class TouchedSubjects {
  readonly counters = new TouchedRecords<LimitState>()
  readonly guards = new TouchedRecords<OpenGuard>()
  readonly strikes = new TouchedRecords<StrikeState>()
  private readonly rows = new Map<string, string>()

  load(subject: string, records: string): void {
    if (this.rows.has(subject)) return
    this.rows.set(subject, records)
    const { counters, guards, strikes } = allRecordsOf(records)
    for (const { scope, state } of counters) this.counters.load(scope + subject, state)
    for (const { scope, state } of guards) this.guards.load(scope + subject, state)
    for (const { scope, state } of strikes) this.strikes.load(scope + subject, state)
  }

  /** Rows that differ from those loaded. */
  changed(): readonly ChangedSubject[] {
    const touched = new Map<string, Scoped>()
    const of = (subject: string): Scoped => {
      let known = touched.get(subject)
      if (known === undefined) {
        known = { counters: [], guards: [], strikes: [] }
        touched.set(subject, known)
      }
      return known
    }
    for (const { name, state } of this.counters.changed()) {
      const { subject, scope } = recordKey(name)
      of(subject).counters.push({ scope, state })
    }
    for (const { name, state } of this.guards.changed()) {
      const { subject, scope } = recordKey(name)
      of(subject).guards.push({ scope, state })
    }
    for (const { name, state } of this.strikes.changed()) {
      const { subject, scope } = recordKey(name)
      of(subject).strikes.push({ scope, state })
    }
    const rows = Array.from(touched, ([subject, scoped]) => this.changedRow(subject, scoped))
    return rows.filter(({ before, after }) => before !== (after?.records ?? null))
  }

  private changedRow(subject: string, scoped: Scoped): ChangedSubject {
    const before = this.rows.get(subject) ?? null
    if (before !== null) addUnchanged(scoped, before)
    const records = new SubjectRecords()
    for (const { scope, state } of scoped.counters) if (state !== undefined) records.counter(scope, state)
    for (const { scope, state } of scoped.guards) if (state !== undefined) records.guard(scope, state)
    for (const { scope, state } of scoped.strikes) if (state !== undefined) records.strikes(scope, state)
    return { subject, before, after: records.row() }
  }
}

function addUnchanged(scoped: Scoped, before: string): void {
  const stored = allRecordsOf(before)
  for (const kind of KINDS) {
    const changed: { readonly scope: string; readonly state: unknown }[] = scoped[kind]
    const scopes = new Set(changed.map(({ scope }) => scope))
    changed.push(...stored[kind].filter(({ scope }) => !scopes.has(scope)))
  }
}
