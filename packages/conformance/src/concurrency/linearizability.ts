import { isDeepStrictEqual } from 'node:util'
import type { Reference } from '../reference/reference.js'
import type { VisibleState } from '../reference/visible-state.js'
import type { Operation } from './operation.js'
import { independentGroups, onlyNamed, touchedBy } from './touched.js'

/** What a history is checked against. */
export interface Claim {
  /** What stood before the first call. It is not changed. */
  readonly before: Reference
  readonly operations: readonly Operation[]
  /** What stands after the last call, if that is known. */
  readonly after: VisibleState | null
  /** The store's clock when `after` was read. */
  readonly now: number
}

export type Verdict =
  | { readonly linearizable: true }
  /** `stuck`: the longest beginning of an order that explains the answers, as positions in `operations`. */
  | {
      readonly linearizable: false
      readonly group: readonly Operation[]
      readonly stuck: readonly Operation[]
    }

/** Positions tried before the search gives up: far more than ten concurrent calls can need. */
const MOST_POSITIONS = 500_000

/**
 * Whether there is an order of the calls, each somewhere between its beginning and its end, in which the rules give
 * the very answers that were given and lead to the state that was found. Calls that touch nothing in common are
 * checked apart, so that ten concurrent calls on each of many accounts cost no more than ten on one.
 * @throws Error if the search would take too long: that is no verdict
 */
export function checkLinearizable(claim: Claim): Verdict {
  const { before, operations } = claim
  const groups = independentGroups(operations, ({ commands }) => touchedBy(commands, before.partition))
  for (const { members, names } of groups) {
    const sorted = [...members].sort((one, other) => one.invoked - other.invoked)
    const after = claim.after === null ? null : onlyNamed(claim.after, names)
    const search = new Search(sorted, (state) => {
      return (
        after === null || isDeepStrictEqual(plain(onlyNamed(state.visible(claim.now), names)), plain(after))
      )
    })
    if (!search.from(before.copy(), 0n)) return { linearizable: false, group: sorted, stuck: search.longest }
  }
  return { linearizable: true }
}

/** Wing and Gong's search with Lowe's memory: a set of calls that led to a state once leads nowhere new again. */
class Search {
  longest: readonly Operation[] = []
  private readonly path: Operation[] = []
  private readonly seen = new Set<string>()

  constructor(
    private readonly operations: readonly Operation[],
    private readonly isEnd: (state: Reference) => boolean,
  ) {}

  from(state: Reference, done: bigint): boolean {
    const left = this.operations.filter((_, index) => (done & (1n << BigInt(index))) === 0n)
    if (left.every(({ completed }) => completed === null) && this.isEnd(state)) return true
    if (this.isSeen(state, done)) return false
    const firstEnd = Math.min(...left.map(({ completed }) => completed ?? Number.POSITIVE_INFINITY))
    for (const [index, operation] of this.operations.entries()) {
      const bit = 1n << BigInt(index)
      // Whatever began after another call had ended comes after it.
      if ((done & bit) !== 0n || operation.invoked > firstEnd) continue
      const next = state.copy()
      const outcomes = next.apply(operation.commands, operation.now)
      if (operation.outcomes !== null && !isDeepStrictEqual(plain(outcomes), plain(operation.outcomes)))
        continue
      this.path.push(operation)
      if (this.path.length > this.longest.length) this.longest = [...this.path]
      if (this.from(next, done | bit)) return true
      this.path.pop()
    }
    return false
  }

  private isSeen(state: Reference, done: bigint): boolean {
    const position = `${done.toString(36)} ${state.identity()}`
    if (this.seen.has(position)) return true
    this.seen.add(position)
    if (this.seen.size > MOST_POSITIONS)
      throw new Error(`no verdict on ${this.operations.length} calls after ${MOST_POSITIONS} positions`)
    return false
  }
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}
