import { type KindOfRecord, likeOfKind } from '../../rows/subject-row.js'
import type { StoredSubject } from '../dialect.js'
import type { TableNames } from '../table-names.js'
import type { Changes, LoadedRows } from '../work.js'
import {
  BYTES,
  prepareWrite,
  Rows,
  type SqliteConnection,
  type SqliteStatement,
  textOf,
} from './connection.js'

/** Counters, guards and strikes, all of one subject in a row. */
export class SqliteSubjects {
  private readonly bySubject: Rows
  private readonly listed: Rows
  private readonly insert: SqliteStatement
  private readonly update: SqliteStatement
  private readonly remove: SqliteStatement

  constructor(connection: SqliteConnection, { subjects }: TableNames) {
    const isSubject = `subject = ${BYTES}`
    this.bySubject = new Rows(connection, `select records from ${subjects} where ${isSubject}`)
    this.listed = new Rows(
      connection,
      `select ${textOf('subject')}, records from ${subjects} where subject >= ${BYTES} and records like ?
       order by subject limit ?`,
    )
    this.insert = prepareWrite(
      connection,
      `insert into ${subjects} (subject, records, lowest, highest) values (${BYTES}, ?, ?, ?)`,
    )
    this.update = prepareWrite(
      connection,
      `update ${subjects} set records = ?, lowest = ?, highest = ? where ${isSubject}`,
    )
    this.remove = prepareWrite(connection, `delete from ${subjects} where ${isSubject}`)
  }

  load(subjects: Iterable<string>, rows: LoadedRows): void {
    for (const subject of subjects) {
      const row = this.bySubject.one(subject)
      if (row !== undefined) rows.loadSubject(subject, row[0] as string)
    }
  }

  write(subjects: Changes['subjects']): void {
    for (const { subject, before, after } of subjects) {
      if (after === null) this.remove.run(subject)
      else if (before === null) this.insert.run(subject, after.records, after.lowest, after.highest)
      else this.update.run(after.records, after.lowest, after.highest, subject)
    }
  }

  list(kind: KindOfRecord, from: string, limit: number): readonly StoredSubject[] {
    return this.listed.all(from, likeOfKind(kind), limit).map(([subject, records]) => ({
      subject: subject as string,
      records: records as string,
    }))
  }
}
