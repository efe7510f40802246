import type { AccountKey } from '@holdfast/core/adapter'
import type { ChangedOwed } from '../dialects/work.js'

interface Entry {
  readonly account: AccountKey
  readonly id: string
  readonly stored: boolean
  /** Place among those owed units of the account; `null`: owed nothing any more. */
  position: number | null
  isChanged: boolean
}

/** Who is owed units past stock, by account, those owed longest first. */
export class TouchedOwed {
  private readonly byAccount = new Map<string, Map<string, Entry>>()

  load(account: AccountKey, id: string, position: number): void {
    const entries = this.entriesOf(account)
    if (!entries.has(id)) entries.set(id, { account, id, stored: true, position, isChanged: false })
  }

  /** A line of the reservation came to be owed units (`position` is its place), or is owed none any more (`null`). */
  put(account: AccountKey, id: string, position: number | null): void {
    const entries = this.entriesOf(account)
    const before = entries.get(id)
    // One that was not loaded is stored if it ends to be owed, and new if it begins to.
    const stored = before?.stored ?? position === null
    // Whoever comes to be owed again goes to the end.
    entries.delete(id)
    entries.set(id, { account, id, stored, position, isChanged: true })
  }

  ids(account: AccountKey, limit: number): readonly string[] {
    const ids: string[] = []
    for (const { id, position } of this.entriesOf(account).values()) {
      if (ids.length === limit) break
      if (position !== null) ids.push(id)
    }
    return ids
  }

  changed(): readonly ChangedOwed[] {
    const changed: ChangedOwed[] = []
    for (const entries of this.byAccount.values()) {
      for (const entry of entries.values()) {
        if (entry.isChanged && (entry.stored || entry.position !== null)) changed.push(entry)
      }
    }
    return changed
  }

  private entriesOf({ sku, pool }: AccountKey): Map<string, Entry> {
    const key = JSON.stringify([sku, pool])
    let entries = this.byAccount.get(key)
    if (entries === undefined) {
      entries = new Map()
      this.byAccount.set(key, entries)
    }
    return entries
  }
}
