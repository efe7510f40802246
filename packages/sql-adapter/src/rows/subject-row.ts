import type { LimitState, OpenGuard, StrikeState } from '@holdfast/core/adapter'
import { quoted } from './quoted.js'
import { safeInteger } from './safe-integer.js'

/** What is known of one subject: its counters, guards and strikes in one text, so that an order changes one row. */
export interface SubjectRow {
  /**
   * `{"counters":{scope:[used,archived]},"guards":{scope:[id,expiresAt]},"strikes":{scope:[count,until,tag]}}`, kinds of
   * which there is nothing left out. A scope is the name of a record up to its subject.
   */
  readonly records: string
  /** The least and the largest figure of its counters, for the database to check; `null` where it has none. */
  readonly lowest: number | null
  readonly highest: number | null
}

export interface RecordStates {
  readonly counters: LimitState
  readonly guards: OpenGuard
  readonly strikes: StrikeState
}

export type KindOfRecord = keyof RecordStates
const KINDS = ['counters', 'guards', 'strikes'] as const satisfies readonly KindOfRecord[]

export interface ScopedRecord<Kind extends KindOfRecord> {
  readonly scope: string
  readonly state: RecordStates[Kind]
}

/** What a row says of one kind, by scope. */
export function recordsOf<Kind extends KindOfRecord>(
  records: string,
  kind: Kind,
): readonly ScopedRecord<Kind>[] {
  return readKind(JSON.parse(records) as Kept, kind).sort((one, other) => (one.scope < other.scope ? -1 : 1))
}

/** What a row says of all kinds. */
export function allRecordsOf(records: string): {
  readonly [Kind in KindOfRecord]: readonly ScopedRecord<Kind>[]
} {
  const kept = JSON.parse(records) as Kept
  return {
    counters: readKind(kept, 'counters'),
    guards: readKind(kept, 'guards'),
    strikes: readKind(kept, 'strikes'),
  }
}

/** For `like`: rows with records of a kind. Within a string of JSON its quotes would be escaped. */
export function likeOfKind(kind: KindOfRecord): string {
  return `%"${kind}":{%`
}

type Kept = { readonly [Kind in KindOfRecord]?: Readonly<Record<string, readonly unknown[]>> }

function readKind<Kind extends KindOfRecord>(kept: Kept, kind: Kind): ScopedRecord<Kind>[] {
  const scopes = kept[kind]
  if (scopes === undefined) return []
  return Object.entries(scopes).map(([scope, values]) => ({ scope, state: STATES[kind](values) }))
}

const STATES: { readonly [Kind in KindOfRecord]: (values: readonly unknown[]) => RecordStates[Kind] } = {
  counters: ([used, archived]) => ({
    used: safeInteger(used, 'records'),
    archived: safeInteger(archived, 'records'),
  }),
  guards: ([id, expiresAt]) => ({
    status: 'open',
    id: id as string,
    expiresAt: safeInteger(expiresAt, 'records'),
  }),
  strikes: ([count, until, tag]) => ({
    count: safeInteger(count, 'records'),
    until: safeInteger(until, 'records'),
    tag: tag as StrikeState['tag'],
  }),
}

/** Writes a row record by record; those that are gone (without a state) are left out. */
export class SubjectRecords {
  private readonly texts = { counters: '', guards: '', strikes: '' }
  private lowest: number | null = null
  private highest: number | null = null

  counter(scope: string, state: LimitState | undefined): void {
    if (state === undefined) return
    const { used, archived } = state
    this.add('counters', scope, `${used},${archived}`)
    this.lowest = Math.min(this.lowest ?? used, used, archived)
    this.highest = Math.max(this.highest ?? used, used, archived)
  }

  guard(scope: string, state: OpenGuard | undefined): void {
    if (state !== undefined) this.add('guards', scope, `${quoted(state.id)},${state.expiresAt}`)
  }

  strikes(scope: string, state: StrikeState | undefined): void {
    if (state === undefined) return
    const { count, until, tag } = state
    this.add('strikes', scope, `${count},${until},${JSON.stringify(tag)}`)
  }

  /** `null` where nothing was added. */
  row(): SubjectRow | null {
    const { lowest, highest } = this
    let records = ''
    for (const kind of KINDS) {
      const text = this.texts[kind]
      if (text !== '') records += `${records === '' ? '{' : ','}"${kind}":{${text}}`
    }
    return records === '' ? null : { records: `${records}}`, lowest, highest }
  }

  private add(kind: KindOfRecord, scope: string, values: string): void {
    const { texts } = this
    texts[kind] += `${texts[kind] === '' ? '' : ','}${quoted(scope)}:[${values}]`
  }
}
