import {
  type Duration,
  durationSchema,
  HoldfastError,
  idFault,
  parseUnder,
  type StoreClock,
} from '@holdfast/core/adapter'

/** What an acknowledged batch survives. */
export type Durability = 'memory' | 'aof' | { readonly replicas: number }

export interface RedisStoreOptions {
  /**
   * - `memory`: as much as the server's own settings keep; what is lost shows in the epoch. The default.
   * - `aof`: the server syncs every write before it answers (`appendfsync always`)
   * - `{ replicas: n }`: so many replicas have it; fewer in time is `unknown`
   */
  readonly durability?: Durability | undefined
  /** Begins all keys: `holdfast:` if absent. Holds no brace. */
  readonly keyPrefix?: string | undefined
  /**
   * Spreads everything over so many partitions, each of which alone is atomic: for a cluster, whose nodes share them.
   * For good: an account, a limit and an order lie where this number says. One partition if absent.
   */
  readonly partitions?: number | undefined
  /**
   * SKUs so hot that one node could not sell them: their units are spread over all partitions, in buckets. For good, as
   * `partitions` is. None if absent.
   */
  readonly spread?: readonly string[] | undefined
  /** Entries of the outbox from which on reserves are answered `outbox-full`: 100,000 if absent. */
  readonly maxUnrelayed?: number | undefined
  /**
   * How long the id of an ended order, or of a movement, is remembered: 30 days if absent. Longer than any call's deadline. What
   * was sold is never forgotten unless a ledger has it.
   */
  readonly retention?: Duration | undefined
  /** A clock that the caller moves, for tests; the server's if absent. */
  readonly clock?: VirtualClock | undefined
}

/** A clock of the caller's own, ms since the epoch. For tests: in a shop the server tells the time. */
export interface VirtualClock extends StoreClock {
  readonly kind: 'virtual'
}

export interface CheckedOptions {
  readonly durability: Durability
  readonly keyPrefix: string
  readonly partitions: number | null
  readonly spread: readonly string[]
  readonly maxUnrelayed: number
  readonly retentionMs: number
  readonly clock: VirtualClock | null
}

/** Their names have three digits. */
const MOST_PARTITIONS = 1_000

/** @throws HoldfastError `invalid-argument` with the option's path */
export function checkOptions(options: RedisStoreOptions): CheckedOptions {
  const { durability = 'memory', keyPrefix = 'holdfast:', maxUnrelayed = 100_000 } = options
  const { partitions = null, spread = [], retention = { days: 30 }, clock = null } = options
  if (typeof keyPrefix !== 'string' || /[{}]/.test(keyPrefix))
    throw invalid('options.keyPrefix', 'must be a text without braces')
  if (partitions !== null && !(isCount(partitions) && partitions <= MOST_PARTITIONS))
    throw invalid('options.partitions', `must be a whole number from 1 to ${MOST_PARTITIONS}`)
  if (!Array.isArray(spread)) throw invalid('options.spread', 'must be a list of SKUs')
  for (const [index, sku] of spread.entries()) {
    const fault = idFault(sku)
    if (fault !== null) throw invalid(`options.spread[${index}]`, fault)
  }
  if (spread.length > 0 && partitions === null)
    throw invalid('options.spread', 'needs partitions to spread over')
  if (!isCount(maxUnrelayed)) throw invalid('options.maxUnrelayed', 'must be a whole number above 0')
  if (durability !== 'memory' && durability !== 'aof' && !isCount(durability?.replicas))
    throw invalid('options.durability', "must be 'memory', 'aof' or { replicas: 1 } or more")
  const retentionMs = parseUnder(durationSchema, retention, 'options.retention')
  return { durability, keyPrefix, partitions, spread: [...spread], maxUnrelayed, retentionMs, clock }
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) > 0
}

function invalid(path: string, message: string): HoldfastError {
  return new HoldfastError('invalid-argument', `${path}: ${message}`, { path })
}
