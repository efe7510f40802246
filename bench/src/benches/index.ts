import { InvalidArgumentError } from 'commander'
import { CannotRun } from '../cannot-run.js'
import type { OpenBench } from '../contender.js'
import { sqliteIsInstalled } from '../sqlite/is-installed.js'

/** Every bench by its name on the command line: one file each, loaded when asked for. */
const offered = {
  core: () => import('./core.js'),
  sqlite: async () => {
    if (!sqliteIsInstalled()) throw new CannotRun('better-sqlite3 could not be built on this machine')
    return import('./sqlite.js')
  },
  sql: () => import('./sql.js'),
  redis: () => import('./redis.js'),
  relay: () => import('./relay.js'),
} satisfies Benches

/** For the tests alone. */
const hidden = { planted: () => import('./planted.js') } satisfies Benches

export const benches = { ...offered, ...hidden }

export type BenchName = keyof typeof benches

export const offeredNames = Object.keys(offered)

type Benches = Record<string, () => Promise<{ readonly default: OpenBench }>>

export function benchName(text: string): BenchName {
  if (Object.hasOwn(benches, text)) return text as BenchName
  throw new InvalidArgumentError(`must be one of ${offeredNames.join(', ')}`)
}
