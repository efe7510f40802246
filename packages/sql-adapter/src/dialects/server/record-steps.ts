import type { LimitState, OpenGuard, StrikeState } from '@holdfast/core/adapter'
import { recordKey } from '../../rows/record-key.js'
import type { RecordKind } from '../dialect.js'
import type { TableNames } from '../table-names.js'
import type { ChangedRecord, Changes } from '../work.js'
import type { AsRead } from './as-read.js'
import { bytes, type Column, integer, integers, type Row, text } from './column.js'
import type { WriteStep } from './write-plan.js'

export function recordSteps(
  { counters, guards, strikes }: Changes,
  read: AsRead,
  { records }: TableNames,
): WriteStep[] {
  return [
    ...stepsOfKind<LimitState>(records, 'counter', counters, {
      columns: integers('used', 'archived'),
      expected: integers('used', 'archived'),
      values: ({ used, archived }) => [used, archived],
      before: (name) => read.counter(name),
    }),
    ...stepsOfKind<OpenGuard>(records, 'guard', guards, {
      columns: [bytes('id'), integer('expires_at')],
      expected: [bytes('id'), integer('expires_at')],
      values: ({ id, expiresAt }) => [id, expiresAt],
      before: (name) => read.guard(name),
    }),
    ...stepsOfKind<StrikeState>(records, 'strikes', strikes, {
      columns: [...integers('strikes', 'until'), text('tag')],
      expected: integers('strikes', 'until'),
      values: ({ count, until, tag }) => [count, until, tag === null ? null : JSON.stringify(tag)],
      before: (name) => read.strikesOf(name),
    }),
  ]
}

interface KindOfRecord<State> {
  readonly columns: readonly Column[]
  /** The first of the columns. */
  readonly expected: readonly Column[]
  readonly values: (state: State) => Row
  readonly before: (name: string) => State | undefined
}

function stepsOfKind<State>(
  table: string,
  kind: RecordKind,
  changed: readonly ChangedRecord<State>[],
  { columns, expected, values, before }: KindOfRecord<State>,
): WriteStep[] {
  const key = [bytes('subject'), bytes('scope')]
  const shared = { kind: `'${kind}'` }
  const [inserted, updated, deleted]: Row[][] = [[], [], []]
  for (const { name, stored, state } of changed) {
    const { subject, scope } = recordKey(name)
    const was = stored ? before(name) : undefined
    const expectedValues = was === undefined ? [] : values(was).slice(0, expected.length)
    if (was === undefined) {
      if (state !== undefined) inserted?.push([subject, scope, ...values(state)])
    } else if (state === undefined) deleted?.push([subject, scope, ...expectedValues])
    else updated?.push([subject, scope, ...expectedValues, ...values(state)])
  }
  return [
    { kind: 'insert', table, columns: [...key, ...columns], shared, rows: inserted ?? [] },
    { kind: 'update', table, key, expected, set: columns, added: [], shared, rows: updated ?? [] },
    { kind: 'delete', table, key, expected, shared, rows: deleted ?? [] },
  ]
}
