import type { Entry } from './entry.js'
import type { Flight } from './flight.js'

/**
 * Keeps commands of one key in order, across lanes and batches: each entry knows the one before it of the same key.
 * One map of the newest live entry per key serves both rules (no overtaking in the queue, none in flight).
 *
 * The map holds numbers of places, not the entries themselves: a map that many keys pass through grows anew again and
 * again, and V8 links each table to the next, so that the first one to become old makes all that follow old, with
 * every entry, command and promise in them. It cost half of an order's time on the store in memory.
 */
export class KeyOrder {
  private readonly newest = new Map<string, number>()
  private readonly places: (Entry | null)[] = []
  private readonly freePlaces: number[] = []

  /** Keys of which a command is queued or with the store. */
  get size(): number {
    return this.newest.size
  }

  enter(entry: Entry): void {
    if (entry.key === null) return
    const place = this.newest.get(entry.key)
    if (place === undefined) {
      this.newest.set(entry.key, this.occupy(entry))
      return
    }
    const before = this.places[place] as Entry
    entry.after = before
    before.followed = true
    this.places[place] = entry
  }

  /**
   * The entry is finished, or leaves the queue unsent: whoever comes next follows what is left before it. Entries of one
   * key and batch may finish in any order, when the later one alone is refused or its caller gives up.
   */
  leave(entry: Entry, standing: 'finished' | 'dropped'): void {
    entry.standing = standing
    if (entry.key === null || entry.followed) return
    const before = waitedFor(entry)
    const place = this.newest.get(entry.key) as number
    this.places[place] = before
    if (before !== null) {
      before.followed = false
      return
    }
    this.newest.delete(entry.key)
    this.freePlaces.push(place)
  }

  private occupy(entry: Entry): number {
    const place = this.freePlaces.pop() ?? this.places.length
    this.places[place] = entry
    return place
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
