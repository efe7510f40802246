import type { Profile } from './options.js'

/** How much of the generated tests a profile runs. */
export interface ProfileFigures {
  /** Histories of the model check, and most batches in one. */
  readonly histories: number
  readonly steps: number
  /** Histories with faults. */
  readonly faultyHistories: number
  /** Rounds of every race, and generated races. */
  readonly rounds: number
  readonly races: number
  /** After a failure the rest is not run. */
  readonly stopsAtFailure: boolean
}

/** Chosen so that a store in memory takes about 2 s (`quick`) and well under 60 s (`full`). */
export const PROFILES: Readonly<Record<Profile, ProfileFigures>> = {
  quick: { histories: 60, steps: 20, faultyHistories: 30, rounds: 2, races: 20, stopsAtFailure: true },
  full: { histories: 1_500, steps: 40, faultyHistories: 600, rounds: 20, races: 500, stopsAtFailure: false },
}
