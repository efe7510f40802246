import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Argument, Command, InvalidArgumentError } from 'commander'
import { type BenchName, benchName, offeredNames } from './benches/index.js'
import { CannotRun } from './cannot-run.js'
import { LawBroken } from './law-broken.js'
import { runBench } from './run-bench.js'

interface Options {
  readonly json: boolean
  readonly rounds: number
  readonly seconds: number
  readonly warmup: number
  readonly only?: string
  readonly folder: string
  readonly scale: number
}

const program = new Command('bench')
  .description('Runs one benchmark: its contenders in turns, the laws checked after each, ratios at the end.')
  .addArgument(new Argument('<name>', `which benchmark: ${offeredNames.join(', ')}`).argParser(benchName))
  .option('--json', 'print one JSON document as the last line', false)
  .option('--rounds <n>', 'rounds; fewer than five are for a quick look only', positiveInteger, 5)
  .option('--seconds <n>', 'measured seconds of one contender in one round', positive, 2)
  .option('--warmup <n>', 'seconds of warming up before each measurement', positive, 1)
  .option(
    '--only <text>',
    'measure only contenders of these names, or whose names contain these texts, separated by commas',
  )
  .option(
    '--scale <part>',
    'part of what large variants store beforehand; below 1 for a quick look only',
    positive,
    1,
  )
  .option('--folder <path>', 'where to put files; must be on a real disk', tmpdir())
  .showHelpAfterError()
  .configureOutput({ writeOut: (text) => process.stderr.write(text) })
  .exitOverride((stop) => process.exit(stop.exitCode === 0 ? 0 : 2))

program.action(async (name: BenchName, options: Options) => {
  const folder = await mkdtemp(join(options.folder, 'holdfast-bench-'))
  try {
    await runBench(name, { ...options, only: options.only?.split(',') ?? null, folder })
  } catch (error) {
    process.exitCode = 1
    if (error instanceof LawBroken) process.stderr.write(`\nlaw broken: ${error.message}\n`)
    else if (error instanceof CannotRun) process.stderr.write(`bench ${name}: ${error.message}\n`)
    else throw error
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

await program.parseAsync()

function positive(text: string): number {
  const figure = Number(text)
  if (!(figure > 0 && Number.isFinite(figure))) throw new InvalidArgumentError('must be a number above 0')
  return figure
}

function positiveInteger(text: string): number {
  const figure = positive(text)
  if (!Number.isSafeInteger(figure)) throw new InvalidArgumentError('must be a whole number of at least 1')
  return figure
}
