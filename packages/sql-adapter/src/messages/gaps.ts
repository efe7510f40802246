import type { MessageDatabase } from './database.js'
import type { Gap } from './gap-rules.js'
import type { Range } from './spelling.js'

/** The numbers below the last one read whose rows were not there. */
export class Gaps {
  private gaps: Gap[] = []

  constructor(private readonly database: MessageDatabase) {}

  get ranges(): readonly Range[] {
    return this.gaps.map(({ from, to }) => [from, to])
  }

  /** Below it nothing is missing. */
  lowest(): number | null {
    return this.gaps.length === 0 ? null : Math.min(...this.gaps.map(({ from }) => from))
  }

  clear(): void {
    this.gaps = []
  }

  /** A row came late. */
  filled(number: number): void {
    const index = this.gaps.findIndex(({ from, to }) => from <= number && number <= to)
    const gap = this.gaps[index]
    if (gap === undefined) return
    const left = [
      { ...gap, to: number - 1 },
      { ...gap, from: number + 1 },
    ]
    this.gaps.splice(index, 1, ...left.filter(({ from, to }) => from <= to))
  }

  /** Gives up what nobody can fill any more, by what a read saw that did not find it. */
  async close(seen: bigint): Promise<void> {
    const { dropGaps } = this.database.spelling
    const closed = this.gaps.filter((gap) => dropGaps.isClosed(gap, seen))
    if (closed.length === 0 || !(await dropGaps.confirm(this.database, closed))) return
    this.gaps = this.gaps.filter((gap) => !closed.includes(gap))
  }

  /** Numbers that a read has passed over. */
  async open(ranges: readonly Range[]): Promise<void> {
    if (ranges.length === 0) return
    const mark = await this.database.spelling.dropGaps.mark(this.database)
    for (const [from, to] of ranges) this.gaps.push({ from, to, mark })
  }
}
