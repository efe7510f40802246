import type { Failed } from './simulate.js'
import type { Tally } from './world/tally.js'

/** How replies come: at once, or late and out of order. */
export type Replies = 'prompt' | 'late'

export interface Replayed {
  readonly seed: number
  readonly steps: number
  readonly replies: Replies
  /** Partitions of the store. */
  readonly partitions: number
  /** SKUs in buckets. */
  readonly spread: readonly string[]
}

/** The command that lives through the same again. */
function replayOf({ seed, steps, replies, partitions, spread }: Replayed): string {
  const several = partitions === 1 ? '' : ` --partitions ${partitions}`
  const buckets = spread.length === 0 ? '' : ` --spread ${spread.join(' ')}`
  return `npm run sim -- --seed ${seed} --steps ${steps} --replies ${replies}${several}${buckets}`
}

/** What broke, where, what came before it, and how to see it again. */
export function failureReport(failed: Failed, run: Replayed): string {
  return [
    `law broken: ${failed.law}`,
    `seed ${run.seed}, replies ${run.replies}, step ${failed.step}`,
    failed.message,
    '',
    `the last ${failed.lastMoments.length} moments:`,
    ...failed.lastMoments.map((line) => `  ${line}`),
    '',
    `replay: ${replayOf(run)}`,
  ].join('\n')
}

const GROUPS = [
  'told',
  'errors',
  'outcomes',
  'batches',
  'faults',
  'processes',
  'work',
  'comparisons of everything',
  'orders compared with what was told',
] as const

/** Counts of all that happened, so that a reader sees that it was no empty run. */
export function tallyReport(tally: Tally): string {
  return GROUPS.flatMap((group) => {
    const names = tally.of(group).map(([name, times]) => `  ${String(times).padStart(10)}  ${name}`)
    return [`${group}: ${tally.total(group)}`, ...names]
  }).join('\n')
}
