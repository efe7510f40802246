import { build, type Histogram } from 'hdr-histogram-js'

const MICROSECONDS = 1000

/** Latencies with three significant digits, up to ten minutes. */
export class Latencies {
  readonly #histogram: Histogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 10 * 60 * 1000 * MICROSECONDS,
    numberOfSignificantValueDigits: 3,
    useWebAssembly: false,
  })

  record(ms: number): void {
    this.#histogram.recordValue(Math.max(1, Math.round(ms * MICROSECONDS)))
  }

  /** In ms. */
  percentile(p: number): number {
    return this.#histogram.getValueAtPercentile(p) / MICROSECONDS
  }
}
