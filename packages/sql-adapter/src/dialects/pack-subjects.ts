import type { Knex } from 'knex'
import { SubjectRecords } from '../rows/subject-row.js'
import type { TableNames } from './table-names.js'

/** Rows read in one go. */
const PAGE = 5_000
/** Rows of one statement, each of four values: SQLite takes few. */
const CHUNK = 200

interface RecordRow {
  readonly subject: Buffer
  readonly kind: 'counter' | 'guard' | 'strikes'
  readonly scope: Buffer
  readonly used: unknown
  readonly archived: unknown
  readonly id: Buffer | null
  readonly expires_at: unknown
  readonly strikes: unknown
  readonly until: unknown
  readonly tag: string | null
}

/** Records of a row each become one row per subject; begun again, it begins anew. */
export async function packSubjects(transaction: Knex, { records, subjects }: TableNames): Promise<void> {
  // It was done, and not noted: some engines note it in another transaction.
  if (!(await transaction.schema.hasTable(records))) return
  await transaction(subjects).delete()
  let after: Buffer | null = null
  for (;;) {
    const query = transaction<RecordRow>(records).orderBy(['subject', 'kind', 'scope']).limit(PAGE)
    const page = (await (after === null ? query : query.where('subject', '>', after))) as RecordRow[]
    const last = page.at(-1)
    if (last === undefined) break
    const groups = groupsOf(page)
    // The last subject may go on behind the page.
    const rest =
      page.length < PAGE ? [] : await transaction<RecordRow>(records).where('subject', last.subject)
    if (rest.length > 0) groups[groups.length - 1] = rest as RecordRow[]
    await transaction.batchInsert(subjects, groups.flatMap(packed), CHUNK)
    after = last.subject
  }
  await transaction.schema.dropTable(records)
}

function groupsOf(rows: readonly RecordRow[]): RecordRow[][] {
  const groups: RecordRow[][] = []
  for (const row of rows) {
    const group = groups.at(-1)
    if (group?.[0]?.subject.equals(row.subject)) group.push(row)
    else groups.push([row])
  }
  return groups
}

function packed(rows: readonly RecordRow[]): readonly object[] {
  const records = new SubjectRecords()
  const of = (kind: RecordRow['kind']) => rows.filter((row) => row.kind === kind)
  for (const { scope, used, archived } of of('counter'))
    records.counter(scope.toString(), { used: Number(used), archived: Number(archived) })
  for (const { scope, id, expires_at } of of('guard'))
    records.guard(scope.toString(), {
      status: 'open',
      id: String(id ?? ''),
      expiresAt: Number(expires_at),
    })
  for (const { scope, strikes, until, tag } of of('strikes')) {
    const state = { count: Number(strikes), until: Number(until), tag: tag === null ? null : JSON.parse(tag) }
    records.strikes(scope.toString(), state)
  }
  const row = records.row()
  return row === null ? [] : [{ subject: rows[0]?.subject, ...row }]
}
