import type { TableNames } from '../table-names.js'
import type { Changes } from '../work.js'
import { bytes, integers, type Row, text } from './column.js'
import type { WriteStep } from './write-plan.js'

const KEY = [bytes('subject')]
/** A row that another has written meanwhile has another text. */
const EXPECTED = [text('records')]
const SET = [text('records'), ...integers('lowest', 'highest')]

/** What is known of each subject is written as a whole. */
export function subjectSteps({ subjects }: Changes, { subjects: table }: TableNames): WriteStep[] {
  const inserted: Row[] = []
  const updated: Row[] = []
  const deleted: Row[] = []
  for (const { subject, before, after } of subjects) {
    const values: Row = after === null ? [] : [after.records, after.lowest, after.highest]
    if (before === null) inserted.push([subject, ...values])
    else if (after === null) deleted.push([subject, before])
    else updated.push([subject, before, ...values])
  }
  return [
    { kind: 'insert', table, columns: [...KEY, ...SET], rows: inserted },
    { kind: 'update', table, key: KEY, expected: EXPECTED, set: SET, added: [], rows: updated },
    { kind: 'delete', table, key: KEY, expected: EXPECTED, rows: deleted },
  ]
}
