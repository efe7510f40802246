import type { MessageDatabase } from './database.js'

/**
 * Numbers that were given out and whose rows were not there when later ones were read: rolled back, or not committed yet. They
 * are looked for in every read until no transaction can bring them any more.
 */
export interface Gap {
  readonly from: number
  readonly to: number
  /** By what the engine tells whether it may still come; `null` until that is known. */
  readonly mark: bigint | null
}

/** What a read found out about the transactions of its engine. */
export type DropGaps = {
  /** A column of the read, in its own snapshot; `null`: nothing. */
  readonly column: string | null
  /** Marks gaps that were found by a read: asked for after it. */
  mark(database: MessageDatabase): Promise<bigint>
  /** Whether nobody can fill the gap any more, by what a later read that did not find it saw. */
  isClosed(gap: Gap, seen: bigint): boolean
  /** A last look before gaps are given up; `false`: they are kept. */
  confirm(database: MessageDatabase, gaps: readonly Gap[]): Promise<boolean>
}

/**
 * A writer has its transaction's id before it takes a number, so that it is smaller than one given out after the read:
 * once the oldest that runs is younger than that, all writers have ended. (The snapshot's own upper end would be wrong: it
 * lies below ids that were given out already.)
 */
export const droppedGapsOnPostgres: DropGaps = {
  column: 'pg_snapshot_xmin(pg_current_snapshot())::text',
  async mark(database) {
    const [row] = await database.rows('select pg_current_xact_id()::text as id')
    return BigInt(String(row?.id))
  },
  isClosed: (gap, seen) => gap.mark !== null && seen > gap.mark,
  confirm: async () => true,
}

/** Longer than any insert waits for a lock (`innodb_lock_wait_timeout` is 50 s if nobody changed it), ms. */
const LONGEST_INSERT = 120_000

/**
 * There is nothing to ask which transactions run, without a right that shops do not give. A number is taken within the insert
 * that uses it, so that after the longest insert its row is there, if it ever will be: not committed, and then locked, or
 * not at all.
 */
export const droppedGapsOnMysql: DropGaps = {
  column: 'cast(unix_timestamp(now(3)) * 1000 as unsigned)',
  async mark(database) {
    const [row] = await database.rows('select cast(unix_timestamp(now(3)) * 1000 as unsigned) as id')
    return BigInt(String(row?.id))
  },
  isClosed: (gap, seen) => gap.mark !== null && seen > gap.mark + BigInt(LONGEST_INSERT),
  async confirm(database, gaps) {
    const { messages } = database.names
    for (const { from, to } of gaps) {
      try {
        const sql = `select seq from ${messages} where seq between ? and ? for update nowait`
        const found = await database.rows(sql, [from, to])
        if (found.length > 0) return false
      } catch {
        return false
      }
    }
    return true
  },
}

/** Where one transaction writes at a time, numbers are committed in order. */
export const noGaps: DropGaps = {
  column: null,
  mark: async () => 0n,
  isClosed: () => true,
  confirm: async () => true,
}
