import * as limit from '../machines/purchase-limit/index.js'
import type { LimitState } from '../machines/purchase-limit/types.js'
import type { OpenGuard } from '../machines/unpaid-order-guard/types.js'
import { KeptGrant, SUBJECTS_HELD, subjectIn } from './kept-grant.js'
import { NameTable } from './name-table.js'

/** A guard that was opened by a grant and not extended is that grant. */
type KeptGuard = OpenGuard | KeptGrant

/** A subject with its first counter, which it is itself, and its first guard: nearly every buyer has no more. */
class Subject implements LimitState {
  used = 0
  archived = 0
  /** The counter's name, or the grant that holds it; `null`: no counter yet. */
  counter: string | KeptGrant | null = null
  guard: KeptGuard | null = null
  /** The name of a guard that is no grant. */
  guardName: string | null = null

  isCounter(name: string): boolean {
    const { counter } = this
    return counter instanceof KeptGrant ? counter.isCounter(name) : counter === name
  }

  isGuard(name: string): boolean {
    const { guard } = this
    return guard instanceof KeptGrant ? guard.isGuard(name) : this.guardName === name
  }
}

/** The subject of the name that was last asked for. */
class LastName {
  private name = ''
  private subject = ''

  /** Where it is told, names are not compared: V8 joins a name's parts when it is. */
  subjectOf(name: string, told?: string): string {
    if (told !== undefined) this.subject = told
    else if (name !== this.name) this.subject = subjectIn(name)
    this.name = name
    return this.subject
  }
}

/**
 * Counters and guards, found by the subject at the end of their names: a buyer's order is looked up once for all of
 * them, and where the claim tells the subject, none of its names is read. What a subject has beyond a counter and a
 * guard lies by its whole name.
 */
export class SubjectTable {
  private readonly subjects = new NameTable<Subject, KeptGrant>(SUBJECTS_HELD)
  private readonly otherCounters = new NameTable<LimitState>()
  private readonly otherGuards = new NameTable<KeptGuard>()
  // What is decided on is changed next.
  private readonly lastCounter = new LastName()
  private readonly lastGuard = new LastName()

  /** `subject`: the end of the name, if it is known. */
  counter(name: string, subject?: string): LimitState | undefined {
    const found = this.subjects.get(this.lastCounter.subjectOf(name, subject))
    return found?.isCounter(name) ? found : this.otherCounters.get(name)
  }

  /** `holder`: a grant of this counter, which holds its name. */
  counterToChange(name: string, holder: KeptGrant | undefined): LimitState {
    const subject = this.lastCounter.subjectOf(name)
    let found = this.subjects.get(subject)
    if (found === undefined) {
      found = new Subject()
      this.subjects.set(subject, found, holder)
    }
    if (found.isCounter(name)) return found
    const other = this.otherCounters.get(name)
    if (other !== undefined) return other
    if (found.counter === null) {
      found.counter = holder ?? name
      return found
    }
    const added = limit.initialState()
    this.otherCounters.set(name, added)
    return added
  }

  /** `subject`: the end of the name, if it is known. */
  guard(name: string, subject?: string): KeptGuard | undefined {
    const found = this.subjects.get(this.lastGuard.subjectOf(name, subject))
    if (found !== undefined && found.guard !== null && found.isGuard(name)) return found.guard
    return this.otherGuards.get(name)
  }

  putGuard(name: string, guard: KeptGuard): void {
    const subject = this.lastGuard.subjectOf(name)
    let found = this.subjects.get(subject)
    if (found === undefined) {
      found = new Subject()
      this.subjects.set(subject, found)
    }
    const isOwn = found.guard === null ? !this.otherGuards.has(name) : found.isGuard(name)
    if (!isOwn) this.otherGuards.set(name, guard)
    else {
      found.guard = guard
      found.guardName = guard instanceof KeptGrant ? null : name
    }
  }

  deleteGuard(name: string): void {
    const subject = this.lastGuard.subjectOf(name)
    const found = this.subjects.get(subject)
    if (found === undefined || found.guard === null || !found.isGuard(name)) {
      this.otherGuards.delete(name)
      return
    }
    found.guard = null
    found.guardName = null
    if (found.counter === null) this.subjects.delete(subject)
  }

  *counters(): Iterable<readonly [name: string, state: LimitState]> {
    for (const [, subject] of this.subjects.entries()) {
      const { counter } = subject
      if (counter !== null) yield [counter instanceof KeptGrant ? counter.counter : counter, subject]
    }
    yield* this.otherCounters.entries()
  }

  *guards(): Iterable<readonly [name: string, guard: KeptGuard]> {
    for (const [, { guard, guardName }] of this.subjects.entries()) {
      if (guard !== null) yield [guard instanceof KeptGrant ? guard.guard : (guardName ?? ''), guard]
    }
    yield* this.otherGuards.entries()
  }
}
