import type { Entry } from './entry.js'
import type { Flight } from './flight.js'

/**
 * Keeps commands of one key in order, across lanes and batches: each entry knows the one before it of the same key.
 * One map of the newest live entry per key serves both rules (no overtaking in the queue, none in flight).
 */
export class KeyOrder {
  private readonly newest = new Map<string, Entry>()

  /** Keys of which a command is queued or with the store. */
  get size(): number {
    return this.newest.size
  }

  enter(entry: Entry): void {
    if (entry.key === null) return
    const before = this.newest.get(entry.key)
    if (before !== undefined) {
      entry.after = before
      before.followed = true
    }
    this.newest.set(entry.key, entry)
  }

  /**
   * The entry is finished, or leaves the queue unsent: whoever comes next follows what is left before it. Entries of one
   * key and batch may finish in any order, when the later one alone is refused or its caller gives up.
   */
  leave(entry: Entry, standing: 'finished' | 'dropped'): void {
    entry.standing = standing
    if (entry.key === null || entry.followed) return
    const before = waitedFor(entry)
    if (before === null) {
      this.newest.delete(entry.key)
    } else {
      before.followed = false
      this.newest.set(entry.key, before)
    }
  }
}

/** Whether the entry may go into this batch: none of its key is queued before it or in another batch in flight. */
export function mayJoin(entry: Entry, flight: Flight): boolean {
  if (entry.after === null) return true
  const before = waitedFor(entry)
  entry.after = before
  return before === null || before.flight === flight
}

function waitedFor(entry: Entry): Entry | null {
  let before = entry.after
  while (before !== null && (before.standing === 'dropped' || before.standing === 'finished'))
    before = before.after
  return before
}
