import { SingleBar } from 'cli-progress'
import { type BenchName, benches } from './benches/index.js'
import { type Bench, type Contender, keyOf, type OpenLoop } from './contender.js'
import { interleave, type RoundOptions, roundsOf, type Turn } from './load/rounds.js'
import { describeMachine } from './report/machine.js'
import { asResult, type Result, ratiosOf, resultOf, type Summary } from './report/summary.js'
import { tablesOf } from './report/tables.js'

export interface RunOptions {
  readonly json: boolean
  readonly rounds: number
  readonly seconds: number
  readonly warmup: number
  /** Measure only contenders whose key is, or contains, one of these; `null` for all. */
  readonly only: readonly string[] | null
  readonly folder: string
  readonly scale: number
}

/** Runs one bench and prints it: tables, then with `json` one document as the last line of standard output. */
export async function runBench(name: BenchName, options: RunOptions): Promise<void> {
  const { default: open } = await benches[name]()
  const bench = await open(options)
  try {
    const summary = await measureBench(name, bench, options)
    process.stdout.write(`${tablesOf(bench, summary)}\n`)
    if (options.json) process.stdout.write(`${JSON.stringify(summary)}\n`)
  } finally {
    for (const contender of bench.contenders) await contender.close?.()
    await bench.close()
  }
}

async function measureBench(name: BenchName, bench: Bench, options: RunOptions): Promise<Summary> {
  const isWanted = wantedBy(options.only, bench)
  const contenders = bench.contenders.filter(isWanted)
  const openLoops = bench.openLoops.filter(({ contender }) => isWanted(contender))
  const progress = new SingleBar({
    format: `${name} [{bar}] {value}/{total} {step}`,
    noTTYOutput: true,
    notTTYSchedule: 5000,
  })
  const measured = [...contenders, ...openLoops.map(({ contender }) => contender)]
  const turns = measured.reduce((total, contender) => total + roundsOf(contender, options), 0)
  progress.start(turns, 0, { step: '' })
  let step = 0
  const { rounds, seconds, warmup: warmupSeconds } = options
  const roundOptions: RoundOptions = {
    rounds,
    seconds,
    warmupSeconds,
    onStep: (what) => progress.update(step++, { step: what }),
  }
  try {
    const samples = await interleave(
      contenders.map((contender) => ({ contender })),
      roundOptions,
    )
    const results = contenders.map((contender) => resultOf(contender, samples.get(keyOf(contender)) ?? []))
    const arriving = openLoops.flatMap((loop) => arrivingAt(loop, results))
    for (const [key, taken] of await interleave(arriving, roundOptions)) samples.set(key, taken)
    for (const { contender } of arriving)
      results.push(resultOf(contender, samples.get(keyOf(contender)) ?? []))
    // Nobody who looks at a few contenders wants to wait for them.
    if (options.only === null)
      for (const figure of (await bench.figures?.()) ?? []) results.push(asResult(figure))
    progress.update(step, { step: 'done' })
    return {
      ...{ bench: name, machine: describeMachine(bench.versions) },
      ...{ results, ratios: ratiosOf(bench, samples) },
    }
  } finally {
    progress.stop()
  }
}

/** None where what its rate follows from was not measured. */
function arrivingAt(loop: OpenLoop, results: readonly Result[]): readonly Turn[] {
  const { contender } = loop
  if ('perSecond' in loop) return [{ contender, perSecond: loop.perSecond }]
  const yardstick = results.find((result) => keyOf(result) === keyOf(loop.rateOf))
  return yardstick === undefined ? [] : [{ contender, perSecond: yardstick.median * loop.times }]
}

/** A text that is a contender's whole name means that one alone; else all whose name contains it. */
function wantedBy(
  only: RunOptions['only'],
  { contenders, openLoops }: Bench,
): (contender: Contender) => boolean {
  if (only === null) return () => true
  const keys = new Set([...contenders, ...openLoops.map(({ contender }) => contender)].map(keyOf))
  return (contender) => {
    const key = keyOf(contender)
    return only.some((text) => (keys.has(text) ? key === text : key.includes(text)))
  }
}
