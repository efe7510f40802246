import type { LimitState, OpenGuard, StrikeState } from '@holdfast/core/adapter'
import type { ChangedSubject } from '../dialects/work.js'
import { recordKey } from '../rows/record-key.js'
import { allRecordsOf, SubjectRecords } from '../rows/subject-row.js'
import { TouchedRecords } from './touched-records.js'

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
    const touched = new Map<string, SubjectRecords>()
    const of = (subject: string): SubjectRecords => {
      let known = touched.get(subject)
      if (known === undefined) {
        known = new SubjectRecords()
        touched.set(subject, known)
      }
      return known
    }
    for (const { name, state } of this.counters.changed()) {
      const { subject, scope } = recordKey(name)
      of(subject).counter(scope, state)
    }
    for (const { name, state } of this.guards.changed()) {
      const { subject, scope } = recordKey(name)
      of(subject).guard(scope, state)
    }
    for (const { name, state } of this.strikes.changed()) {
      const { subject, scope } = recordKey(name)
      of(subject).strikes(scope, state)
    }
    const changed: ChangedSubject[] = []
    for (const [subject, records] of touched) {
      const before = this.rows.get(subject) ?? null
      if (before !== null) this.addUnchanged(records, subject, before)
      const after = records.row()
      if (before !== (after?.records ?? null)) changed.push({ subject, before, after })
    }
    return changed
  }

  private addUnchanged(records: SubjectRecords, subject: string, before: string): void {
    const { counters, guards, strikes } = allRecordsOf(before)
    for (const { scope, state } of counters)
      if (!this.counters.isChanged(scope + subject)) records.counter(scope, state)
    for (const { scope, state } of guards)
      if (!this.guards.isChanged(scope + subject)) records.guard(scope, state)
    for (const { scope, state } of strikes)
      if (!this.strikes.isChanged(scope + subject)) records.strikes(scope, state)
  }
}
