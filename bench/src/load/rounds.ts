import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type Contender, keyOf, type OpenLoop, type Stand } from '../contender.js'
import { LawBroken } from '../law-broken.js'
import { closedLoop, type LoopResult } from './closed-loop.js'
import { openLoop } from './open-loop.js'

export interface RoundOptions {
  readonly rounds: number
  /** Measured time of one contender in one round. */
  readonly seconds: number
  readonly warmupSeconds: number
  /** Told before each measurement. */
  readonly onStep: (what: string) => void
}

export interface Sample {
  readonly rate: number
  readonly p50ms: number | null
  readonly p99ms: number | null
}

// What one contender left behind must not be collected on the next one's time.
setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** Every contender once a round, each round beginning with another one; samples by contender, one per round. */
export async function interleave(
  contenders: readonly Contender[],
  options: RoundOptions,
): Promise<ReadonlyMap<string, readonly Sample[]>> {
  const samples = new Map<string, Sample[]>(contenders.map((contender) => [keyOf(contender), []]))
  for (let round = 0; round < options.rounds; round++) {
    for (let turn = 0; turn < contenders.length; turn++) {
      const contender = contenders[(round + turn) % contenders.length] as Contender
      options.onStep(`round ${round + 1} of ${options.rounds}: ${keyOf(contender)}`)
      const sample = await measure(contender, options.warmupSeconds, (stand) =>
        closedLoop(stand, options.seconds),
      )
      samples.get(keyOf(contender))?.push(sample)
    }
  }
  return samples
}

/** As many rounds of one contender under arrivals at a fixed rate. */
export async function measureOpenLoop(
  { contender }: OpenLoop,
  perSecond: number,
  options: RoundOptions,
): Promise<readonly Sample[]> {
  const samples: Sample[] = []
  for (let round = 0; round < options.rounds; round++) {
    options.onStep(
      `round ${round + 1} of ${options.rounds}: ${keyOf(contender)}, ${Math.round(perSecond)} arrivals/s`,
    )
    const run = (stand: Stand) => openLoop(stand, perSecond, options.seconds)
    samples.push(await measure(contender, options.warmupSeconds, run))
  }
  return samples
}

async function measure(
  contender: Contender,
  warmupSeconds: number,
  run: (stand: Stand) => Promise<LoopResult>,
): Promise<Sample> {
  const stand = await contender.open()
  try {
    if (warmupSeconds > 0) await closedLoop(stand, warmupSeconds)
    collectGarbage()
    const { rate, latencies } = await run(stand)
    await stand.checkLaws()
    if (stand.latency === false) return { rate, p50ms: null, p99ms: null }
    return { rate, p50ms: latencies.percentile(50), p99ms: latencies.percentile(99) }
  } catch (error) {
    if (error instanceof LawBroken) throw new LawBroken(`${keyOf(contender)}: ${error.message}`)
    throw error
  } finally {
    await stand.close()
  }
}
