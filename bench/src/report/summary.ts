import {
  type Bench,
  type Contender,
  type ContenderName,
  type Engine,
  type Figure,
  keyOf,
  type LatencyRatio,
  type Ratio,
} from '../contender.js'
import type { Sample } from '../load/rounds.js'
import type { Machine } from './machine.js'

/** One contender's line. Figures in its unit; latencies are the medians of the rounds' percentiles. */
export interface Result {
  readonly engine: Engine
  readonly name: string
  readonly unit: string
  readonly median: number
  readonly min: number
  readonly max: number
  readonly p50ms: number | null
  readonly p99ms: number | null
}

/** The document that `--json` prints. */
export interface Summary {
  readonly bench: string
  readonly machine: Machine
  readonly results: readonly Result[]
  readonly ratios: Readonly<Record<string, number>>
}

export type Samples = ReadonlyMap<string, readonly Sample[]>

function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

export function resultOf(
  contender: Pick<Contender, 'engine' | 'name' | 'unit'>,
  samples: readonly Sample[],
): Result {
  const rates = samples.map(({ rate }) => rate)
  const { engine, name, unit } = contender
  return {
    engine,
    name,
    unit,
    median: rounded(median(rates), 1),
    min: rounded(Math.min(...rates), 1),
    max: rounded(Math.max(...rates), 1),
    p50ms: medianLatency(samples.map(({ p50ms }) => p50ms)),
    p99ms: medianLatency(samples.map(({ p99ms }) => p99ms)),
  }
}

/** A figure that was taken once. */
export function asResult({ engine, name, unit, value }: Figure): Result {
  const told = rounded(value, 1)
  return { engine, name, unit, median: told, min: told, max: told, p50ms: null, p99ms: null }
}

/** `sqlite coalesced/textbook`, or with both engines where they differ. */
export function ratioKey({ over, under }: Pick<Ratio, 'over' | 'under'>): string {
  return `${keyOf(over)}/${over.engine === under.engine ? under.name : keyOf(under)}`
}

/** `sqlite coalesced p99/textbook p50`. */
export function latencyRatioKey({ over, at, under, to }: LatencyRatio): string {
  const withPercentile = ({ engine, name }: ContenderName, figure: 'p50ms' | 'p99ms') => ({
    engine,
    name: `${name} ${figure.slice(0, -2)}`,
  })
  return ratioKey({ over: withPercentile(over, at), under: withPercentile(under, to) })
}

/** The median of the ratios of each round; ratios of contenders that were left out are left out. */
export function ratiosOf(
  bench: Pick<Bench, 'ratios' | 'latencyRatios'>,
  samples: Samples,
): Record<string, number> {
  const ratios: Record<string, number> = {}
  const put = (key: string, over: readonly number[], under: readonly number[]) => {
    // Of the rounds that both took part in.
    const rounds = Math.min(over.length, under.length)
    if (rounds === 0) return
    const ofRounds = over.slice(0, rounds).map((figure, round) => figure / (under[round] as number))
    ratios[key] = rounded(median(ofRounds), 3)
  }
  for (const ratio of bench.ratios) {
    put(ratioKey(ratio), figuresOf(samples, ratio.over, 'rate'), figuresOf(samples, ratio.under, 'rate'))
  }
  for (const ratio of bench.latencyRatios) {
    const { over, at, under, to } = ratio
    put(latencyRatioKey(ratio), figuresOf(samples, over, at), figuresOf(samples, under, to))
  }
  return ratios
}

function figuresOf(samples: Samples, name: ContenderName, figure: keyof Sample): readonly number[] {
  return (samples.get(keyOf(name)) ?? []).flatMap((sample) => sample[figure] ?? [])
}

function medianLatency(latencies: readonly (number | null)[]): number | null {
  const known = latencies.filter((latency) => latency !== null)
  return known.length === 0 ? null : rounded(median(known), 3)
}

function rounded(figure: number, digits: number): number {
  return Number(figure.toFixed(digits))
}
