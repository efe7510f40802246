import { inByteOrder } from '@holdfast/core/adapter'

/** The first deadlines in the store, whosever they are: which holds are due is told by them before any order is read. */
export class Deadlines {
  private readonly dueAt = new Map<string, number>()

  load(id: string, dueAt: number): void {
    this.dueAt.set(id, dueAt)
  }

  /** To be loaded anew. */
  clear(): void {
    this.dueAt.clear()
  }

  /** Of the holds that are due the first `limit`, the longest due first; of those due at one instant their ids decide. */
  due(now: number, limit: number): readonly string[] {
    return firstDue(
      [...this.dueAt].filter(([, dueAt]) => dueAt <= now),
      limit,
    )
  }

  /**
   * The last instant that was loaded, where more holds may be due then and some of them are among the first `limit`: a
   * batch grants many holds for one instant. `null`: those that were loaded tell.
   *
   * @param asked how many of those that are due were asked for
   */
  tie(now: number, limit: number, asked: number): { readonly at: number; readonly limit: number } | null {
    const passed = [...this.dueAt.values()].filter((dueAt) => dueAt <= now)
    if (passed.length < asked) return null
    const at = passed.reduce((latest, dueAt) => Math.max(latest, dueAt))
    const before = passed.filter((dueAt) => dueAt < at).length
    return before >= limit ? null : { at, limit: limit - before }
  }

  /** The first deadline of whoever is not known. */
  next(isKnown: (id: string) => boolean): number | null {
    let next: number | null = null
    for (const [id, dueAt] of this.dueAt) {
      if (!isKnown(id) && (next === null || dueAt < next)) next = dueAt
    }
    return next
  }
}

/** The ids of the first `limit` by their deadlines, of those at one instant by themselves. Sorts what it is given. */
export function firstDue(due: [id: string, dueAt: number][], limit: number): readonly string[] {
  due.sort(([one, dueAt], [other, otherDueAt]) => dueAt - otherDueAt || inByteOrder(one, other))
  return due.slice(0, limit).map(([id]) => id)
}
