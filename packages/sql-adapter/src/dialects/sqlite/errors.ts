import { HoldfastError } from '@holdfast/core/adapter'

/** SQLite's own code of an error: `SQLITE_BUSY`, `SQLITE_CONSTRAINT_CHECK`, …; `null` for other errors. */
export function sqliteCode(error: unknown): string | null {
  const code = error instanceof Error && 'code' in error ? error.code : null
  return typeof code === 'string' && code.startsWith('SQLITE_') ? code : null
}

/** Another connection is writing, or kept its lock for a moment longer. */
export function isBusy(error: unknown): boolean {
  const code = sqliteCode(error)
  return code === 'SQLITE_BUSY' || code === 'SQLITE_BUSY_RECOVERY' || code === 'SQLITE_LOCKED'
}

/** While the schema is made: another connection is at it, or was a moment faster. */
export function isPassing(error: unknown): boolean {
  return isBusy(error) || (error instanceof Error && error.message.includes('already exists'))
}

/** What kept a transaction from being decided or written; all of it was rolled back. */
export function rolledBack(error: unknown): HoldfastError {
  if (error instanceof HoldfastError) return error
  const why = error instanceof Error ? error.message : String(error)
  // Core's rules break no constraint: one that objects has met a law about to be broken.
  if (sqliteCode(error)?.startsWith('SQLITE_CONSTRAINT')) {
    return new HoldfastError('invariant-violated', `the database refused a change: ${why}`, { cause: error })
  }
  const hint = /no such (table|column)/.test(why) ? ' (is the schema up to date? call migrate())' : ''
  return new HoldfastError('store-failed', `the database failed: ${why}${hint}`, { cause: error })
}

/** What a COMMIT that failed says: a constraint checked only then, or nothing that can be relied on. */
export function commitFailed(error: unknown): HoldfastError {
  const code = sqliteCode(error)
  if (code?.startsWith('SQLITE_CONSTRAINT') || code === 'SQLITE_BUSY') return rolledBack(error)
  return new HoldfastError('unknown', 'the commit failed: what was written is not known', { cause: error })
}
