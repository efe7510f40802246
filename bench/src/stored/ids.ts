import { createHash } from 'node:crypto'
import { v4 as randomId, v7 as timeOrderedId } from 'uuid'

/** How orders are named: as the desk does it, or as a caller might. */
export type IdKind = 'minted by the desk' | 'random'

/** Ids minted within one millisecond, as many as a busy desk mints. */
const PER_MS = 30

/** The id of the order at `index` of a load that began at `at` (ms): the same whenever it is asked for. */
export function idAt(kind: IdKind, index: number, at: number): string {
  const random = createHash('sha256').update(`order ${index}`).digest().subarray(0, 16)
  if (kind === 'random') return randomId({ random })
  return timeOrderedId({ msecs: at + Math.floor(index / PER_MS), seq: index, random })
}
