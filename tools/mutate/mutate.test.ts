import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const typeScript = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href

/** One machine, as the others: all of them take as long as a coffee. */
test('a mutant of the purchase limit is killed', async () => {
  const { VITEST: _vitest, VITEST_POOL_ID: _pool, VITEST_WORKER_ID: _worker, ...env } = process.env
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', typeScript, 'tools/mutate/main.ts', 'machines/purchase-limit'],
    { cwd: root, env, timeout: 280_000 },
  )
  const [, killed, all] = /^machines\/purchase-limit: (\d+) of (\d+) mutants killed/.exec(stdout) ?? []
  expect(Number(all)).toBeGreaterThan(40)
  expect(Number(killed) / Number(all)).toBeGreaterThanOrEqual(0.95)
}, 300_000)
