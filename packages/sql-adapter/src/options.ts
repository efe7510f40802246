import { type Duration, durationSchema, parseUnder, type StoreClock } from '@holdfast/core/adapter'

export interface SqlStoreOptions {
  /** Begins the names of all tables: `holdfast_` if absent. */
  readonly tablePrefix?: string | undefined
  /** How long the id of an ended order is remembered: 30 days if absent. */
  readonly retention?: Duration | undefined
  /** A clock that the caller moves, for tests; the database's if absent. */
  readonly clock?: VirtualClock | undefined
}

/** A clock of the caller's own, ms since the epoch. For tests: in a shop the database tells the time. */
export interface VirtualClock extends StoreClock {
  readonly kind: 'virtual'
}

/** @throws HoldfastError `invalid-argument` with the option's path */
export function retentionOf({ retention = { days: 30 } }: SqlStoreOptions): number {
  return parseUnder(durationSchema, retention, 'options.retention')
}
