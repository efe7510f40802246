import type { OpenBench } from '../contender.js'

/** Every bench by its name on the command line: one file each, loaded when asked for. */
export const benches = {
  core: () => import('./core.js'),
  sqlite: () => import('./sqlite.js'),
} satisfies Record<string, () => Promise<{ readonly default: OpenBench }>>

export type BenchName = keyof typeof benches
