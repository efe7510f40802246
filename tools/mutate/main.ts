import { relative } from 'node:path'
import { mutate } from './run.js'

const CORE = 'packages/core/src'
/** What decides: whole folders, nothing in them left out; each with the folders of the tests that count for it. */
const TESTED_IN: Readonly<Record<string, readonly string[]>> = {
  machines: ['machines', 'partition'],
  partition: ['partition'],
  policy: ['policy'],
}
/** Of a hundred mutants, those that must be killed. */
const LEAST = 95

async function main(args: readonly string[]): Promise<number> {
  const folders = args.length === 0 ? Object.keys(TESTED_IN) : args
  let failed = false
  for (const folder of folders) {
    const started = performance.now()
    const mutated = `${CORE}/${folder}${folder.endsWith('.ts') ? '' : '/**/*.ts'}`
    const { killed, hung, survivors } = await mutate(mutated, TESTED_IN[folder.split('/', 1)[0] ?? ''] ?? [])
    const score = (100 * killed) / (killed + survivors.length)
    const minutes = ((performance.now() - started) / 60_000).toFixed(1)
    process.stdout.write(
      `${folder}: ${killed} of ${killed + survivors.length} mutants killed (${hung} hung), ${score.toFixed(1)} %, in ${minutes} min\n`,
    )
    for (const { file, line, mutator, replacement } of survivors) {
      const code = replacement.replaceAll(/\s+/g, ' ').slice(0, 100)
      process.stdout.write(`  ${relative(process.cwd(), file)}:${line} ${mutator}: ${code}\n`)
    }
    failed ||= !(score >= LEAST)
  }
  return failed ? 1 : 0
}

process.exitCode = await main(process.argv.slice(2))
