import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { OrderDesk } from '@holdfast/core'
import { type AuditRequest, UsageError } from './command-line/request.js'
import { readBooks } from './report/books.js'
import { fileReport, fileSummaryOf } from './report/file-report.js'
import { terminalOf } from './report/terminal.js'
import { loadEngine, type SqliteEngine } from './store/engine.js'
import { RETENTION } from './store/retention.js'

/**
 * Audits a file that a replay left, whole or killed in the middle, and prints what it found.
 * @returns whether the audit holds
 * @throws UsageError when the path is no such file
 */
export async function runAudit({ file, json }: AuditRequest, stdout: NodeJS.WriteStream): Promise<boolean> {
  const path = existingFile(file)
  const loaded = await loadEngine()
  if (!loaded.ok) throw new Error(`better-sqlite3 cannot be loaded, and nothing else reads it: ${loaded.why}`)
  refuseForeign(loaded.engine, path, file)
  const { SqlStore } = await import('@holdfast/sql-adapter')
  const store = await SqlStore.open(path, { retention: RETENTION })
  try {
    const books = await readBooks(new OrderDesk({ store, policy: {} }))
    stdout.write(
      json ? `${JSON.stringify(fileSummaryOf(books))}\n` : fileReport(path, books, terminalOf(stdout)),
    )
    return books.audit.ok
  } finally {
    await store.close()
  }
}

function existingFile(name: string): string {
  const path = resolve(name)
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) throw new UsageError(`--audit ${name}: there is no such file`)
  if (!found.isFile()) throw new UsageError(`--audit ${name}: is not a file`)
  return path
}

/**
 * Opening a store creates its tables: a file of something else is left as it is. One that was killed early on holds
 * only some of them, or none.
 */
function refuseForeign(engine: SqliteEngine, path: string, name: string): void {
  const isOurs = tablesOf(engine, path)?.every((table) => table.startsWith('holdfast_')) ?? false
  if (!isOurs) throw new UsageError(`--audit ${name}: is not a file that a replay left`)
}

/** `null`: not SQLite's. */
function tablesOf(engine: SqliteEngine, path: string): readonly string[] | null {
  // Not as a reader alone: what was killed in the middle of a change has to be rolled back first.
  const connection = new engine(path, { fileMustExist: true })
  try {
    const rows = connection
      .prepare("select name from sqlite_schema where type = 'table' and name not like 'sqlite|_%' escape '|'")
      .all()
    return rows.map((row) => (row as { name: string }).name)
  } catch (error) {
    if ((error as { code?: unknown }).code === 'SQLITE_NOTADB') return null
    throw error
  } finally {
    connection.close()
  }
}
