export type Engine =
  | 'core'
  | 'memory'
  | 'sqlite'
  | 'postgres'
  | 'mariadb'
  | 'redis'
  | 'redis-cluster'
  | 'redis-postgres'
  | 'kafka'
  | 'kafka-platformatic'

/** One way to do the work. Contenders of one bench are measured in turns, round after round. */
export interface Contender {
  readonly engine: Engine
  /** A variant stands in brackets: `coalesced (sold out)`. */
  readonly name: string
  /** What is counted, for example `orders/s`. */
  readonly unit: string
  /** Part of a turn's measured time that is enough for a figure beside the point: 1 if absent. */
  readonly timeShare?: number
  /** Takes part in so many rounds only, where a turn is long. */
  readonly mostRounds?: number
  /** Sets the contender up for one round, with fresh contents unless the name says otherwise. */
  open(): Promise<Stand>
  /** What is too much to be checked after each turn: once, after the last round. Throws `LawBroken`. */
  checkAtEnd?(): Promise<void>
  /** Gives back what was kept from round to round. */
  close?(): Promise<void>
}

/** A contender that is set up and can be called. */
export interface Stand {
  /** How many calls are kept under way at any time. */
  readonly callers: number
  /**
   * One call; answers how much of it counts: orders granted, rows sent. `null`: nothing is left to do.
   *
   * @param begins told where the latency begins later than the call
   */
  call(begins?: () => void): Promise<number | null> | number | null
  /** Called when the warm-up is over. */
  warm?(): Promise<void>
  /** Throws `LawBroken` when units were lost or made, or an answer was not the one due. */
  checkLaws(): Promise<void>
  close(): Promise<void>
  /** `false` where a call is a batch, so that its latency says nothing about one order. Default `true`. */
  readonly latency?: boolean
}

/** `name` of `engine` divided by another contender, each median taken over the ratios of single rounds. */
export interface Ratio {
  readonly over: ContenderName
  readonly under: ContenderName
  /** The bars: what must not be lost and what is aimed at. */
  readonly hold?: number
  readonly aim?: number
}

/** A percentile of one contender's latency ÷ one of another's, taken over the ratios of single rounds. */
export interface LatencyRatio {
  readonly over: ContenderName
  readonly at: 'p50ms' | 'p99ms'
  readonly under: ContenderName
  readonly to: 'p50ms' | 'p99ms'
  /** The bar. */
  readonly atMost: number
}

export interface ContenderName {
  readonly engine: Engine
  readonly name: string
}

/** A bar on a contender's own figure, in its unit. */
export interface Bar {
  readonly of: ContenderName
  readonly hold: number
  readonly aim: number
}

/** A fixed rate of arrivals for one contender, in a second; or set from what another one reached. */
export type OpenLoop = { readonly contender: Contender } & (
  | { readonly perSecond: number }
  | {
      readonly rateOf: ContenderName
      /** Arrivals per second ÷ the median of `rateOf`. */
      readonly times: number
    }
)

/** A figure that is no rate, taken once: bytes. */
export interface Figure extends ContenderName {
  readonly unit: string
  readonly value: number
}

export interface Bench {
  readonly contenders: readonly Contender[]
  readonly ratios: readonly Ratio[]
  readonly latencyRatios: readonly LatencyRatio[]
  readonly bars: readonly Bar[]
  readonly openLoops: readonly OpenLoop[]
  /** Taken after the rounds, of all of them. */
  readonly figures?: () => Promise<readonly Figure[]>
  /** Versions of servers, engines and drivers, by name. */
  readonly versions: Readonly<Record<string, string>>
  /** Stops what the bench started. */
  close(): Promise<void>
}

export interface BenchOptions {
  /** A folder of this run's own for files; removed afterwards. */
  readonly folder: string
  /** Part of what is to be stored beforehand that is stored: 1, or less for a quick look. */
  readonly scale: number
}

/** What each file in `benches/` exports by default. */
export type OpenBench = (options: BenchOptions) => Promise<Bench>

/** The same key in ratios and tables: `sqlite coalesced`. */
export function keyOf({ engine, name }: ContenderName): string {
  return `${engine} ${name}`
}
