import { SingleBar } from 'cli-progress'
import { Command, InvalidArgumentError, Option } from 'commander'
import { failureReport, type Replies, tallyReport } from './report.js'
import { simulate } from './simulate.js'
import { simulatedStore } from './simulated-store.js'
import { Tally } from './world/tally.js'

interface Options {
  readonly seed: number
  readonly seeds: number
  readonly steps: number
  readonly replies: Replies | 'both'
  readonly partitions: number
  readonly spread: readonly string[]
}

/** Steps from one line of a log to the next, where nobody watches a bar. */
const LOG_EVERY_MS = 10_000

const program = new Command('npm run sim --')
  .description(
    'Lives through a simulated shop: faults, crashes and time from one seed, the laws checked throughout.',
  )
  .option('--seed <n>', 'the first seed', whole, 1)
  .option('--seeds <n>', 'how many seeds, one after another', positive, 1)
  .option('--steps <n>', 'steps of each: things asked, work, crashes and spells of time', positive, 10_000)
  .addOption(
    new Option('--replies <when>', 'whether the store answers at once, or late and out of order')
      .choices(['prompt', 'late', 'both'])
      .default('both'),
  )
  .option(
    '--partitions <n>',
    'partitions of the store, over which orders are admitted in pieces',
    positive,
    1,
  )
  .option('--spread <sku...>', 'SKUs whose units lie in buckets: SHIRT, MUG, RARE', [])
  .allowExcessArguments(false)
  .showHelpAfterError()
  .configureOutput({ writeOut: (text) => process.stderr.write(text) })
  .exitOverride((stop) => process.exit(stop.exitCode === 0 ? 0 : 2))

program.parse()
process.exitCode = await run(program.opts<Options>())

async function run({ seed: first, seeds, steps, replies, partitions, spread }: Options): Promise<number> {
  const kinds: readonly Replies[] = replies === 'both' ? ['prompt', 'late'] : [replies]
  const newStore = simulatedStore(partitions, spread)
  const tally = new Tally()
  const bar = new SingleBar({
    stream: process.stderr,
    format: '{bar} {percentage} % · {value} of {total} steps · seed {seed}, replies {replies}',
    hideCursor: true,
    clearOnComplete: true,
    noTTYOutput: true,
    notTTYSchedule: LOG_EVERY_MS,
  })
  bar.start(seeds * kinds.length * steps, 0, { seed: first, replies: kinds[0] })
  let done = 0
  for (let seed = first; seed < first + seeds; seed++) {
    for (const kind of kinds) {
      const onStep = (step: number) => bar.update(done + Math.min(step, steps), { seed, replies: kind })
      const isAsynchronous = kind === 'late'
      const result = await simulate({ seed, steps, isAsynchronous, newStore, onStep })
      tally.add(result.tally)
      done += steps
      if (result.passed) continue
      bar.stop()
      process.stdout.write(`${failureReport(result, { seed, steps, replies: kind, partitions, spread })}\n`)
      return 1
    }
  }
  bar.stop()
  process.stdout.write(`${tallyReport(tally)}\n${done} steps, every law held\n`)
  return 0
}

function whole(text: string): number {
  const figure = Number(text)
  if (!Number.isSafeInteger(figure) || figure < 0) throw new InvalidArgumentError('must be a whole number')
  return figure
}

function positive(text: string): number {
  const figure = whole(text)
  if (figure === 0) throw new InvalidArgumentError('must be at least 1')
  return figure
}
