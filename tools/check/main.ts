import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkApiReports } from './api-report.js'
import { checkBoundaries } from './boundaries.js'
import { type Finding, tool } from './command.js'
import { checkEmbeddedLua } from './embedded-lua.js'
import { checkLockfile } from './lockfile.js'
import { checkPackages } from './packages.js'
import { checkPurity } from './purity.js'

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '')
const usage = `usage: npm run check -- [--fix] [--update] [step…]
  --fix     format the code, repair what the linter can, embed the Lua scripts
  --update  record the public API of each package anew`

interface Step {
  readonly name: string
  readonly run: () => Finding | Promise<Finding>
}

function steps(fix: boolean, update: boolean): readonly Step[] {
  const types = [
    '-p',
    'tsconfig.json',
    '--incremental',
    '--tsBuildInfoFile',
    'node_modules/.holdfast/types.tsbuildinfo',
  ]
  return [
    { name: 'lua', run: () => checkEmbeddedLua(root, fix) },
    {
      name: 'style',
      run: () =>
        tool(root, '@biomejs/biome/bin/biome', ['check', '--colors=off', ...(fix ? ['--write'] : [])]),
    },
    { name: 'types', run: () => tool(root, 'typescript/bin/tsc', types) },
    { name: 'purity', run: () => checkPurity(join(root, 'packages/core')) },
    { name: 'boundaries', run: () => checkBoundaries(root) },
    { name: 'lockfile', run: () => checkLockfile(root) },
    { name: 'dead-code', run: () => tool(root, 'knip/bin/knip.js', ['--no-progress', '--no-config-hints']) },
    { name: 'packages', run: () => checkPackages(root) },
    { name: 'api-reports', run: () => checkApiReports(root, update) },
  ]
}

async function main(args: readonly string[]): Promise<number> {
  const all = steps(args.includes('--fix'), args.includes('--update'))
  const wanted = args.filter((each) => !each.startsWith('-'))
  const unknown = args.find((each) => !['--fix', '--update', ...all.map(({ name }) => name)].includes(each))
  if (unknown !== undefined) {
    const names = all.map(({ name }) => name).join(', ')
    process.stderr.write(`holdfast: no such step or option: ${unknown}\n${usage}\nsteps: ${names}\n`)
    return 2
  }
  const failed: string[] = []
  for (const { name, run } of all.filter((each) => wanted.length === 0 || wanted.includes(each.name))) {
    const started = performance.now()
    const { ok, output } = await run()
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    process.stdout.write(`${ok ? 'ok    ' : 'FAILED'} ${name.padEnd(12)} ${seconds.padStart(5)} s\n`)
    if (ok) continue
    failed.push(name)
    process.stdout.write(`${output.trimEnd()}\n\n`)
  }
  if (failed.length > 0) process.stdout.write(`check failed: ${failed.join(', ')}\n`)
  return failed.length > 0 ? 1 : 0
}

process.exitCode = await main(process.argv.slice(2))
