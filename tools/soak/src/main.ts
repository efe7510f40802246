import { type Soaked, soak } from './soak.js'
import { ENGINES } from './stores.js'

const MINUTE = 60_000

function report({ engine, rounds, told, before, after, faults }: Soaked): void {
  process.stdout.write(`${engine}: ${rounds} rounds, ${JSON.stringify(told)}\n`)
  for (const [what, now] of after)
    process.stdout.write(`  ${what.padEnd(32)} ${before.get(what) ?? 0} → ${now}\n`)
  for (const fault of faults) process.stdout.write(`  FAILED ${fault}\n`)
}

/** `--minutes N`: an hour if absent, shared by the stores. */
async function main(args: readonly string[]): Promise<number> {
  const at = args.indexOf('--minutes')
  const minutes = at < 0 ? 60 : Number(args[at + 1])
  if (!(minutes > 0)) {
    process.stderr.write('usage: npm run soak -- [--minutes N]\n')
    return 2
  }
  let failed = false
  for (const engine of ENGINES) {
    const soaked = await soak(engine, (minutes * MINUTE) / ENGINES.length)
    report(soaked)
    failed ||= soaked.faults.length > 0
  }
  return failed ? 1 : 0
}

process.exitCode = await main(process.argv.slice(2))
