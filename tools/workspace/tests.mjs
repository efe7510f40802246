import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Runs vitest over the workspace and ends with one line, `N passed, N failed, N skipped`.
 * @param {string} root @param {string[]} args vitest's own: files, `-t name`, …
 * @returns {Promise<number>} exit status; 1 as well when no test ran
 */
export async function runTests(root, args) {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-tests-'))
  const tallyPath = join(folder, 'tally.json')
  try {
    const status = await runVitest(root, args, tallyPath)
    const tally = readTally(tallyPath)
    process.stdout.write(`${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped\n`)
    return status === 0 && (tally.failed > 0 || tally.passed === 0) ? 1 : status
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @param {string} root @param {string[]} args @param {string} tallyPath @returns {Promise<number>} */
function runVitest(root, args, tallyPath) {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const reporters = ['--reporter=default', `--reporter=${join(root, 'tools/test-tally/reporter.ts')}`]
  const child = spawn(process.execPath, [vitest, 'run', ...reporters, ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, HOLDFAST_TALLY: tallyPath },
  })
  // A signal from the terminal reaches vitest by itself; one sent to this process alone is passed on.
  const relay = (/** @type {NodeJS.Signals} */ signal) => void child.kill(signal)
  process
    .on('SIGINT', () => {})
    .on('SIGTERM', relay)
    .on('SIGHUP', relay)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)))
  })
}

/** Without a tally vitest never came to its end, which is one failure. @param {string} path */
function readTally(path) {
  if (!existsSync(path)) return { passed: 0, failed: 1, skipped: 0 }
  return /** @type {import('../test-tally/tally.js').Tally} */ (JSON.parse(readFileSync(path, 'utf8')))
}
