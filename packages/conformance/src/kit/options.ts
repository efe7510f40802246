import type { Capabilities, StoreClock } from '@holdfast/core/adapter'

/**
 * What a test runner hands the kit: those of vitest, `node:test`, Jest or Mocha will do. The kit opens and closes a
 * store in every test itself, so that it needs no hooks.
 */
export interface TestFunctions {
  readonly describe: (name: string, define: () => void) => unknown
  /** `run` may be given a context with `skip` (vitest, `node:test`); `timeout` is in ms. */
  readonly it: (name: string, run: (...context: unknown[]) => Promise<void>, timeout?: number) => unknown
}

/** What the kit may ask of a store. What is not declared is not tested, and the run says so. */
export interface DeclaredCapabilities extends Capabilities {
  /** `create` gives `clients`. */
  readonly clients: boolean
  /** `create` gives `restart`. */
  readonly restart: boolean
  /** The store is one bucket of a store that spreads SKUs: it takes names longer than a shop's own; absent: it is none. */
  readonly buckets?: boolean
}

/** A fresh, empty store. */
export interface StoreUnderTest<Store> {
  readonly store: Store
  /** Further clients of the same store: over other connections, as other processes have. */
  readonly clients?: readonly Store[]
  /** Ends the store's process without a farewell, starts it again, and gives the store to go on with. The kit closes it. */
  restart?(): Promise<Store>
  /** Closes `store` and `clients`, and drops what was stored. */
  close(): Promise<void>
}

/**
 * - `quick`: about two seconds on a store in memory. After a failure the rest is reported as not run.
 * - `full`: the same cases, and many more runs of the generated ones; at most a minute on a store in memory.
 */
export type Profile = 'quick' | 'full'

export interface KitOptions<Store> extends TestFunctions {
  /** The store's time is `clock.now()`, ms since the epoch, and nothing else. */
  create(setting: { readonly clock: StoreClock }): Promise<StoreUnderTest<Store>>
  readonly capabilities: DeclaredCapabilities
  readonly profile: Profile
  /** Runs of each generated test; the profile's if absent. */
  readonly runs?: number
  /** Seed of the generated tests, a 32-bit integer; another one each time if absent. */
  readonly seed?: number
  /** Told what was declined; writes to standard output if absent. */
  readonly report?: (line: string) => void
}
