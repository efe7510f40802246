import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type Contender, keyOf, type Stand } from '../contender.js'
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

/** A contender and how it is called. */
export interface Turn {
  readonly contender: Contender
  /** Arrivals per second; without it each caller calls again as soon as it is answered. */
  readonly perSecond?: number
}

/** Every contender once a round, each round beginning with another one; samples by contender, one per round. */
export async function interleave(
  turns: readonly Turn[],
  options: RoundOptions,
): Promise<Map<string, readonly Sample[]>> {
  const samples = new Map<string, Sample[]>(turns.map(({ contender }) => [keyOf(contender), []]))
  for (let round = 0; round < options.rounds; round++) {
    for (let turn = 0; turn < turns.length; turn++) {
      const { contender, perSecond } = turns[(round + turn) % turns.length] as Turn
      if (round >= roundsOf(contender, options)) continue
      const arrivals = perSecond === undefined ? '' : `, ${Math.round(perSecond)} arrivals/s`
      options.onStep(`round ${round + 1} of ${options.rounds}: ${keyOf(contender)}${arrivals}`)
      samples.get(keyOf(contender))?.push(await measure(contender, options, loopOf(perSecond)))
    }
  }
  for (const { contender } of turns) await named(contender, async () => contender.checkAtEnd?.())
  return new Map(samples)
}

/** How many rounds it takes part in. */
export function roundsOf(
  { mostRounds = Number.POSITIVE_INFINITY }: Contender,
  { rounds }: { readonly rounds: number },
) {
  return Math.min(rounds, mostRounds)
}

type Loop = (stand: Stand, seconds: number) => Promise<LoopResult>

function loopOf(perSecond: number | undefined): Loop {
  return perSecond === undefined ? closedLoop : (stand, seconds) => openLoop(stand, perSecond, seconds)
}

function measure(contender: Contender, options: RoundOptions, loop: Loop): Promise<Sample> {
  const { timeShare = 1 } = contender
  return named(contender, async () => {
    const stand = await contender.open()
    try {
      // In full, whatever part of the time is measured: code that is not warm yet is several times slower.
      if (options.warmupSeconds > 0) await closedLoop(stand, options.warmupSeconds)
      await stand.warm?.()
      collectGarbage()
      const { rate, latencies, ranOut } = await loop(stand, options.seconds * timeShare)
      // With little stored beforehand, what is to be settled may be used up by then.
      if (rate === 0 && ranOut !== true) throw new LawBroken('nothing was done in the time that was measured')
      await stand.checkLaws()
      if (stand.latency === false) return { rate, p50ms: null, p99ms: null }
      return { rate, p50ms: latencies.percentile(50), p99ms: latencies.percentile(99) }
    } finally {
      await stand.close()
    }
  })
}

/** A broken law is told with the name of who broke it. */
async function named<Result>(contender: Contender, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof LawBroken) throw new LawBroken(`${keyOf(contender)}: ${error.message}`)
    throw error
  }
}
