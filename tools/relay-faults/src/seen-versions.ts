/** Versions of things, from 1, as they were met: every one of each key, in order and once, is due. */
export class SeenVersions {
  private readonly seen = new Map<string, Set<number>>()
  /** Met before. */
  repeated = 0
  /** Met first behind a later one of their key. */
  disordered = 0

  add(key: string, version: number): void {
    const before = this.seen.get(key) ?? new Set<number>()
    this.seen.set(key, before)
    if (before.has(version)) this.repeated++
    else if (version !== before.size + 1) this.disordered++
    before.add(version)
  }

  /** How many were written, and how many of them were never met. */
  of(things: readonly { readonly key: string; readonly version: number }[]) {
    const written = things.reduce((sum, { version }) => sum + version, 0)
    const found = things.reduce((sum, { key }) => sum + (this.seen.get(key)?.size ?? 0), 0)
    return { written, missing: written - found }
  }
}
