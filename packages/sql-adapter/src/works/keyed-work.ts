import { LoadedSet } from '../batch/loaded-set.js'
import type { Changes, Wanted, Work } from '../dialects/work.js'

/** A work that knows from its beginning all that it needs. */
export abstract class KeyedWork<Result> implements Work<Result> {
  readonly rows = new LoadedSet()
  readonly needsLock = true

  constructor(private wanted: Wanted | null) {}

  named(): Wanted | null {
    return this.wants()
  }

  wants(): Wanted | null {
    const { wanted } = this
    this.wanted = null
    return wanted
  }

  abstract decide(now: number): { readonly changes: Changes | null; readonly result: Result }
}
