// What continuous integration tests: the packages on Node 24, but for what keeps in a database, then everything on this Node.
// Ends with one line for both, `N passed, N failed, N skipped`.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { closingLine, sumOf } from './closing-line.mjs'
import { node24, onCopy } from './node-24.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))

/**
 * Rules, desk, coalescer, the kit on the store in memory; Kafka's clients on a broker. What sells from SQLite is left out: better-sqlite3 12.11.1
 * ends Node 24.21 with a failed assertion when statements are collected as it exits.
 */
const ON_NODE_24 = [
  'packages/core/',
  'packages/conformance/test/memory.test',
  'packages/conformance/test/laws.test',
  'packages/kafka-adapter/',
]

/**
 * Runs the tests of a checkout; all they say is passed on but for their closing line.
 * @param {string} folder @param {NodeJS.ProcessEnv} env @param {readonly string[]} paths
 */
async function test(folder, env, paths) {
  const child = spawn('npm', ['test', '--silent', '--', ...paths], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.setEncoding('utf8')
  for await (const text of child.stdout) {
    process.stdout.write(text)
    said = (said + text).slice(-1_000)
  }
  const status = child.exitCode ?? (await new Promise((resolve) => child.once('exit', resolve)))
  return closingLine(said, status === 0)
}

process.stdout.write('On Node 24\n')
const newest = await onCopy(root, (copy) => test(copy, node24(), ON_NODE_24)).catch((error) => {
  process.stderr.write(`holdfast: nothing ran on Node 24: ${error}\n`)
  return closingLine('', false)
})
process.stdout.write(`\nOn Node ${process.versions.node}\n`)
const all = sumOf(newest, await test(root, process.env, []))
process.stdout.write(`${all.passed} passed, ${all.failed} failed, ${all.skipped} skipped\n`)
process.exitCode = all.failed > 0 || all.passed === 0 ? 1 : 0
