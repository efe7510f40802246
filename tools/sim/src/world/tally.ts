/** How often what happened: shows that a run was no empty one. */
export class Tally {
  private readonly counts = new Map<string, Map<string, number>>()

  count(group: string, name: string, times = 1): void {
    let names = this.counts.get(group)
    if (names === undefined) {
      names = new Map()
      this.counts.set(group, names)
    }
    names.set(name, (names.get(name) ?? 0) + times)
  }

  /** What was counted in a group, the most frequent first. */
  of(group: string): readonly (readonly [name: string, times: number])[] {
    return [...(this.counts.get(group) ?? [])].sort(([, one], [, other]) => other - one)
  }

  total(group: string): number {
    return this.of(group).reduce((sum, [, times]) => sum + times, 0)
  }

  add(other: Tally): void {
    for (const [group, names] of other.counts)
      for (const [name, times] of names) this.count(group, name, times)
  }
}
